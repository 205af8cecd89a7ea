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

/** Short: the text of a login of Authing leaves a name 15 bytes. */
const NAME = 'Authing';

/**
 * Shows a login, in the place of one that is still there.
 * @returns false when the token has no room for so long a text
 * @throws TokenError when the token is locked, or full
 */
export function showLogin(token: Token, text: string): boolean {
  hideLogin(token);
  try {
    putLogin(token, { name: NAME, text: new TextEncoder().encode(text) });
  } catch (error) {
    if (isTooLong(error)) return false;
    throw error;
  }
  // As a person would: the login is the last stop in front of the page about the token.
  while (token.text.split('\n')[0] !== NAME) token.press('down');
  return true;
}

function isTooLong(error: unknown): boolean {
  return (
    error instanceof RangeError || (error instanceof TokenError && error.code === 'WRONG_DATA')
  );
}

/** Takes the login off the display; nothing if there is none. @throws TokenError as showLogin */
export function hideLogin(token: Token): void {
  const slot = shownSlot(token);
  if (slot !== null) deleteCredential(token, slot);
}

/** The slot of the login that is shown, or null. */
export function shownSlot(token: Token): number | null {
  selectManagement(token);
  const { credentials } = readInfo(token);
  const isShown = ({ name, type }: CredentialInfo) => name === NAME && type === 'login';
  return credentials.find(isShown)?.slot ?? null;
}
