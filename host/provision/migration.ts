/**
 * The export of Google Authenticator: `otpauth-migration://offline?data=`, Base64 of a protocol
 * buffer, in several QR codes when there are many accounts.
 *
 *     payload   1 account*   2 version   3 batch size   4 batch index   5 batch id
 *     account   1 secret   2 name   3 issuer   4 algorithm   5 digits   6 type   7 counter   8 id
 *
 * Google has published no description; independent readers agree on this one. A time step is always
 * 30 seconds. The buffer is read by hand: the library's smallest reader is 43 kB in a browser's
 * bundle, and counts beyond 2^53 wrongly there, for a message of three types.
 */
import { decodeBase64, encodeBase64 } from './base64.ts';
import { type Field, ProtobufReader, ProtobufWriter } from './protobuf.ts';
import { badRecord, unsupported } from './refusal.ts';
import { accountName, labels, type SeedRecord, splitName } from './seed-record.ts';

export interface MigrationBatch {
  readonly records: readonly SeedRecord[];
  /** How many addresses the export has, and which one this is, from 0 on. */
  readonly size: number;
  readonly index: number;
  /** What the addresses of one export have in common, int32. */
  readonly id: number;
}

/** What one QR code of Google's app holds at most; and what one can hold that is easy to scan. */
const ACCOUNTS_IN_BATCH = 10;
const BYTES_IN_BATCH = 1000;
const VERSION = 1;
const PREFIX = 'otpauth-migration://offline?data=';

const ALGORITHMS = { 0: 'SHA1', 1: 'SHA1', 2: 'SHA256', 3: 'SHA512' } as const;
const ALGORITHM_MD5 = 4;
const DIGITS = { 0: 6, 1: 6, 2: 8 } as const;
const TYPES = { 1: 'hotp', 2: 'totp' } as const;

export function looksLikeMigration(text: string): boolean {
  return /^otpauth-migration:/i.test(text);
}

/**
 * Reads one address.
 * @throws RecordError that names the account by its place in the address, and what is wrong
 */
