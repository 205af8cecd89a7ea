/**
 * The seed record: what the server must know of a token, written once, when the token is made.
 * After that nobody has the seed but this record and, sealed, the token.
 *
 *     entra-csv   TOTP, SHA-1, 6 digits, 30 or 60 s, seed of at most 80 bytes
 *     graph       TOTP, SHA-1 or SHA-256, 6 digits, 30 or 60 s, seed of at most 80 bytes
 *     otpauth     all that a token can be; it has no place for the serial number
 */
import { encodeBase32 } from '../base32.ts';
import type { Digits, HashName } from '../otp/types.ts';
import {
  decodeEntraCsv,
  encodeEntraCsv,
  LONGEST_SECRET_BYTES,
  looksLikeEntraCsv,
} from './entra-csv.ts';
import { decodeGraphJson, encodeGraphJson, type GraphDevice } from './graph-json.ts';
import { formatOtpauth } from './otpauth.ts';
import { badRecord, tooNarrow } from './refusal.ts';

export { RecordError, type RecordFault } from './refusal.ts';

export const RECORD_FORMATS = ['entra-csv', 'graph', 'otpauth'] as const;
export type RecordFormat = (typeof RECORD_FORMATS)[number];

/** All that a server may want to know. */
export interface SeedRecord {
  readonly serialNumber: string;
  readonly manufacturer: string;
  readonly model: string;
  readonly issuer?: string | undefined;
  readonly account: string;
  readonly type: 'totp' | 'hotp';
  readonly hash: HashName;
  readonly digits: Digits;
  /** 1 .. 3600; of no meaning for HOTP. */
  readonly periodSeconds: number;
  /** First counter, HOTP only; default 0. */
  readonly counter?: bigint | undefined;
  /** 1 to 128 bytes; secret, wiped by the caller. */
  readonly secret: Uint8Array;
}

const USE_OTPAUTH = 'write the record with --format otpauth, which can carry it';

/**
 * Refuses a token that a format cannot describe, before anything is made.
 * @throws RecordError FORMAT_TOO_NARROW that names the property
 */
export function checkFormat(record: SeedRecord, format: RecordFormat): void {
  if (format === 'otpauth') return;
  const { type, hash, digits, periodSeconds, secret } = record;
  const refuse = (reason: string, hint = USE_OTPAUTH) => {
    throw tooNarrow(format, reason, hint);
  };
  if (type === 'hotp') refuse('there is no place for HOTP');
  if (format === 'entra-csv' && hash !== 'SHA1') {
    const hint = hash === 'SHA256' ? 'write the record with --format graph' : USE_OTPAUTH;
    refuse(`there is no place for the hash, so that ${hash} would be taken for SHA1`, hint);
  }
  if (hash === 'SHA512') refuse('there is no place for SHA512');
  if (digits !== 6) refuse(`there is no place for ${digits} digits: servers of this format take 6`);
  if (periodSeconds !== 30 && periodSeconds !== 60) refuse('a time step is 30 or 60 seconds');
  if (secret.length > LONGEST_SECRET_BYTES) {
    refuse(`a seed has at most ${LONGEST_SECRET_BYTES} bytes`);
  }
}

/**
 * Writes the record of one token. The text holds the seed.
 * @throws RecordError as checkFormat
 */
export function encodeRecord(record: SeedRecord, format: RecordFormat): string {
  checkFormat(record, format);
  if (format === 'otpauth') return `${otpauthOf(record)}\n`;
  const { serialNumber, manufacturer, model, hash } = record;
  const secretKey = encodeBase32(record.secret);
  const timeIntervalInSeconds = record.periodSeconds as 30 | 60;
  const common = { serialNumber, manufacturer, model, secretKey, timeIntervalInSeconds };
  if (format === 'entra-csv') return encodeEntraCsv([{ upn: upnOf(record), ...common }]);
  const hashFunction = hash === 'SHA256' ? 'hmacsha256' : 'hmacsha1';
  return encodeGraphJson({ ...common, hashFunction });
}

/** An account that looks like name@domain is the user's principal name; else an admin adds it. */
function upnOf({ account }: SeedRecord): string {
  return /^[^@\s]+@[^@\s]+$/.test(account) ? account : '';
}

function otpauthOf(record: SeedRecord): string {
  const { type, issuer, account, secret, hash, digits, periodSeconds, counter = 0n } = record;
  const period = type === 'totp' ? periodSeconds : 30;
  const parameters = { type, issuer, account, secret, hash, digits, period };
  return formatOtpauth(type === 'hotp' ? { ...parameters, counter } : parameters);
}

/**
 * Reads a seed record of any format as what a Graph inventory takes.
 * @throws RecordError; for otpauth too, since a token without a serial number has no inventory
 */
export function decodeGraphDevices(text: string): GraphDevice[] {
  if (looksLikeEntraCsv(text)) {
    return decodeEntraCsv(text).map(({ upn: _, ...device }) => ({
      ...device,
      hashFunction: 'hmacsha1',
    }));
  }
  if (/^\s*otpauth:/i.test(text)) {
    throw badRecord('an otpauth address has no serial number, so no inventory can take it');
  }
  return decodeGraphJson(text);
}
