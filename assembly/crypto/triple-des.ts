/**
 * Triple DES of one block (NIST SP 800-67 §3, DES itself FIPS 46-3), for the admin key of a smart
 * card, whose clients know nothing else. Parity bits of keys are not looked at.
 *
 * Everything secret is in 32- and 64-bit numbers that never touch memory, so there is no scratch to
 * wipe. No address and no branch depends on key or block: a box of sixteen-entry rows is halved by
 * masks until one entry is left. Small before it is fast: about a hundred thousand instructions.
 */
import { DES_KEY_CHOICE, DES_PERMUTATION, DES_SUBSTITUTION } from '../memory';
import { SELF_TEST_STATE } from './memory';

/** Bytes of a key, K1 | K2 | K3, and of a block. */
export const TRIPLE_DES_KEY_LENGTH: u32 = 24;
export const DES_BLOCK_LENGTH: u32 = 8;

const ROUNDS: u32 = 16;
/** Bit r is set where the halves of the key turn by one place before round r, else by two. */
const SINGLE_SHIFTS: u32 = 0x8103;
/** Bits in each half of a key. */
const HALF_KEY: u32 = 28;
const HALF_KEY_MASK: u32 = 0x0fffffff;

/**
 * Enciphers (EDE) or deciphers one block.
 * @param key       TRIPLE_DES_KEY_LENGTH bytes, any alignment; secret
 * @param block     8 bytes, the first one on top; secret
 * @param decipher  0 or 1; public
 * @returns 8 bytes, likewise; secret
 */
export function tripleDes(key: usize, block: u64, decipher: u32): u64 {
  // Between two of the three the final permutation and the initial one undo each other.
  let halves = initialPermutation(block);
  for (let pass: u32 = 0; pass < 3; pass++) {
    const part = decipher === 0 ? pass : 2 - pass;
    halves = rounds(key + <usize>(part << 3), halves, (pass ^ decipher) & 1);
  }
  return finalPermutation(halves);
}

/**
 * Whether a known answer comes out, under a key of the bytes 1 to 24. Asked before each use instead
 * of at power-on, which most tokens would wait for in vain.
 */
export function tripleDesWorks(): bool {
  for (let at: u32 = 0; at < TRIPLE_DES_KEY_LENGTH; at++) store<u8>(SELF_TEST_STATE + at, at + 1);
  return tripleDes(SELF_TEST_STATE, 0x0102030405060708, 0) === 0x948b35b581e58150;
}

/** DES without its outer permutations; `decipher` runs the key schedule backwards. */
function rounds(key: usize, halves: u64, decipher: u32): u64 {
  let left = <u32>(halves >> 32);
  let right = <u32>halves;
  const rows = initialPermutation(bswap<u64>(load<u64>(key)));
  let first = halfKey(rows, 24, 56, 16, 52);
  let second = halfKey(rows, 0, 40, 8, 48);
  for (let round: u32 = 0; round < ROUNDS; round++) {
    const shift = 2 - ((SINGLE_SHIFTS >>> round) & 1);
    // Backwards, the schedule is the same but for the first turn, which is none.
    const turn = decipher === 0 ? shift : round === 0 ? 0 : HALF_KEY - shift;
    first = turned(first, turn);
    second = turned(second, turn);
    const next = left ^ mixed(right, roundKey(first, second));
    left = right;
    right = next;
  }
  return ((<u64>right) << 32) | left;
}

/**
 * Half of PERMUTED CHOICE 1. The initial permutation lays the bits of a key out in the same rows of
 * eight: a half is three of them and four bits of a fourth, given by their places from below.
 */
function halfKey(rows: u64, one: u64, two: u64, three: u64, four: u64): u32 {
  const upper = (((rows >> one) & 0xff) << 20) | (((rows >> two) & 0xff) << 12);
  return <u32>(upper | (((rows >> three) & 0xff) << 4) | ((rows >> four) & 0x0f));
}

/** Turns half of a key to the left, by 0 to 28 places. */
function turned(half: u32, places: u32): u32 {
  return ((half << places) | (half >>> (HALF_KEY - places))) & HALF_KEY_MASK;
}

/** PERMUTED CHOICE 2: 48 bits. */
function roundKey(first: u32, second: u32): u64 {
  return permuted(((<u64>first) << HALF_KEY) | second, 2 * HALF_KEY, DES_KEY_CHOICE, 48);
}

/** f(R, K) of FIPS 46-3: expanded by overlapping groups of six bits, substituted, permuted. */
function mixed(half: u32, key: u64): u32 {
  let substituted: u32 = 0;
  for (let box: u32 = 0; box < 8; box++) {
    const group = rotl<u32>(half, 4 * box + 5) ^ <u32>(key >> (42 - 6 * box));
    substituted = (substituted << 4) | entryOf(box, group);
  }
  return <u32>permuted(substituted, 32, DES_PERMUTATION, 32);
}

/** The entry of a box: the outer two of the lowest six bits say in which row, the others where. */
function entryOf(box: u32, group: u32): u32 {
  const rows = DES_SUBSTITUTION + <usize>(box << 5);
  const upper = chosen(load<u64>(rows), load<u64>(rows, 8), group);
  const lower = chosen(load<u64>(rows, 16), load<u64>(rows, 24), group);
  let row = chosen(upper, lower, group >>> 5);
  row = chosen(row >> 32, row, group >>> 4);
  row = chosen(row >> 16, row, group >>> 3);
  row = chosen(row >> 8, row, group >>> 2);
  row = chosen(row >> 4, row, group >>> 1);
  return <u32>row & 0x0f;
}

/** One of two words, by the lowest bit of a third, without a branch. */
function chosen(zero: u64, one: u64, bit: u32): u64 {
  return zero ^ ((zero ^ one) & (0 - <u64>(bit & 1)));
}

/** The bits of a number of `width` bits that a table names, the first of them on top. */
function permuted(bits: u64, width: u32, table: usize, length: u32): u64 {
  let result: u64 = 0;
  for (let index: u32 = 0; index < length; index++) {
    result = (result << 1) | ((bits >> (width - load<u8>(table + index))) & 1);
  }
  return result;
}

/** The initial permutation; its table follows a rule. */
function initialPermutation(block: u64): u64 {
  let result: u64 = 0;
  for (let index: u32 = 0; index < 64; index++) {
    result = (result << 1) | ((block >> initialPlace(index)) & 1);
  }
  return result;
}

function finalPermutation(block: u64): u64 {
  let result: u64 = 0;
  for (let index: u32 = 0; index < 64; index++) {
    result |= ((block >> (63 - index)) & 1) << initialPlace(index);
  }
  return result;
}

/** From below, the bit that the initial permutation puts at `index` from above: 58, 50, 42 … 7. */
function initialPlace(index: u32): u64 {
  const row = index >>> 3;
  return (((index & 7) << 3) | (6 - ((row & 3) << 1))) + (row >>> 2);
}
