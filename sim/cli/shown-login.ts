/**
 * The login that waits for its user, on the display of their token: scanned, it is there as a login
 * QR code; confirmed or cancelled, it is gone.
 */
import { TokenError } from '../../host/errors.ts';
import {
  type CredentialInfo,
  deleteCredential,
  putLogin,
  readInfo,
  selectManagement,
} from '../../host/management.ts';
import type { Token } from '../../host/token.ts';
import { type LoginQr, loginIdOf } from './login-qr.ts';

/** Short: the text of a login of Authing leaves a name 15 bytes. */
const NAME = 'Authing';

/** How a login is shown: all of its text, or the least that an app needs of it. */
export type Shown = 'whole' | 'short';

/**
 * Shows a login, in the place of one that is still there.
 * @returns which text it is: the token has no room for a long one, as one with `customData` is
 * @throws TokenError when the token is locked, or full
 */
export function showLogin(
  token: Token,
  { text, shortText }: Pick<LoginQr, 'text' | 'shortText'>,
): Shown {
  hideLogin(token);
  const isWhole = put(token, text);
  if (!isWhole) put(token, shortText);
  // As a person would: the login is the last stop in front of the page about the token.
  while (token.text.split('\n')[0] !== NAME) token.press('down');
  return isWhole ? 'whole' : 'short';
}

/** @returns false when the token has no room for so long a text */
function put(token: Token, text: string): boolean {
  try {
    putLogin(token, { name: NAME, text: new TextEncoder().encode(text) });
    return true;
  } catch (error) {
    if (isTooLong(error)) return false;
    throw error;
  }
}

function isTooLong(error: unknown): boolean {
  return (
    error instanceof RangeError || (error instanceof TokenError && error.code === 'WRONG_DATA')
  );
}

/**
 * Walks to the login, if one is shown.
 * @param from  the account that the token is at; the first one, where it wakes up, if absent
 */
export function walkToLogin(token: Token, from?: CredentialInfo): boolean {
  const credentials = credentialsOf(token);
  const index = credentials.findIndex(isLogin);
  if (index < 0) return false;
  const start = from ? credentials.findIndex(({ slot }) => slot === from.slot) : 0;
  // One stop more than there are accounts, the page about the token; then it begins again.
  const stops = credentials.length + 1;
  const steps = (index - start + stops) % stops;
  for (let step = 0; step < steps; step++) token.press('down');
  return true;
}

/** Whether the display, at the login, shows this one; a locked token shows none. */
export function showsLogin({ qrText }: Token, qrcodeId: string): boolean {
  return qrText !== null && isTextOf(qrText, qrcodeId);
}

/** Takes the login off the display; nothing if there is none. @throws TokenError as showLogin */
export function hideLogin(token: Token): void {
  const slot = shownSlot(token);
  if (slot !== null) deleteCredential(token, slot);
}

function isTextOf(text: string, qrcodeId: string): boolean {
  try {
    return loginIdOf(text) === qrcodeId;
  } catch {
    return false;
  }
}

/** The slot of the login that is shown, or null. */
function shownSlot(token: Token): number | null {
  return credentialsOf(token).find(isLogin)?.slot ?? null;
}

function credentialsOf(token: Token): readonly CredentialInfo[] {
  selectManagement(token);
  return readInfo(token).credentials;
}

function isLogin({ name, type }: CredentialInfo): boolean {
  return name === NAME && type === 'login';
}
