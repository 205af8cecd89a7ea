/**
 * Seed records: what a server, or another token, must know of an account. A token's record is
 * written once, when the token is made; after that nobody has the seed but the record and, sealed,
 * the token.
 *
 * Every format is read into the same SeedRecord and written from it, so any can be turned into any
 * other that has the place (formats.ts).
 */
import { decodeBase32, encodeBase32 } from '../base32.ts';
import { decodeAddresses, looksLikeAddresses } from './address-list.ts';
import {
  decodeEntraCsv,
  encodeEntraCsv,
  entraCsvWarnings,
  looksLikeEntraCsv,
} from './entra-csv.ts';
import { checkFormat, principalNameOf, type RecordFormat } from './formats.ts';
import { decodeGraphJson, encodeGraphJson, type GraphDevice } from './graph-json.ts';
import { encodeMigration } from './migration.ts';
import { formatOtpauth } from './otpauth.ts';
import type { PskcKey } from './pskc-crypto.ts';
import type { PskcOptions } from './pskc-write.ts';
import { badRecord, unsupported } from './refusal.ts';
import {
  accountName,
  type Label,
  LONGEST_PERIOD_SECONDS,
  LONGEST_SECRET_BYTES,
  labels,
  type Reading,
  type SeedRecord,
  splitName,
  wipe,
} from './seed-record.ts';

export { RECORD_FORMATS, type RecordFormat } from './formats.ts';
export type { PskcKey } from './pskc-crypto.ts';
export { RecordError, type RecordFault } from './refusal.ts';
export type { Label, Reading, SeedRecord } from './seed-record.ts';

export interface EncodeOptions extends PskcOptions {
  /** Labels that may be left out where the format has no place for them; default: none. */
  readonly mayDrop?: readonly Label[];
}

/**
 * Writes records, all of them into one text, which holds their seeds.
 * @param options  of PSKC but for `mayDrop`; a lock on another format is a TypeError, since its
 *   seeds would be in the clear
 * @throws RecordError that names the record by its place, and the property
 */
export async function encodeRecords(
  records: readonly SeedRecord[],
  format: RecordFormat,
  options: EncodeOptions = {},
): Promise<string> {
  if (options.lock && format !== 'pskc') throw new TypeError('only pskc can be encrypted');
  for (const record of records) checkFormat(record, format, options.mayDrop);
  if (format === 'entra-csv') return encodeEntraCsv(records.map(rowOf));
  if (format === 'graph') return encodeGraphJson(records.map(deviceOf));
  if (format === 'otpauth') return records.map((record) => `${otpauthOf(record)}\n`).join('');
  if (format === 'migration') {
    return encodeMigration(records, randomId(options))
      .map((address) => `${address}\n`)
      .join('');
  }
  // Most records are of other formats, and the XML library is large.
  const { encodePskc } = await import('./pskc-write.ts');
  return encodePskc(records, options);
}

/**
 * Reads records of any format, told by how the text begins.
 * @param unlock  what opens an encrypted PSKC file
 * @throws RecordError that names the line or the element
 */
export async function decodeRecords(text: string, unlock?: PskcKey): Promise<Reading> {
  const reading = await read(text, unlock);
  for (const [index, { secret, periodSeconds }] of reading.records.entries()) {
    const reason = reasonAgainst(secret.length, periodSeconds);
    if (reason === null) continue;
    wipe(reading.records);
    throw unsupported(`account ${index + 1}: ${reason}`);
  }
  return reading;
}

