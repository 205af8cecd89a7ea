/** What every provisioning format is about: one account, as a server or a token needs to know it. */
import type { Digits, HashName } from '../otp/types.ts';

export interface SeedRecord extends Partial<Readonly<Record<Label, string | undefined>>> {
  readonly type: 'totp' | 'hotp';
  readonly hash: HashName;
  readonly digits: Digits;
  /** 1 .. 3600; of no meaning for HOTP. */
  readonly periodSeconds: number;
  /** First counter, 0 .. 2^64 - 1; HOTP only, default 0. */
  readonly counter?: bigint | undefined;
  /** 1 to 128 bytes; secret, wiped by the caller. */
  readonly secret: Uint8Array;
}

/** What names a record and changes none of its codes; never empty when it is there. */
export type Label = 'serialNumber' | 'manufacturer' | 'model' | 'issuer' | 'account';

/** Labels as people say them, and as they are named on the command line. */
export const LABEL_WORDS: Readonly<Record<Label, string>> = {
  serialNumber: 'serial number',
  manufacturer: 'manufacturer',
  model: 'model',
  issuer: 'issuer',
  account: 'account',
};

export const LABELS = Object.keys(LABEL_WORDS) as readonly Label[];

/** What a file held, and what of it was left out or looks wrong; warnings never hold a secret. */
export interface Reading {
  readonly records: readonly SeedRecord[];
  readonly warnings: readonly string[];
}

export const LONGEST_SECRET_BYTES = 128;
export const LONGEST_PERIOD_SECONDS = 3600;
/** Counters of PSKC (xs:long) and of the migration payload (int64) are signed. */
export const LARGEST_SIGNED_COUNTER = 2n ** 63n - 1n;

/** The name of the account on a token: `issuer:account`, or the account alone. */
export function accountName({ issuer, account = '' }: Pick<SeedRecord, 'issuer' | 'account'>) {
  return issuer === undefined ? account : `${issuer}:${account}`;
}

/** Takes `issuer:account` apart; without a colon it is the account. */
export function splitName(name: string): Pick<SeedRecord, 'issuer' | 'account'> {
  const colon = name.indexOf(':');
  const issuer = colon < 0 ? '' : name.slice(0, colon).trim();
  return labels({ issuer, account: name.slice(colon + 1).trim() });
}

/** Keeps the labels that say something. */
export function labels<Name extends Label>(
  all: Readonly<Record<Name, string | undefined>>,
): Partial<Record<Name, string>> {
  const said = Object.entries(all).filter(([, text]) => text !== undefined && text !== '');
  return Object.fromEntries(said) as Partial<Record<Name, string>>;
}

/** Wipes the seeds of records that are not handed on. */
export function wipe(records: readonly SeedRecord[]): void {
  for (const { secret } of records) secret.fill(0);
}

/** The hash behind a name as producers write it: `SHA1`, `SHA-256`, `HmacSHA512`, …; or null. */
export function hashOf(name: string): HashName | null {
  const [, bits] = /^(?:HMAC-?)?SHA-?(1|256|512)$/i.exec(name) ?? [];
  return bits === undefined ? null : (`SHA${bits}` as HashName);
}
