/** What the answers of the Authing dialect say, and the QR codes of its logins. */
import { AUTHING_REFUSALS } from '../../../server/authing/errors.ts';
import { refusalOf } from '../attempt.ts';
import type { Exchange } from '../client.ts';

/** What the vendor calls the states of a login. */
export type LoginStatus = 'PENDING' | 'SCANNED' | 'AUTHORIZED' | 'CANCELLED' | 'EXPIRED' | 'ERROR';

export interface Envelope<Data> {
  readonly statusCode: number;
  readonly data: Data;
}

export interface StatusData {
  readonly status: LoginStatus;
  readonly ticket?: string;
  readonly briefUserInfo?: { readonly displayName: string };
}

/** Refusals of a token's code, by the server's sentence. */
const CODE_REFUSALS: readonly (readonly [RegExp, string])[] = [
  [/accepted before/, 'codeAlreadyUsed'],
  [/acceptable now/, 'wrongCode'],
  [/exactly six digits/, 'malformedCode'],
  [/another time step/, 'otherStep'],
  [/Too many wrong codes/, 'attemptsPaused'],
  [/not one of this user/, 'unknownSerialNumber'],
];
/** Refusals that are about the code. */
export const ABOUT_CODE = new Set(['codeAlreadyUsed', 'wrongCode', 'malformedCode']);

/** The dialect gives sentences; each has a name in its table. */
export function reasonOf({ isAccepted, body }: Exchange): string {
  if (isAccepted) return '';
  const { message } = refusalOf(body);
  const known = Object.entries(AUTHING_REFUSALS).find(([, refusal]) => refusal[2] === message);
  return known?.[0] ?? CODE_REFUSALS.find(([sentence]) => sentence.test(message))?.[1] ?? '';
}

/** The id of the login that a QR code is about, or null for another text. */
export function loginIdOf(text: string): string | null {
  try {
    const { random } = JSON.parse(text);
    return typeof random === 'string' ? random : null;
  } catch {
    return null;
  }
}

/** Whom an ID token is about; its signature is for the application to check (RFC 7519 §7.2). */
export function nameIn(idToken: string): string {
  const base64 = idToken.split('.')[1]!.replaceAll('-', '+').replaceAll('_', '/');
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  return JSON.parse(new TextDecoder().decode(bytes)).name;
}