async function read(text: string, unlock: PskcKey | undefined): Promise<Reading> {
  if (/^\ufeff?\s*</.test(text)) {
    const { decodePskc } = await import('./pskc-read.ts');
    return decodePskc(text, unlock);
  }
  if (looksLikeEntraCsv(text)) {
    const rows = decodeEntraCsv(text);
    return { records: rows.map(recordOfRow), warnings: entraCsvWarnings(rows) };
  }
  if (looksLikeAddresses(text)) return decodeAddresses(text);
  if (/^\ufeff?\s*[[{]/.test(text)) {
    return { records: decodeGraphJson(text).map(recordOfDevice), warnings: [] };
  }
  throw badRecord('this is no record of a known format');
}

function reasonAgainst(secretBytes: number, periodSeconds: number): string | null {
  if (secretBytes > LONGEST_SECRET_BYTES) {
    return `its seed is longer than ${LONGEST_SECRET_BYTES} bytes`;
  }
  const isStep = periodSeconds >= 1 && periodSeconds <= LONGEST_PERIOD_SECONDS;
  return isStep ? null : `its time step is not 1 to ${LONGEST_PERIOD_SECONDS} seconds`;
}

/**
 * Reads a seed record of entra-csv or graph as what a Graph inventory takes.
 * @throws RecordError; for addresses too, since a token without a serial number has no inventory
 */
export function decodeGraphDevices(text: string): GraphDevice[] {
  if (looksLikeEntraCsv(text)) {
    return decodeEntraCsv(text).map(({ upn: _, ...device }) => ({
      ...device,
      hashFunction: 'hmacsha1',
    }));
  }
  if (looksLikeAddresses(text)) {
    throw badRecord('an address has no serial number, so no inventory can take it');
  }
  if (/^\ufeff?\s*</.test(text)) {
    throw badRecord('a PSKC file is no body of a request: convert it with --to graph');
  }
  return decodeGraphJson(text);
}

function rowOf(record: SeedRecord) {
  const { serialNumber = '', manufacturer = '', model = '', secret, periodSeconds } = record;
  const timeIntervalInSeconds = periodSeconds as 30 | 60;
  const secretKey = encodeBase32(secret);
  const upn = principalNameOf(record);
  return { upn, serialNumber, secretKey, timeIntervalInSeconds, manufacturer, model };
}

function recordOfRow(row: ReturnType<typeof rowOf>): SeedRecord {
  const { upn, serialNumber, manufacturer, model, secretKey, timeIntervalInSeconds } = row;
  return {
    ...labels({ serialNumber, manufacturer, model, account: upn }),
    type: 'totp',
    hash: 'SHA1',
    digits: 6,
    periodSeconds: timeIntervalInSeconds,
    secret: decodeBase32(secretKey),
  };
}

/** The display name is the account's, so that people find it in the inventory. */
function deviceOf(record: SeedRecord): GraphDevice {
  const { serialNumber = '', manufacturer = '', model = '', secret, periodSeconds } = record;
  const displayName = accountName(record);
  return {
    serialNumber,
    manufacturer,
    model,
    secretKey: encodeBase32(secret),
    timeIntervalInSeconds: periodSeconds as 30 | 60,
    hashFunction: record.hash === 'SHA256' ? 'hmacsha256' : 'hmacsha1',
    ...(displayName === '' ? {} : { displayName }),
  };
}

function recordOfDevice(device: GraphDevice): SeedRecord {
  const { serialNumber, manufacturer, model, displayName = '', secretKey } = device;
  return {
    ...labels({ serialNumber, manufacturer, model }),
    ...splitName(displayName),
    type: 'totp',
    hash: device.hashFunction === 'hmacsha256' ? 'SHA256' : 'SHA1',
    digits: 6,
    periodSeconds: device.timeIntervalInSeconds,
    secret: decodeBase32(secretKey),
  };
}

function otpauthOf(record: SeedRecord): string {
  const { type, issuer, account = '', secret, hash, digits, periodSeconds, counter = 0n } = record;
  const period = type === 'totp' ? periodSeconds : 30;
  const parameters = { type, issuer, account, secret, hash, digits, period };
  return formatOtpauth(type === 'hotp' ? { ...parameters, counter } : parameters);
}

/** int32 that the addresses of one export share. */
function randomId({ random = (bytes) => crypto.getRandomValues(bytes) }: EncodeOptions): number {
  const bytes = new Uint8Array(4);
  random(bytes);
  return new DataView(bytes.buffer).getInt32(0);
}
