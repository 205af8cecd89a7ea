import { digest } from '@chainsafe/as-sha256';
import type { Caller } from './graph/access.ts';
import { Refusal } from './graph/errors.ts';
import type { State } from './store/state.ts';

/** Longest text the whole-message SHA-256 takes; our tokens have 43 characters. */
const MAX_TOKEN_CHARACTERS = 512;
const TOKEN_BYTES = 32;
/** The characters of RFC 6750 §2.1. */
const TOKEN_TEXT = /^[\w.~+/=-]{1,512}$/;
const encoder = new TextEncoder();
/** Room for the longest text; wiped after use. */
const textBytes = new Uint8Array(MAX_TOKEN_CHARACTERS);

/**
 * SHA-256 of a secret's text.
 * @param text at most 512 characters, ASCII (the module hashes at most 512 bytes in one piece)
 */
export function textDigest(text: string): Uint8Array {
  const { written } = encoder.encodeInto(text, textBytes);
  const hashed = digest(textBytes.subarray(0, written));
  textBytes.fill(0, 0, written);
  return hashed;
}

/** The digest of a bearer token's text, one character per byte: all of it that is ever stored. */
export function tokenDigest(text: string): string {
  return String.fromCharCode.apply(null, textDigest(text) as unknown as number[]);
}

/** A new bearer token: 256 random bits as URL-safe Base64. Shown once, to the one who made it. */
export function newTokenText(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(TOKEN_BYTES));
  const base64 = btoa(String.fromCharCode(...bytes));
  return base64.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/**
 * Finds the sender of a request. The presented text is hashed and the digest looked up, so the
 * only data-dependent comparison sees a digest, which tells nothing of how much of a guess was
 * right; the final match is constant-time all the same.
 * @param header the Authorization header, or null
 */
export function authenticate(state: State, header: string | null): Caller {
  const text = header === null ? '' : bearerText(header);
  if (text === '') throw challenge('accessTokenMissing');
  if (!TOKEN_TEXT.test(text)) throw challenge('accessTokenUnknown');
  const presented = tokenDigest(text);
  const token = state.accessToken(presented);
  if (!token || !isSame(token.digest, presented)) throw challenge('accessTokenUnknown');
  return { token, user: token.userId === null ? undefined : state.user(token.userId) };
}

function bearerText(header: string): string {
  const isBearer = header.slice(0, 7).toLowerCase() === 'bearer ';
  const text = isBearer ? header.slice(7).trim() : '';
  return text.includes(' ') ? '' : text;
}

/** Constant-time for texts of one length. */
export function isSame(known: string, presented: string): boolean {
  let difference = known.length ^ presented.length;
  for (let i = 0; i < presented.length; i++) {
    difference |= known.charCodeAt(i) ^ presented.charCodeAt(i);
  }
  return difference === 0;
}

function challenge(refusal: 'accessTokenMissing' | 'accessTokenUnknown'): Refusal {
  return new Refusal(refusal, undefined, { 'WWW-Authenticate': 'Bearer' });
}
