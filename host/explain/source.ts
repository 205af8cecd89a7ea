/** Whose codes are compared: a seed record's, or those of a display that cannot be read otherwise. */
import { decodeBase32, encodeBase32 } from '../base32.ts';
import type { Digits, HashName } from '../otp/types.ts';
import { prepare } from '../otp.ts';
import type { SeedRecord } from '../provision/seed-record.ts';

export interface CodeSource {
  /** What people call it, a serial number or an account. */
  readonly name?: string | undefined;
  readonly type: 'totp' | 'hotp';
  readonly digits: number;
  /** Of no meaning for HOTP. */
  readonly periodSeconds: number;
  /** The code of a time step, or of a counter; null when there is none. */
  codeAt(step: number): string | null;
  /** The same token, had somebody made a mistake with it; none for a source without its seed. */
  readonly mistaken?: (() => Iterable<Mistaken>) | undefined;
}

/** A source as it would be after a mistake. */
export interface Mistaken {
  readonly cause:
    | 'wrongHash'
    | 'wrongDigits'
    | 'wrongPeriod'
    | 'wrongType'
    | 'hexReadAsBase32'
    | 'base32ReadAsHex'
    | 'seedReadAsText';
  /** What it was taken for: `SHA256`, `8`, `60`. */
  readonly value?: string;
  readonly source: CodeSource;
}

const HASHES: readonly HashName[] = ['SHA1', 'SHA256', 'SHA512'];
const DIGITS: readonly Digits[] = [6, 7, 8];
/** Periods that products have. */
const PERIODS = [15, 30, 60, 90, 120] as const;

/** The codes of a record, until `wipe`. */
export function recordSource(record: SeedRecord): CodeSource & { wipe(): void } {
  const made: { wipe(): void }[] = [];
  const source = sourceOf(record, made);
  return {
    ...source,
    mistaken: () => mistakes(record, made),
    wipe: () => {
      for (const prepared of made) prepared.wipe();
    },
  };
}

function sourceOf(record: SeedRecord, made: { wipe(): void }[]): CodeSource {
  const { type, hash, digits, periodSeconds, secret, serialNumber, account } = record;
  const prepared = prepare(secret, { hash, digits });
  made.push(prepared);
  const codeAt = (step: number) => (step < 0 ? null : prepared.hotp(step));
  return { name: serialNumber ?? account, type, digits, periodSeconds, codeAt };
}

function* mistakes(record: SeedRecord, made: { wipe(): void }[]): Iterable<Mistaken> {
  const as = (change: Partial<SeedRecord>) => sourceOf({ ...record, ...change }, made);
  for (const hash of HASHES) {
    if (hash !== record.hash) yield { cause: 'wrongHash', value: hash, source: as({ hash }) };
  }
  for (const digits of DIGITS) {
    if (digits !== record.digits) {
      yield { cause: 'wrongDigits', value: String(digits), source: as({ digits }) };
    }
  }
  if (record.type === 'totp') {
    for (const periodSeconds of PERIODS) {
      if (periodSeconds === record.periodSeconds) continue;
      const value = String(periodSeconds);
      yield { cause: 'wrongPeriod', value, source: as({ periodSeconds }) };
    }
  }
  const type = record.type === 'totp' ? 'hotp' : 'totp';
  yield { cause: 'wrongType', value: type.toUpperCase(), source: as({ type }) };
  for (const { cause, secret } of misreadings(record.secret)) {
    try {
      yield { cause, source: as({ secret }) };
    } finally {
      secret.fill(0);
    }
  }
}

type Misreading = 'hexReadAsBase32' | 'base32ReadAsHex' | 'seedReadAsText';

/**
 * The seed as it would be had the other side read its text in another way. Only texts that are valid
 * both ways go unnoticed; zeros, ones and eights that are no Base32 are read as lenient readers do
 * (RFC 4648 §3.4: O, L or I, B).
 */
function* misreadings(secret: Uint8Array): Iterable<{ cause: Misreading; secret: Uint8Array }> {
  const hex = Array.from(secret, (byte) => byte.toString(16).padStart(2, '0')).join('');
  const base32 = encodeBase32(secret);
  for (const one of ['L', 'I']) {
    const letters = hex.replaceAll('0', 'O').replaceAll('1', one).replaceAll('8', 'B');
    const read = base32Of(letters);
    if (read) yield { cause: 'hexReadAsBase32', secret: read };
    if (letters === hex) break;
  }
  if (/^(?:[0-9A-F]{2})+$/.test(base32)) {
    yield { cause: 'base32ReadAsHex', secret: bytesOf(base32) };
  }
  const encoder = new TextEncoder();
  for (const text of [base32, hex, hex.toUpperCase()]) {
    yield { cause: 'seedReadAsText', secret: encoder.encode(text) };
  }
}

function base32Of(text: string): Uint8Array | null {
  // Readers of Base32 pass over what makes no whole byte at the end; nines are in no alphabet.
  for (const letters of [text, text.slice(0, -1)]) {
    try {
      return decodeBase32(letters);
    } catch {
      // Not this length either, or not Base32 at all.
    }
  }
  return null;
}

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g)!, (pair) => Number.parseInt(pair, 16));
}
