/**
 * Keys at rest: sealed under the device key, so that neither the flash image nor the board alone
 * gives one away, and so that no byte of a record can be changed unnoticed.
 *
 * A synthetic-IV construction (the idea of RFC 5297) from one PRF, F = HMAC-SHA256 under the
 * device key:
 *
 *     tag        = F(01 | slot | head | name | key), its first 16 bytes
 *     key stream = F(02 | slot | tag | 00) | F(02 | slot | tag | 01) | …
 *     on flash   = head | name | tag | key ^ key stream
 *
 * It needs no random numbers, so a board without a random source loses nothing here; what it shows
 * is whether two records of one slot are equal. It does not protect against an older image put
 * back: docs/architecture.md, "What a token does not promise".
 */
import { BOARD_DONE, deviceKey } from '../board';
import { copy } from '../bytes';
import { EQUAL, equal } from '../crypto/constant-time';
import { Hash } from '../crypto/hash';
import { HMAC_STATE_LENGTH, hmac, hmacPrepare } from '../crypto/hmac';
import { wipe } from '../crypto/wipe';
import { SEAL_BLOCK, SEAL_INPUT, SEAL_STATE } from '../memory';

export const TAG_LENGTH: u32 = 16;

const DEVICE_KEY_LENGTH: u32 = 32;
const BLOCK_LENGTH: u32 = 32;
const DOMAIN_TAG: u8 = 1;
const DOMAIN_STREAM: u8 = 2;

/**
 * Seals a key in place.
 * @param slot        the slot the record belongs to; a record moved to another slot does not open
 * @param record      `openLength` bytes, then TAG_LENGTH bytes of room, then the key
 * @param openLength  bytes that stay readable, head and name
 * @param keyLength   bytes of key, 1 .. 128
 * @returns false when the board has no device key; the key is wiped then
 */
export function seal(slot: u32, record: usize, openLength: u32, keyLength: u32): bool {
  const tag = record + openLength;
  const key = tag + TAG_LENGTH;
  const ready = prepareDeviceKey();
  if (ready) {
    computeTag(slot, record, openLength, keyLength);
    copy(tag, SEAL_BLOCK, TAG_LENGTH);
    applyKeyStream(slot, tag, key, keyLength);
  } else {
    wipe(key, keyLength);
  }
  wipeScratch();
  return ready;
}

/**
 * Opens a sealed key in place; the caller wipes it after use.
 * @returns false, and no key, when the board has no device key, has another one, or any byte of
 *          the record was changed
 */
export function open(slot: u32, record: usize, openLength: u32, keyLength: u32): bool {
  const tag = record + openLength;
  const key = tag + TAG_LENGTH;
  let genuine = false;
  if (prepareDeviceKey()) {
    applyKeyStream(slot, tag, key, keyLength);
    computeTag(slot, record, openLength, keyLength);
    genuine = equal(tag, SEAL_BLOCK, TAG_LENGTH) === EQUAL;
  }
  if (!genuine) wipe(key, keyLength);
  wipeScratch();
  return genuine;
}

function prepareDeviceKey(): bool {
  const ready = deviceKey(SEAL_BLOCK) === BOARD_DONE;
  if (ready) hmacPrepare(Hash.SHA256, SEAL_BLOCK, DEVICE_KEY_LENGTH, SEAL_STATE);
  return ready;
}

/** The whole tag of a record with its key open; left in SEAL_BLOCK. */
function computeTag(slot: u32, record: usize, openLength: u32, keyLength: u32): void {
  store<u8>(SEAL_INPUT, DOMAIN_TAG);
  store<u8>(SEAL_INPUT, <u8>slot, 1);
  copy(SEAL_INPUT + 2, record, openLength);
  copy(SEAL_INPUT + 2 + openLength, record + openLength + TAG_LENGTH, keyLength);
  hmac(Hash.SHA256, SEAL_STATE, SEAL_INPUT, 2 + openLength + keyLength, SEAL_BLOCK);
}

function applyKeyStream(slot: u32, tag: usize, key: usize, keyLength: u32): void {
  store<u8>(SEAL_INPUT, DOMAIN_STREAM);
  store<u8>(SEAL_INPUT, <u8>slot, 1);
  copy(SEAL_INPUT + 2, tag, TAG_LENGTH);
  for (let index: u32 = 0; index < keyLength; index++) {
    const place = index % BLOCK_LENGTH;
    if (place === 0) {
      store<u8>(SEAL_INPUT, <u8>(index / BLOCK_LENGTH), 2 + TAG_LENGTH);
      hmac(Hash.SHA256, SEAL_STATE, SEAL_INPUT, 3 + TAG_LENGTH, SEAL_BLOCK);
    }
    store<u8>(key + index, load<u8>(key + index) ^ load<u8>(SEAL_BLOCK + place));
  }
}

function wipeScratch(): void {
  wipe(SEAL_INPUT, 208);
  wipe(SEAL_BLOCK, BLOCK_LENGTH);
  wipe(SEAL_STATE, HMAC_STATE_LENGTH);
}
