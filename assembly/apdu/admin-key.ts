/**
 * GET CHALLENGE, EXTERNAL AUTHENTICATE (ISO 7816-4 §11.5.3, 11.5.4), CHANGE REFERENCE DATA of the
 * admin key, and the card id. Formats in PROTOCOL.md, "Smart card".
 */
import { digest, Hash } from '../crypto/hash';
import { DES_BLOCK_LENGTH, TRIPLE_DES_KEY_LENGTH } from '../crypto/triple-des';
import { ADMIN_CHALLENGE, BUFFER, CARD_ID_DOMAIN, command, response, SERIAL_TEXT } from '../memory';
import {
  adminTriesLeft,
  changeAdminKey,
  checkAnswer,
  drawChallenge,
  hasAdminKey,
  setAdminKey,
} from '../pin/admin-key';
import { isUnlocked } from '../pin/vault';
import { hasSerial, readSerial } from '../serial';
import { hasParameters } from './command';
import { Status, statusOf, statusOfTries, statusOfVerdict } from './status';
import { putBytes } from './tlv';

export const ADMIN_REFERENCE: u32 = 0x82;
/** P1 of CHANGE REFERENCE DATA for the first PIN, PUK or admin key. */
export const FIRST_SETTING: u32 = 0x01;
const CARD_ID_DOMAIN_LENGTH: u32 = 13;
export const CARD_ID_LENGTH: u32 = 16;

/** GET CHALLENGE: random bytes, for the next command. */
export function getChallenge(): Status {
  if (!hasParameters(0, 0)) return Status.WRONG_PARAMETERS;
  if (command.dataLength !== 0) return Status.WRONG_LENGTH;
  if (!drawChallenge()) return Status.WRITE_FAILED;
  putBytes(ADMIN_CHALLENGE, DES_BLOCK_LENGTH);
  return Status.DONE;
}

/** EXTERNAL AUTHENTICATE: checks an answer; without data it only says how many tries are left. */
export function externalAuthenticate(): Status {
  if (command.parameter2 !== ADMIN_REFERENCE) return Status.NO_REFERENCE;
  if (command.parameter1 !== 0) return Status.WRONG_PARAMETERS;
  if (command.dataLength === 0) {
    return hasAdminKey() ? statusOfTries(adminTriesLeft()) : Status.CONDITIONS_NOT_SATISFIED;
  }
  if (command.dataLength !== DES_BLOCK_LENGTH) return Status.WRONG_LENGTH;
  const verdict = checkAnswer(command.data);
  return statusOfVerdict(verdict, adminTriesLeft());
}

/** CHANGE REFERENCE DATA: an answer and the new key, or the first one. */
export function changeAdmin(): Status {
  if (command.parameter1 === FIRST_SETTING) return setFirst();
  if (command.parameter1 !== 0) return Status.WRONG_PARAMETERS;
  if (command.dataLength !== DES_BLOCK_LENGTH + TRIPLE_DES_KEY_LENGTH) return Status.WRONG_LENGTH;
  const verdict = changeAdminKey(command.data);
  return statusOfVerdict(verdict, adminTriesLeft());
}

/** A card without a serial number would have no id to be known by. */
function setFirst(): Status {
  if (hasAdminKey() || !hasSerial()) return Status.CONDITIONS_NOT_SATISFIED;
  if (command.dataLength !== TRIPLE_DES_KEY_LENGTH) return Status.WRONG_LENGTH;
  if (!isUnlocked()) return Status.NOT_ALLOWED;
  return statusOf(setAdminKey(command.data));
}

/**
 * Appends the card id: a GUID from the serial number, so that the token stays the same card when it
 * is erased (RFC 9562 §5.8, version 8: 16 bytes of SHA-256 of "oathfob card " and the number).
 */
export function putCardId(): void {
  const start = response.length;
  const id = BUFFER + start;
  const serialLength = readSerial();
  putBytes(CARD_ID_DOMAIN, CARD_ID_DOMAIN_LENGTH);
  putBytes(SERIAL_TEXT, serialLength);
  digest(Hash.SHA256, id, CARD_ID_DOMAIN_LENGTH + serialLength, id);
  store<u8>(id, (load<u8>(id, 6) & 0x0f) | 0x80, 6);
  store<u8>(id, (load<u8>(id, 8) & 0x3f) | 0x80, 8);
  response.length = start + CARD_ID_LENGTH;
}
