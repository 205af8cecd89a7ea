/**
 * Keys that are no credentials: the access code of the OATH applet (identity 08) and the keys that
 * answer challenges (09, 0A). Each is a short record, sealed like a credential:
 *
 *     byte 0 … 7    08: the salt of the access code     09, 0A: byte 0 flags, the others zero
 *     byte 8 …      tag (16), sealed key: 16 bytes in 08, 20 in the others
 *
 * A record of 08 without a key is a salt alone: no access code is set.
 */
import { Hash } from '../crypto/hash';
import { hmacPrepare } from '../crypto/hmac';
import { wipe } from '../crypto/wipe';
import { RECORD } from '../memory';
import { openUnderMaster, sealUnderMaster } from '../pin/vault';
import { exists, payloadLength, readPayload, Stored, supersede } from '../store/log';
import { ACCESS, RESPONDER } from '../store/record';
import { TAG_LENGTH } from '../store/seal';

/** Salt or flags: bytes in front of tag and key. */
export const SECRET_HEAD_LENGTH: u32 = 8;
/** Where the key belongs in RECORD. */
export const SECRET_PLACE: usize = RECORD + 24;
export const ACCESS_KEY_LENGTH: u32 = 16;
export const RESPONDER_KEY_LENGTH: u32 = 20;
export const RESPONDERS: u32 = 2;

/** Flags of a key that answers challenges. */
export enum Responder {
  /** Only after OK was pressed. */
  TOUCH = 1,
  /** Bytes at the end of a challenge that equal the last one are padding. */
  PADDED = 2,
}

const FLAGS_MAX: u64 = 3;

function lengthWithKey(identity: u32): u32 {
  const keyLength = identity === ACCESS ? ACCESS_KEY_LENGTH : RESPONDER_KEY_LENGTH;
  return SECRET_HEAD_LENGTH + TAG_LENGTH + keyLength;
}

/** Whether the records on flash are ones that this core could have written; asked at power-on. */
export function secretsAreSound(): bool {
  return (
    (!exists(ACCESS) || payloadLength(ACCESS) === SECRET_HEAD_LENGTH || hasKey(ACCESS)) &&
    isResponderSound(RESPONDER) &&
    isResponderSound(RESPONDER + 1)
  );
}

function isResponderSound(identity: u32): bool {
  if (!exists(identity)) return true;
  if (!hasKey(identity)) return false;
  readPayload(identity, RECORD);
  return load<u64>(RECORD) <= FLAGS_MAX;
}

/** Whether there is a key under `identity`. */
export function hasKey(identity: u32): bool {
  return exists(identity) && payloadLength(identity) === lengthWithKey(identity);
}

/** Seals and stores the key at SECRET_PLACE, its head in front of it; RECORD is wiped. */
export function saveSecret(identity: u32): Stored {
  const length = lengthWithKey(identity);
  const keyLength = length - SECRET_HEAD_LENGTH - TAG_LENGTH;
  let result = sealUnderMaster(identity, SECRET_HEAD_LENGTH, keyLength);
  if (result === Stored.DONE) result = supersede(identity, RECORD, length);
  wipe(RECORD, length);
  return result;
}

/**
 * Opens a key and prepares it for HMAC-SHA1; its head stays in RECORD.
 * @param state  HMAC_STATE_LENGTH bytes; the caller wipes them
 * @returns false when there is none, the token is locked, or the record does not open
 */
export function openSecret(identity: u32, state: usize): bool {
  if (!hasKey(identity)) return false;
  readPayload(identity, RECORD);
  const keyLength = lengthWithKey(identity) - SECRET_HEAD_LENGTH - TAG_LENGTH;
  const opened = openUnderMaster(identity, SECRET_HEAD_LENGTH, keyLength);
  if (opened) hmacPrepare(Hash.SHA1, SECRET_PLACE, keyLength, state);
  wipe(RECORD + SECRET_HEAD_LENGTH, TAG_LENGTH + keyLength);
  return opened;
}
