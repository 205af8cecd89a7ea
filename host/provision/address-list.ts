/**
 * A file of addresses, one on each line, as QR codes hold them: otpauth addresses and exports of
 * Google Authenticator, which may be several addresses.
 */
import { decodeMigration, looksLikeMigration, type MigrationBatch } from './migration.ts';
import { parseOtpauth } from './otpauth.ts';
import { badRecord, unsupported } from './refusal.ts';
import { labels, type Reading, type SeedRecord, wipe } from './seed-record.ts';

/** Addresses of other worlds, and what they are. */
const STRANGERS: Readonly<Record<string, string>> = {
  phonefactor: 'a push sign-in of Microsoft Authenticator; ask for "a different authenticator app"',
  msauth: 'a push sign-in of Microsoft Authenticator; ask for "a different authenticator app"',
  motp: 'Mobile-OTP, which hashes a PIN with MD5',
  steam: 'of Steam, whose codes are five letters',
  fido: 'a sign-in with a passkey, not a seed',
  duo: 'of Duo Mobile, whose seed comes from its server',
};

/** Whether every line that is not empty is an address of any kind. */
export function looksLikeAddresses(text: string): boolean {
  const lines = linesOf(text);
  return lines.length > 0 && lines.every(([line]) => /^[a-z][a-z0-9+.-]*:\S/i.test(line));
}

/** @throws RecordError that names the line */
export function decodeAddresses(text: string): Reading {
  const records: SeedRecord[] = [];
  const batches: MigrationBatch[] = [];
  try {
    for (const [line, lineNumber] of linesOf(text)) {
      if (!looksLikeMigration(line)) {
        records.push(recordOf(line, lineNumber));
        continue;
      }
      const batch = atLine(lineNumber, () => decodeMigration(line));
      records.push(...batch.records);
      batches.push(batch);
    }
    checkBatches(batches);
  } catch (error) {
    wipe(records);
    throw error;
  }
  return { records, warnings: [] };
}

/** An otpauth address as a record. @throws RecordError that names the line */
function recordOf(address: string, lineNumber: number): SeedRecord {
  const scheme = address.slice(0, address.indexOf(':')).toLowerCase();
  if (scheme !== 'otpauth') {
    const stranger = STRANGERS[scheme] ?? 'neither otpauth nor otpauth-migration';
    throw unsupported(`line ${lineNumber}: the address is ${stranger}`, null);
  }
  return atLine(lineNumber, () => {
    const { type, hash, digits, period, counter, secret, issuer, account } = parseOtpauth(address);
    const moving = type === 'hotp' ? { counter } : {};
    return {
      type,
      hash,
      digits,
      periodSeconds: period,
      ...moving,
      ...labels({ issuer, account }),
      secret,
    };
  });
}

/** Exports come whole or not at all: a QR code that was not scanned is an account that is lost. */
function checkBatches(batches: readonly MigrationBatch[]): void {
  for (const { id, size } of batches) {
    const siblings = batches.filter((batch) => batch.id === id);
    const indexes = new Set(siblings.map(({ index }) => index));
    if (siblings.some((batch) => batch.size !== size)) {
      throw badRecord('the addresses of one export disagree on how many there are');
    }
    if (indexes.size < siblings.length) {
      throw badRecord('an address of the export is there twice');
    }
    const missing = Array.from({ length: size }, (_, index) => index).filter(
      (i) => !indexes.has(i),
    );
    if (missing.length > 0) {
      const which = missing.map((index) => index + 1).join(', ');
      throw badRecord(`of the ${size} QR codes of the export, number ${which} is missing`);
    }
  }
}

function atLine<Result>(lineNumber: number, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    const { code, message } = error as Error & { code?: string };
    const reason = message.replace(/^seed record: /, '');
    if (code === 'UNSUPPORTED' || /Steam/.test(reason)) {
      throw unsupported(`line ${lineNumber}: ${reason}`);
    }
    throw badRecord(`line ${lineNumber}: ${reason}`);
  }
}

function linesOf(text: string): [line: string, lineNumber: number][] {
  return text
    .replace(/^\ufeff/, '')
    .split(/\r\n|\r|\n/)
    .map((line, index): [string, number] => [line.trim(), index + 1])
    .filter(([line]) => line !== '');
}
