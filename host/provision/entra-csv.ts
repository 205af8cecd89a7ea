/**
 * The hardware-token file of Microsoft Entra: comma-separated, one token a line, TOTP with SHA-1
 * and six digits by definition, because no column could say anything else.
 *
 *     upn,serial number,secret key,time interval,manufacturer,model
 *     helga@contoso.example,1234567,2234567ABCDEF2234567ABCDEF,60,Contoso,HardwareKey
 *
 * Source: Microsoft Entra documentation, "Upload hardware OATH tokens in CSV format". Quoting is
 * that of RFC 4180 §2. Refusals name line and column, never a value: one of them is the secret.
 */
import { decodeBase32 } from '../base32.ts';
import { badRecord } from './refusal.ts';

export interface EntraCsvRow {
  /** The user's principal name; empty in files that vendors deliver. */
  upn: string;
  serialNumber: string;
  /** Base32, at most 128 characters. */
  secretKey: string;
  timeIntervalInSeconds: 30 | 60;
  manufacturer: string;
  model: string;
}

const HEADER = ['upn', 'serial number', 'secret key', 'time interval', 'manufacturer', 'model'];
/** 128 characters of Base32. */
export const LONGEST_CSV_SECRET_BYTES = 80;
const LONGEST_SECRET = 128;

/**
 * Writes the file, header first, lines ended by a line feed.
 * @throws RecordError for a field with a line break in it, which readers of this format lose, and
 *   for one that would be taken for a formula
 */
export function encodeEntraCsv(rows: readonly EntraCsvRow[]): string {
  for (const { serialNumber } of rows) checkSpreadsheet(serialNumber, 'the serial number');
  const lines = rows.map((row) =>
    [
      row.upn,
      row.serialNumber,
      row.secretKey,
      String(row.timeIntervalInSeconds),
      row.manufacturer,
      row.model,
    ]
      .map(quoted)
      .join(','),
  );
  return `${[HEADER.join(','), ...lines].join('\n')}\n`;
}

function quoted(field: string): string {
  if (/[\r\n]/.test(field)) throw badRecord('a field has a line break in it');
  const isPlain = !/[",]/.test(field) && field === field.trim();
  return isPlain ? field : `"${field.replaceAll('"', '""')}"`;
}

/**
 * Reads the file as vendors write it and spreadsheets save it: the header in any case,
 * `timeinterval` in one word, any line end, a byte order mark, rows of nothing but commas.
 * @throws RecordError that names the line and the column, and what a spreadsheet did to it
 */
export function decodeEntraCsv(text: string): EntraCsvRow[] {
  const [header = '', ...lines] = text.replace(/^\ufeff/, '').split(/\r\n|\r|\n/);
  checkHeader(header);
  return lines.flatMap((line, index) => (/^[\s,]*$/.test(line) ? [] : [rowOf(line, index + 2)]));
}

/** Whether the text begins as this format does, or as a spreadsheet would have it begin. */
export function looksLikeEntraCsv(text: string): boolean {
  return /^\ufeff?\s*"?upn"?\s*[,;\t]/i.test(text);
}

/**
 * What a spreadsheet may have done that cannot be told for sure: serial numbers of digits that are
 * shorter than the others, whose leading zeros it takes off.
 */
export function entraCsvWarnings(rows: readonly EntraCsvRow[]): string[] {
  const numeric = rows.filter(({ serialNumber }) => /^\d+$/.test(serialNumber));
  const longest = Math.max(...numeric.map(({ serialNumber }) => serialNumber.length));
  const shorter = numeric.filter(({ serialNumber }) => serialNumber.length < longest).length;
  // One that kept its zero shows that no spreadsheet was at work.
  const keptZero = numeric.some(({ serialNumber }) => serialNumber.startsWith('0'));
  if (shorter === 0 || keptZero) return [];
  const which = `${shorter} of ${rows.length} serial numbers`;
  return [`${which} are shorter than others: a spreadsheet may have taken leading zeros off`];
}

function checkHeader(header: string): void {
  if (/^"?upn"?\s*[;\t]/i.test(header)) {
    throw badRecord('line 1: fields are separated by semicolons or tabs: save it with commas');
  }
  const names = fieldsOf(header, 1).map((name) => name.trim().toLowerCase());
  const found = names.map((name) => (name === 'timeinterval' ? 'time interval' : name));
  if (found.join() !== HEADER.join()) {
    throw badRecord(`line 1: not the header ${HEADER.join(',')}`);
  }
}

function rowOf(line: string, lineNumber: number): EntraCsvRow {
  const fields = fieldsOf(line, lineNumber);
  if (fields.length !== HEADER.length) {
    throw badRecord(`line ${lineNumber}: expected ${HEADER.length} fields, got ${fields.length}`);
  }
  const [upn, serialNumber, secretKey, interval, manufacturer, model] = fields as [
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  if (serialNumber === '') throw badRecord(`line ${lineNumber}: the serial number is missing`);
  checkSpreadsheet(serialNumber, `line ${lineNumber}: the serial number`);
  checkSpreadsheet(secretKey, `line ${lineNumber}: the secret key`);
  if (interval !== '30' && interval !== '60') {
    throw badRecord(`line ${lineNumber}: the time interval is not 30 or 60`);
  }
  checkSecret(secretKey, `line ${lineNumber}: the secret key`);
  const timeIntervalInSeconds = interval === '30' ? 30 : 60;
  return { upn, serialNumber, secretKey, timeIntervalInSeconds, manufacturer, model };
}

/** Refuses what only a spreadsheet writes: 1.23457E+12, and formulas that guard zeros. */
function checkSpreadsheet(field: string, what: string): void {
  if (/^-?\d+(?:[.,]\d+)?E\+?\d+$/i.test(field) && /[.,+]/.test(field)) {
    throw badRecord(`${what} was rounded by a spreadsheet, as a number: take the vendor's file`);
  }
  if (field.startsWith('=')) throw badRecord(`${what} is a formula of a spreadsheet`);
}

/** Refuses what is no Base32 of 1 to 128 characters. */
export function checkSecret(secretKey: string, what: string): void {
  if (secretKey === '') throw badRecord(`${what} is missing`);
  if (secretKey.length > LONGEST_SECRET) {
    throw badRecord(`${what} is longer than ${LONGEST_SECRET} characters`);
  }
  try {
    decodeBase32(secretKey).fill(0);
  } catch {
    const isHexadecimal = /^(?:[0-9a-f]{2})+$/i.test(secretKey);
    throw badRecord(`${what} is not Base32${isHexadecimal ? ' but hexadecimal' : ''}`);
  }
}

/** One field: quoted with quotes doubled inside, or plain without any. */
const FIELD = /(?:"((?:[^"]|"")*)"|([^",]*))(,|$)/y;

function fieldsOf(line: string, lineNumber: number): string[] {
  const fields: string[] = [];
  FIELD.lastIndex = 0;
  for (let isLast = false; !isLast; ) {
    const match = FIELD.exec(line);
    if (!match) {
      const reason = 'the quotes of a field do not match, or it goes on in the next line';
      throw badRecord(`line ${lineNumber}: ${reason}`);
    }
    fields.push(match[1]?.replaceAll('""', '"') ?? match[2]!);
    isLast = match[3] === '';
  }
  return fields;
}