export function decodeMigration(address: string): MigrationBatch {
  const [, data] = /^otpauth-migration:\/\/offline\/?\?(?:.*&)?data=([^&#]*)/i.exec(address) ?? [];
  if (data === undefined) throw badRecord('expected otpauth-migration://offline?data=…');
  // Many tools leave the plus signs as they are, which a form would read as blanks.
  const bytes = decodeBase64(unescapeData(data));
  if (!bytes?.length) throw badRecord('the data of the export is not Base64');
  const records: SeedRecord[] = [];
  const batch = { size: 1, index: 0, id: 0 };
  try {
    for (const field of new ProtobufReader(bytes)) {
      if (field.number === 1)
        records.push(accountOf(bytesOf(field), `account ${records.length + 1}`));
      else if (field.number === 3) batch.size = int32Of(field);
      else if (field.number === 4) batch.index = int32Of(field);
      else if (field.number === 5) batch.id = int32Of(field);
    }
  } finally {
    bytes.fill(0);
  }
  if (batch.size < 1 || batch.index < 0 || batch.index >= batch.size) {
    throw badRecord('the export counts its QR codes wrongly');
  }
  return { records, ...batch };
}

/**
 * Writes the addresses of one export, ten accounts at most in each, one QR code for each.
 * @param records  as checkFormat lets them pass
 * @param id       int32, the same in all of them
 */
export function encodeMigration(records: readonly SeedRecord[], id: number): string[] {
  const batches = batchesOf(records.map(accountBytes));
  return batches.map((accounts, index) => {
    const payload = new ProtobufWriter();
    for (const account of accounts) payload.bytes(1, account);
    payload.int(2, VERSION).int(3, batches.length).int(4, index).int(5, id);
    const bytes = payload.finish();
    const address = `${PREFIX}${encodeURIComponent(encodeBase64(bytes))}`;
    for (const secret of [bytes, ...accounts]) secret.fill(0);
    return address;
  });
}

function batchesOf(accounts: readonly Uint8Array[]): Uint8Array[][] {
  const batches: Uint8Array[][] = [[]];
  for (const account of accounts) {
    const last = batches.at(-1)!;
    const bytes = last.reduce((sum, { length }) => sum + length, account.length);
    const isFull = last.length === ACCOUNTS_IN_BATCH || bytes > BYTES_IN_BATCH;
    if (isFull && last.length > 0) batches.push([account]);
    else last.push(account);
  }
  return batches;
}

function accountOf(bytes: Uint8Array, place: string): SeedRecord {
  const fields = new Map<number, Field>();
  for (const field of new ProtobufReader(bytes)) fields.set(field.number, field);
  const number = (name: number) => numberOf(fields.get(name));
  const text = (name: number) => textOf(fields.get(name), place);
  const secret = fields.has(1) ? bytesOf(fields.get(1)!).slice() : new Uint8Array();
  if (secret.length === 0) throw badRecord(`${place}: the secret is missing`);
  if (number(4) === BigInt(ALGORITHM_MD5)) throw unsupported(`${place}: its algorithm is MD5`);
  const type = oneOf(TYPES, number(6), `${place}: its type`);
  return {
    type,
    hash: oneOf(ALGORITHMS, number(4), `${place}: its algorithm`),
    digits: oneOf(DIGITS, number(5), `${place}: its number of digits`),
    periodSeconds: 30,
    ...(type === 'hotp' ? { counter: counterOf(number(7), place) } : {}),
    ...nameOf(text(2), text(3)),
    secret,
  };
}

/** The app writes `issuer:account` as the name, and the issuer again beside it. */
function nameOf(name: string, issuer: string) {
  const split = splitName(name);
  if (issuer === '') return split;
  const account = split.issuer === issuer ? split.account : name;
  return labels({ issuer, account });
}

function accountBytes(record: SeedRecord): Uint8Array {
  const { secret, issuer, type, hash, digits, counter = 0n } = record;
  const account = new ProtobufWriter()
    .bytes(1, secret)
    .text(2, accountName(record))
    .text(3, issuer ?? '')
    .int(4, { SHA1: 1, SHA256: 2, SHA512: 3 }[hash])
    .int(5, digits === 8 ? 2 : 1)
    .int(6, type === 'hotp' ? 1 : 2);
  if (type === 'hotp') account.int(7, counter);
  return account.finish();
}

function unescapeData(data: string): string {
  try {
    return decodeURIComponent(data);
  } catch {
    throw badRecord('the data of the export has a % without two hexadecimal digits');
  }
}

function oneOf<Value>(table: Readonly<Record<number, Value>>, value: bigint, what: string): Value {
  const found = table[Number(value)];
  if (found === undefined) {
    const known = value === 0n ? 'is missing' : `has the number ${value}, which is not known`;
    throw unsupported(`${what} ${known}`);
  }
  return found;
}

function counterOf(value: bigint, place: string): bigint {
  if (BigInt.asIntN(64, value) < 0n) throw badRecord(`${place}: its counter is negative`);
  return value;
}

function numberOf(field: Field | undefined): bigint {
  if (field === undefined) return 0n;
  if (typeof field.value !== 'bigint') throw badRecord('a number of the export is no number');
  return field.value;
}

/** int32 is written as ten bytes when it is negative. */
function int32Of(field: Field): number {
  return Number(BigInt.asIntN(32, numberOf(field)));
}

function bytesOf({ value }: Field): Uint8Array {
  if (typeof value === 'bigint') throw badRecord('a part of the export is no bytes');
  return value;
}

function textOf(field: Field | undefined, place: string): string {
  if (field === undefined) return '';
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytesOf(field));
  } catch {
    throw badRecord(`${place}: a name is not UTF-8`);
  }
}
