/**
 * What each format can carry. A record is checked against it before anything is written: what
 * changes codes is refused when there is no place for it, and so is a name, unless whoever asks
 * says that it may be dropped.
 *
 *     entra-csv   TOTP, SHA-1, 6 digits, 30 or 60 s, seed of at most 80 bytes
 *     graph       TOTP, SHA-1 or SHA-256, 6 digits, 30 or 60 s, seed of at most 80 bytes
 *     otpauth     all that a token can be, but no name of the device
 *     migration   6 or 8 digits, 30 s, counters below 2^63; no name of the device
 *     pskc        everything, but counters below 2^63
 */
import { LONGEST_CSV_SECRET_BYTES } from './entra-csv.ts';
import { incomplete, tooNarrow } from './refusal.ts';
import {
  LABEL_WORDS,
  LABELS,
  LARGEST_SIGNED_COUNTER,
  type Label,
  LONGEST_PERIOD_SECONDS,
  LONGEST_SECRET_BYTES,
  type SeedRecord,
} from './seed-record.ts';

export const RECORD_FORMATS = ['entra-csv', 'graph', 'otpauth', 'migration', 'pskc'] as const;
export type RecordFormat = (typeof RECORD_FORMATS)[number];

/** Labels that have a place in the format, and those that it cannot do without. */
const PLACES: Readonly<Record<RecordFormat, { has: readonly Label[]; needs: readonly Label[] }>> = {
  'entra-csv': { has: ['serialNumber', 'manufacturer', 'model'], needs: ['serialNumber'] },
  graph: { has: LABELS, needs: ['serialNumber', 'manufacturer', 'model'] },
  otpauth: { has: ['issuer', 'account'], needs: ['account'] },
  migration: { has: ['issuer', 'account'], needs: ['account'] },
  pskc: { has: LABELS, needs: [] },
};

/**
 * Refuses a record that a format cannot describe.
 * @param mayDrop  labels that may be left out when there is no place for them
 * @throws RecordError FORMAT_TOO_NARROW or RECORD_INCOMPLETE that names the property
 */
export function checkFormat(
  record: SeedRecord,
  format: RecordFormat,
  mayDrop: readonly Label[] = [],
): void {
  checkValues(record);
  CHECKS[format](record, (reason, hint) => {
    throw tooNarrow(format, reason, hint);
  });
  for (const label of PLACES[format].needs) {
    if (record[label] === undefined) {
      throw incomplete(format, `the record has no ${LABEL_WORDS[label]}, which is needed`);
    }
  }
  const lost = LABELS.find((label) => isLost(record, label, format) && !mayDrop.includes(label));
  if (lost) {
    const hint = `say that it may be dropped, or ${USE_PSKC}`;
    throw tooNarrow(format, `there is no place for the ${LABEL_WORDS[lost]}`, hint);
  }
  checkTexts(record, format);
}

/** An account that looks like name@domain is the user's principal name; else an admin adds it. */
export function principalNameOf({ account = '' }: SeedRecord): string {
  return /^[^@\s]+@[^@\s]+$/.test(account) ? account : '';
}

type Refuse = (reason: string, hint?: string) => never;

const USE_PSKC = 'write the record with --format pskc, which can carry it';
const USE_OTPAUTH = 'write the record with --format otpauth, which can carry it';

const CHECKS: Readonly<Record<RecordFormat, (record: SeedRecord, refuse: Refuse) => void>> = {
  'entra-csv': (record, refuse) => {
    const { type, hash } = record;
    if (type === 'totp' && hash !== 'SHA1') {
      const hint = hash === 'SHA256' ? 'write the record with --format graph' : USE_OTPAUTH;
      refuse(`there is no place for the hash, so that ${hash} would be taken for SHA1`, hint);
    }
    checkInventory(record, refuse);
  },
  graph: (record, refuse) => {
    if (record.type === 'totp' && record.hash === 'SHA512') {
      refuse('there is no place for SHA512', USE_OTPAUTH);
    }
    checkInventory(record, refuse);
  },
  otpauth: () => {},
  migration: (record, refuse) => {
    const { type, digits, periodSeconds } = record;
    if (digits === 7) refuse('there is no place for 7 digits', USE_OTPAUTH);
    if (type === 'totp' && periodSeconds !== 30) {
      refuse('there is no place for the time step: it is always 30 seconds', USE_OTPAUTH);
    }
    checkCounter(record, refuse);
  },
  pskc: (record, refuse) => checkCounter(record, refuse),
};

/** What the inventories of Microsoft Entra have in common. */
function checkInventory(record: SeedRecord, refuse: Refuse): void {
  const { type, digits, periodSeconds, secret } = record;
  if (type === 'hotp') refuse('there is no place for HOTP', USE_OTPAUTH);
  if (digits !== 6) {
    refuse(`there is no place for ${digits} digits: servers of this format take 6`, USE_OTPAUTH);
  }
  if (periodSeconds !== 30 && periodSeconds !== 60) {
    refuse('a time step is 30 or 60 seconds', USE_OTPAUTH);
  }
  if (secret.length > LONGEST_CSV_SECRET_BYTES) {
    refuse(`a seed has at most ${LONGEST_CSV_SECRET_BYTES} bytes`, USE_OTPAUTH);
  }
}

function checkCounter({ type, counter = 0n }: SeedRecord, refuse: Refuse): void {
  if (type === 'hotp' && counter > LARGEST_SIGNED_COUNTER) {
    refuse('a counter is below 2^63', USE_OTPAUTH);
  }
}

/** What no token has, whatever the format. */
function checkValues({ secret, periodSeconds, type, counter = 0n }: SeedRecord): void {
  const refuse = (reason: string): never => {
    throw new RangeError(`seed record: ${reason}`);
  };
  if (secret.length < 1 || secret.length > LONGEST_SECRET_BYTES) {
    refuse(`secret: expected 1 to ${LONGEST_SECRET_BYTES} bytes, got ${secret.length}`);
  }
  if (type === 'totp' && !(periodSeconds >= 1 && periodSeconds <= LONGEST_PERIOD_SECONDS)) {
    refuse(`periodSeconds: expected 1 to ${LONGEST_PERIOD_SECONDS}, got ${periodSeconds}`);
  }
  if (counter < 0n || counter >= 2n ** 64n) refuse('counter: expected 0 to 2^64 - 1');
}

function isLost(record: SeedRecord, label: Label, format: RecordFormat): boolean {
  if (record[label] === undefined) return false;
  if (format === 'entra-csv' && label === 'account') return principalNameOf(record) === '';
  return !PLACES[format].has.includes(label);
}

const HINTS_OF_NAMES: Partial<Record<Label, string>> = {
  account: 'the account is named after the serial number, or with --name',
};

/** Texts that would come back as others. */
function checkTexts(record: SeedRecord, format: RecordFormat): void {
  for (const label of PLACES[format].has) {
    const text = record[label] ?? '';
    const refuse = (reason: string): never => {
      throw tooNarrow(format, `the ${LABEL_WORDS[label]} ${reason}`, HINTS_OF_NAMES[label] ?? null);
    };
    if (/\p{Cs}/u.test(text)) refuse('has half of a character in it');
    if (/\p{Cc}|[\ufffe\uffff]/u.test(text)) refuse('has a control character in it');
    const isJoined = (label === 'issuer' || label === 'account') && format !== 'pskc';
    if (isJoined && text.includes(':')) refuse('has a colon in it, which parts the two');
    const isTrimmed = isJoined || format === 'pskc';
    if (isTrimmed && text !== text.trim()) refuse('has a blank at its ends');
  }
}
