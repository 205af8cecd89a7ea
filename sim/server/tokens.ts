import { digest } from '@chainsafe/as-sha256';
import type { Caller } from './graph/access.ts';
import { Refusal } from './graph/errors.ts';
import type { AccessToken } from './store/records.ts';
import type { State } from './store/state.ts';

/** Longest text the whole-message SHA-256 takes; our tokens have 43 characters. */
const MAX_TOKEN_CHARACTERS = 512;
const TOKEN_BYTES = 32;
const encoder = new TextEncoder();

/** SHA-256 of a bearer token's text as 64 hexadecimal digits: all of it that is ever stored. */
export function tokenDigest(text: string): string {
  return Array.from(digest(encoder.encode(text)), (byte) => HEX[byte]).join('');
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

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
  if (text.length > MAX_TOKEN_CHARACTERS) throw challenge('accessTokenUnknown');
  const presented = tokenDigest(text);
  const token = state.accessToken(presented);
  if (!token || !isSameDigest(token, presented)) throw challenge('accessTokenUnknown');
  return { token, user: token.userId === null ? undefined : state.user(token.userId) };
}

function bearerText(header: string): string {
  return /^bearer +(\S+) *$/i.exec(header)?.[1] ?? '';
}

function isSameDigest(token: AccessToken, presented: string): boolean {
  let difference = token.digest.length ^ presented.length;
  for (let i = 0; i < presented.length; i++) {
    difference |= token.digest.charCodeAt(i) ^ presented.charCodeAt(i);
  }
  return difference === 0;
}

function challenge(refusal: 'accessTokenMissing' | 'accessTokenUnknown'): Refusal {
  return new Refusal(refusal, undefined, { 'WWW-Authenticate': 'Bearer realm="oathfob"' });
}
