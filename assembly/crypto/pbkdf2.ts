/**
 * PBKDF2 with HMAC-SHA256 (RFC 8018 §5.2), one block of output: 32 bytes.
 */
import { PBKDF2_BLOCK, PBKDF2_STATE } from '../memory';
import { Hash } from './hash';
import { HMAC_STATE_LENGTH, hmac, hmacPrepare } from './hmac';
import { wipe } from './wipe';

/** Bytes of output. */
export const STRETCHED_LENGTH: u32 = 32;

/**
 * Stretches a password.
 * @param password    `passwordLength` bytes; secret
 * @param salt        `saltLength` bytes, 0 .. 32
 * @param iterations  1 or more
 * @param output      32 bytes, 4-byte aligned; secret
 */
export function pbkdf2(
  password: usize,
  passwordLength: u32,
  salt: usize,
  saltLength: u32,
  iterations: u32,
  output: usize,
): void {
  hmacPrepare(Hash.SHA256, password, passwordLength, PBKDF2_STATE);
  for (let index: u32 = 0; index < saltLength; index++) {
    store<u8>(PBKDF2_BLOCK + index, load<u8>(salt + index));
  }
  store<u32>(PBKDF2_BLOCK + saltLength, bswap<u32>(1)); // INT(1): the first block, big-endian.
  hmac(Hash.SHA256, PBKDF2_STATE, PBKDF2_BLOCK, saltLength + 4, PBKDF2_BLOCK);
  for (let word: usize = 0; word < 32; word += 4) {
    store<u32>(output + word, load<u32>(PBKDF2_BLOCK + word));
  }
  while (--iterations !== 0) {
    hmac(Hash.SHA256, PBKDF2_STATE, PBKDF2_BLOCK, STRETCHED_LENGTH, PBKDF2_BLOCK);
    for (let word: usize = 0; word < 32; word += 4) {
      store<u32>(output + word, load<u32>(output + word) ^ load<u32>(PBKDF2_BLOCK + word));
    }
  }
  wipe(PBKDF2_BLOCK, 36);
  wipe(PBKDF2_STATE, HMAC_STATE_LENGTH);
}
