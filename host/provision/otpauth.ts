/**
 * The otpauth address: how a secret travels in a QR code ("Key URI Format" of the first
 * authenticator app, which everyone follows).
 *
 *   otpauth://totp/Issuer:account?secret=BASE32&issuer=Issuer&algorithm=SHA1&digits=6&period=30
 */
import { decodeBase32, encodeBase32 } from '../base32.ts';
import type { Digits, HashName } from '../otp/types.ts';
import { hashOf } from './seed-record.ts';

export interface OtpauthParameters {
  type: 'totp' | 'hotp';
  /** The issuer parameter, or the label's part in front of the colon when there is none. */
  issuer?: string | undefined;
  account: string;
  /** 1 byte or more. */
  secret: Uint8Array;
  hash: HashName;
  digits: Digits;
  /** Seconds in a time step, 1..3600; 30 for hotp, which has none. */
  period: number;
  /** Next counter, 0 .. 2^64 - 1; only for hotp. */
  counter?: bigint | undefined;
}

const SHAPE = /^otpauth:\/\/([^/?#]*)\/([^?#]*)\?([^#]*)$/i;
const KNOWN = ['secret', 'issuer', 'algorithm', 'digits', 'period', 'counter'];
const LARGEST_COUNTER = 0xffff_ffff_ffff_ffffn;

function refuse(reason: string): never {
  throw new RangeError(`otpauth address: ${reason}`);
}

/**
 * Reads an otpauth address. Parameters that are not in the format are ignored, such as the `image` and
 * `lock` of some apps; the `encoder` of another one is not, since it changes the codes.
 * @throws TypeError if it is no string; RangeError that names the part that is wrong or missing
 */
export function parseOtpauth(address: string): OtpauthParameters {
  if (typeof address !== 'string') {
    throw new TypeError(`otpauth address: expected a string, got ${typeof address}`);
  }
  const [, kind, label, query] = SHAPE.exec(address) ?? refuse('expected otpauth://TYPE/LABEL?...');
  const type = kind!.toLowerCase();
  const values = new URLSearchParams(query);
  if (type === 'steam' || values.get('encoder')?.toLowerCase() === 'steam') {
    refuse("Steam's codes are five letters, which a token does not make");
  }
  if (type !== 'totp' && type !== 'hotp') refuse('type: expected totp or hotp');
  for (const name of KNOWN) {
    if (values.getAll(name).length > 1) refuse(`${name}: given more than once`);
  }
  return {
    type,
    ...parseLabel(label!, values.get('issuer')),
    secret: parseSecret(values.get('secret')),
    hash: parseAlgorithm(values.get('algorithm')),
    digits: parseNumber('digits', values.get('digits') ?? '6', 6, 8) as Digits,
    period: parseNumber('period', values.get('period') ?? '30', 1, 3600),
    counter: type === 'hotp' ? parseCounter(values.get('counter')) : undefined,
  };
}

/** `Issuer:account`; the colon may be escaped and blanks may follow it. */
function parseLabel(label: string, issuer: string | null) {
  let text: string;
  try {
    text = decodeURIComponent(label);
  } catch {
    return refuse('label: a % is not followed by two hexadecimal digits of UTF-8');
  }
  const colon = text.indexOf(':');
  const account = text.slice(colon + 1).trim();
  if (account === '') refuse('label: the account name is missing');
  const prefix = colon < 0 ? undefined : text.slice(0, colon).trim();
  return { issuer: issuer || prefix || undefined, account };
}

function parseSecret(text: string | null): Uint8Array {
  let secret: Uint8Array;
  try {
    // Some services group the letters for people to type.
    secret = decodeBase32((text ?? '').replace(/[\s-]/g, ''));
  } catch (error) {
    return refuse(`secret: ${(error as Error).message}`);
  }
  return secret.length > 0 ? secret : refuse('secret: missing');
}

function parseAlgorithm(text: string | null): HashName {
  return hashOf(text ?? 'SHA1') ?? refuse('algorithm: expected SHA1, SHA256 or SHA512');
}

function parseNumber(name: string, text: string, least: number, most: number): number {
  const value = /^\d{1,4}$/.test(text) ? Number(text) : -1;
  if (value < least || value > most) refuse(`${name}: expected an integer ${least}..${most}`);
  return value;
}

function parseCounter(text: string | null): bigint {
  if (text === null) return refuse('counter: missing, and hotp needs it');
  const value = /^\d{1,20}$/.test(text) ? BigInt(text) : -1n;
  if (value < 0n || value > LARGEST_COUNTER) refuse('counter: expected an integer 0..2^64-1');
  return value;
}

/**
 * Writes an otpauth address, every parameter spelled out, because apps disagree on defaults.
 * @throws RangeError for values that parseOtpauth would not read back
 */
export function formatOtpauth(parameters: OtpauthParameters): string {
  const { type, issuer, account, secret, hash, digits, period, counter } = parameters;
  if (issuer?.includes(':') || account.includes(':')) {
    refuse('label: a colon separates issuer and account, so neither may contain one');
  }
  if (/\p{Cs}/u.test(`${issuer}${account}`)) refuse('label: half of a character');
  const label = issuer
    ? `${encodeURIComponent(issuer)}:${encodeURIComponent(account)}`
    : encodeURIComponent(account);
  // %20 and not the plus sign of forms, which several apps show as it is.
  const address = [
    `otpauth://${type}/${label}?secret=${encodeBase32(secret)}`,
    issuer ? `issuer=${encodeURIComponent(issuer)}` : '',
    `algorithm=${hash}`,
    `digits=${digits}`,
    type === 'totp' ? `period=${period}` : `counter=${counter ?? 0n}`,
  ];
  const text = address.filter((part) => part !== '').join('&');
  const read = parseOtpauth(text);
  read.secret.fill(0);
  if (read.issuer !== (issuer || undefined) || read.account !== account) {
    refuse('label: blanks at the ends of issuer or account are not kept');
  }
  return text;
}
