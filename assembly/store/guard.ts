/**
 * Guarded words: 27 bits of information that no torn write can forge, and the CRC that fills
 * them. Format and proof in FORMAT.md, "Guarded words".
 */
import { CRC_NIBBLES } from '../memory';

const GUARD_BITS: u32 = 5;
const INFORMATION_BITS: u32 = 27;

/** The guarded word of `information`, 27 bits. */
export function guard(information: u32): u32 {
  return (information << GUARD_BITS) | (INFORMATION_BITS - <u32>popcnt(information));
}

/** The information in a guarded word. */
export function guarded(word: u32): u32 {
  return word >>> GUARD_BITS;
}

/** Whether `word` is whole: false for blank words and for every torn one. */
export function isGuarded(word: u32): bool {
  return guard(guarded(word)) === word;
}

/**
 * Whether `word` is what an interrupted write of `whole` may have left: something was written,
 * not everything, and no bit is 0 that should be 1.
 */
export function isTorn(word: u32, whole: u32): bool {
  return !isGuarded(word) && (word & whole) === whole;
}

/** CRC-32 (reflected, EDB88320) over one more word; start with `crc` = FFFFFFFF. */
export function crcWord(crc: u32, word: u32): u32 {
  crc ^= word;
  for (let nibble = 0; nibble < 8; nibble++) {
    crc = (crc >>> 4) ^ load<u32>(CRC_NIBBLES + <usize>((crc & 15) << 2));
  }
  return crc;
}

/** The guarded word of a finished CRC. */
export function guardCrc(crc: u32): u32 {
  return guard(~crc >>> GUARD_BITS);
}
