/**
 * Comparison of secrets whose branches and addresses do not depend on them.
 */

/** Verdicts that differ in all 32 bits: no single flipped bit turns one into the other. */
export const EQUAL: u32 = 0x3ac5965a;
export const UNEQUAL: u32 = 0xc53a69a5;

/**
 * Compares two blocks of memory; always reads both to the end.
 * @param a, b    `length` bytes each, any alignment; secret
 * @param length  bytes; public; two empty blocks are equal
 * @returns EQUAL or UNEQUAL and nothing else: compare the verdict with EQUAL, never with zero
 */
export function equal(a: usize, b: usize, length: u32): u32 {
  let difference: u32 = 0;
  for (let index: u32 = 0; index < length; index++) {
    difference |= load<u8>(a + index) ^ load<u8>(b + index);
  }
  // All ones when any bit differs, else zero; a mask, because `?:` may become a branch in C.
  const differs = -(<u32>(difference + 0xff) >> 8);
  return EQUAL ^ (differs & (EQUAL ^ UNEQUAL));
}

/** What two comparisons say together: EQUAL only if both do. */
export function agreed(first: u32, second: u32): u32 {
  return first === second ? first : UNEQUAL;
}

/**
 * The same question along another path: from the end, on inverted bytes. A fault that tricks one
 * of the two has to do something else to trick the other.
 */
export function equalBackwards(a: usize, b: usize, length: u32): u32 {
  let same: u32 = 0xff;
  while (length !== 0) {
    length--;
    same &= ~((~load<u8>(a + length) & 0xff) ^ (~load<u8>(b + length) & 0xff));
  }
  const differs = -(<u32>((same ^ 0xff) + 0xff) >> 8);
  return EQUAL ^ (differs & (EQUAL ^ UNEQUAL));
}
