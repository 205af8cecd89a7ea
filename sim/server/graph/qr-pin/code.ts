import { bytesOf, hexadecimal, isSame } from '../../../bytes.ts';
import { textDigest } from '../../tokens.ts';
import { Refusal } from '../errors.ts';
import type { CodeKind, QrCode } from './records.ts';

/** QR codes: what is in the symbol, and how long it is good for. */

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const LONGEST_STANDARD_DAYS = 395;
const LONGEST_TEMPORARY_HOURS = 12;
const SHORTEST_TEMPORARY_HOURS = 1;
const SECRET_BYTES = 32;
/** The parts of the vendor's early samples; the secret's form is ours. */
const PREFIX = 'ms-qrpin:v1';
const CONTENT = /^ms-qrpin:v1\|([^|]{1,256})\|([0-9a-f-]{36})\|([0-9a-f]{64})$/;

export interface Lifetime {
  readonly startAt: number;
  readonly expireAt: number;
}

export interface NewCode {
  readonly code: QrCode;
  /** The text of the symbol: the only time that the secret is outside a person's hands. */
  readonly content: string;
}

/** A code with a new secret, of which only the digest stays. */
export function newCode(userPrincipalName: string, lifetime: Lifetime, createdAt: number): NewCode {
  const id = crypto.randomUUID();
  const secret = hexadecimal(crypto.getRandomValues(new Uint8Array(SECRET_BYTES)));
  const secretDigest = hexadecimal(textDigest(secret));
  return {
    code: { ...lifetime, id, secretDigest, createdAt, lastUsedAt: null },
    content: [PREFIX, userPrincipalName, id, secret].join('|'),
  };
}

export interface ScannedCode {
  readonly userPrincipalName: string;
  readonly id: string;
  readonly secret: string;
}

/** The parts of a symbol's text, or undefined when it is none of ours. */
export function readContent(content: string): ScannedCode | undefined {
  const [, userPrincipalName, id, secret] = CONTENT.exec(content) ?? [];
  if (userPrincipalName === undefined) return undefined;
  return { userPrincipalName, id: id!, secret: secret! };
}

export function isGenuine(code: QrCode, { id, secret }: ScannedCode): boolean {
  return code.id === id && isSame(textDigest(secret), bytesOf(code.secretDigest));
}

export function isExpired(code: QrCode, timeMilliseconds: number): boolean {
  return code.hasExpired === true || timeMilliseconds >= code.expireAt;
}

/** @throws Refusal `lifetimeInvalid` for one that no code of this kind may have */
export function checkLifetime(kind: CodeKind, lifetime: Lifetime, timeMilliseconds: number): void {
  const { startAt, expireAt } = lifetime;
  if (expireAt <= startAt) {
    throw new Refusal('lifetimeInvalid', 'expireDateTime must be later than startDateTime.');
  }
  if (expireAt <= timeMilliseconds) {
    throw new Refusal('lifetimeInvalid', 'expireDateTime must lie in the future.');
  }
  const length = expireAt - startAt;
  if (kind === 'standardQRCode' && length > LONGEST_STANDARD_DAYS * DAY) {
    throw new Refusal('lifetimeInvalid', 'The standard QR code lifetime exceeds 395 days.');
  }
  const isTemporary = kind === 'temporaryQRCode';
  const isTooShort = length < SHORTEST_TEMPORARY_HOURS * HOUR;
  if (isTemporary && (isTooShort || length > LONGEST_TEMPORARY_HOURS * HOUR)) {
    throw new Refusal('lifetimeInvalid', 'A temporary QR code lives 1 to 12 hours.');
  }
}

/** A time as answers show it: what was read can be sent back, and an hour on from it is an hour. */
export function wholeSeconds(timeMilliseconds: number): number {
  return Math.floor(timeMilliseconds / 1000) * 1000;
}

/** The times given, and what the policy says where none is. */
export function standardLifetime(
  given: { startDateTime?: number | undefined; expireDateTime?: number | undefined },
  lifetimeInDays: number,
  timeMilliseconds: number,
): Lifetime {
  const startAt = given.startDateTime ?? wholeSeconds(timeMilliseconds);
  return { startAt, expireAt: given.expireDateTime ?? startAt + lifetimeInDays * DAY };
}
