/**
 * Keys at rest: sealed, so that neither the flash image nor the board alone gives one away, and so
 * that no byte of a record can be changed unnoticed.
 *
 * A synthetic-IV construction (the idea of RFC 5297) from one PRF, F = HMAC-SHA256 under a sealing
 * key of 32 bytes:
 *
 *     tag        = F(01 | label | head | key), its first 16 bytes
 *     key stream = F(02 | label | tag | 00) | F(02 | label | tag | 01) | …
 *     on flash   = head | tag | key ^ key stream
 *
 * It needs no random numbers, so a board without a random source loses nothing here; what it shows
 * is whether two records with one label are equal. It does not protect against an older image put
 * back: docs/architecture.md, "What a token does not promise".
 */
import { copy } from '../bytes';
import { agreed, equal, equalBackwards } from '../crypto/constant-time';
import { Hash } from '../crypto/hash';
import { HMAC_STATE_LENGTH, hmac, hmacPrepare } from '../crypto/hmac';
import { wipe } from '../crypto/wipe';
import { SEAL_BLOCK, SEAL_INPUT, SEAL_STATE } from '../memory';

export const TAG_LENGTH: u32 = 16;
export const SEALING_KEY_LENGTH: u32 = 32;

const BLOCK_LENGTH: u32 = 32;
const DOMAIN_TAG: u8 = 1;
const DOMAIN_STREAM: u8 = 2;

/**
 * Seals a key in place.
 * @param sealingKey  SEALING_KEY_LENGTH bytes; secret
 * @param label       what the record is: its identity. Moved to another one, it does not open
 * @param record      `openLength` bytes, then TAG_LENGTH bytes of room, then the key
 * @param openLength  bytes that stay readable
 * @param keyLength   bytes of key, or of whatever else is sealed, 1 .. 211
 */
export function seal(
  sealingKey: usize,
  label: u32,
  record: usize,
  openLength: u32,
  keyLength: u32,
): void {
  const tag = record + openLength;
  hmacPrepare(Hash.SHA256, sealingKey, SEALING_KEY_LENGTH, SEAL_STATE);
  computeTag(label, record, openLength, keyLength);
  copy(tag, SEAL_BLOCK, TAG_LENGTH);
  applyKeyStream(label, tag, keyLength);
  wipeScratch();
}

/**
 * Opens a sealed key in place.
 * @returns EQUAL when every byte of the record is genuine under this sealing key; anything else
 *          is a refusal. The caller wipes what stands in the place of the key either way
 */
export function open(
  sealingKey: usize,
  label: u32,
  record: usize,
  openLength: u32,
  keyLength: u32,
): u32 {
  const tag = record + openLength;
  hmacPrepare(Hash.SHA256, sealingKey, SEALING_KEY_LENGTH, SEAL_STATE);
  applyKeyStream(label, tag, keyLength);
  computeTag(label, record, openLength, keyLength);
  const first = equal(tag, SEAL_BLOCK, TAG_LENGTH);
  const second = equalBackwards(tag, SEAL_BLOCK, TAG_LENGTH);
  const verdict = agreed(first, second);
  wipeScratch();
  return verdict;
}

/** The whole tag of a record with its key open; left in SEAL_BLOCK. */
function computeTag(label: u32, record: usize, openLength: u32, keyLength: u32): void {
  store<u8>(SEAL_INPUT, DOMAIN_TAG);
  store<u8>(SEAL_INPUT, <u8>label, 1);
  copy(SEAL_INPUT + 2, record, openLength);
  copy(SEAL_INPUT + 2 + openLength, record + openLength + TAG_LENGTH, keyLength);
  hmac(Hash.SHA256, SEAL_STATE, SEAL_INPUT, 2 + openLength + keyLength, SEAL_BLOCK);
}

/** Seals or opens the key behind a tag. */
function applyKeyStream(label: u32, tag: usize, keyLength: u32): void {
  const key = tag + TAG_LENGTH;
  store<u8>(SEAL_INPUT, DOMAIN_STREAM);
  store<u8>(SEAL_INPUT, <u8>label, 1);
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
  wipe(SEAL_INPUT, 224);
  wipe(SEAL_BLOCK, BLOCK_LENGTH);
  wipe(SEAL_STATE, HMAC_STATE_LENGTH);
}
