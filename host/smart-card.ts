/**
 * The token as a smart card with an admin key (assembly/apdu/PROTOCOL.md, "Smart card"): who holds
 * the key answers to the card's challenges. Every function expects an applet to be selected.
 */
import { concat, readTlvs } from './apdu.ts';
import type { Token } from './token.ts';

/** What a token says of itself as a smart card. */
export interface SmartCardInfo {
  /** A GUID, which comes from the serial number. */
  readonly cardId: string;
  /** Wrong answers in a row before the admin key is blocked for good, 5 at most. */
  readonly adminTriesLeft: number;
}

const CHANGE_REFERENCE_DATA = 0x24;
const EXTERNAL_AUTHENTICATE = 0x82;
const ADMIN_REFERENCE = 0x82;
const FIRST_SETTING = 0x01;
const TAG_CARD = 0x8a;
const CARD_ID_BYTES = 16;

/** The card that the token is; null while it has no admin key. The management applet is selected. */
export function readSmartCard(token: Token): SmartCardInfo | null {
  const card = readTlvs(token.send(Uint8Array.of(0x80, 0x10, 0x00, 0x00))).get(TAG_CARD);
  if (card === undefined) return null;
  const digits = Array.from(card.subarray(0, CARD_ID_BYTES), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
  return {
    cardId: digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'),
    adminTriesLeft: card[CARD_ID_BYTES]!,
  };
}

/** A challenge of 8 random bytes. It dies with the next command, whatever that is. */
export function getChallenge(token: Token): Uint8Array {
  return token.send(Uint8Array.of(0x00, 0x84, 0x00, 0x00, 0x08)).slice();
}

/** Has the token check an answer, 8 bytes, to the challenge that it gave last. */
export function authenticateAdmin(token: Token, answer: Uint8Array): void {
  token.send(concat([0x00, EXTERNAL_AUTHENTICATE, 0x00, ADMIN_REFERENCE, answer.length], answer));
}

/** Gives an unlocked token with a serial number its first admin key: 24 bytes K1 | K2 | K3. */
export function setAdminKey(token: Token, key: Uint8Array): void {
  changeReference(token, FIRST_SETTING, key);
}

/** Puts another admin key in place of the one that the answer to the last challenge proves. */
export function changeAdminKey(token: Token, answer: Uint8Array, newKey: Uint8Array): void {
  changeReference(token, 0x00, answer, newKey);
}

/** Sends keys, and wipes the bytes of the command. */
function changeReference(token: Token, parameter1: number, ...parts: readonly Uint8Array[]): void {
  const data = concat(...parts);
  const header = [0x00, CHANGE_REFERENCE_DATA, parameter1, ADMIN_REFERENCE, data.length];
  const command = concat(header, data);
  try {
    token.send(command);
  } finally {
    command.fill(0);
    data.fill(0);
  }
}
