/**
 * Triple DES (NIST SP 800-67), only as far as a smart card's challenge and response need it: whole
 * blocks of 8 bytes are enciphered in CBC mode with a zero IV and no padding. Parity bits of keys
 * are ignored.
 *
 * Written out because it has to run wherever the server does, and the Web Cryptography API has no
 * DES. It is table-driven and takes a time that depends on key and data: fit for an emulator.
 */

const BLOCK_BYTES = 8;
const KEY_BYTES = 24;
const ROUNDS = 16;

/** FIPS 46-3, "Primitive functions": the tables, bit 1 being the first one of a block. */
const INITIAL_PERMUTATION = [
  58, 50, 42, 34, 26, 18, 10, 2, 60, 52, 44, 36, 28, 20, 12, 4, 62, 54, 46, 38, 30, 22, 14, 6, 64,
  56, 48, 40, 32, 24, 16, 8, 57, 49, 41, 33, 25, 17, 9, 1, 59, 51, 43, 35, 27, 19, 11, 3, 61, 53,
  45, 37, 29, 21, 13, 5, 63, 55, 47, 39, 31, 23, 15, 7,
];
const FINAL_PERMUTATION = INITIAL_PERMUTATION.map(
  (_, index) => INITIAL_PERMUTATION.indexOf(index + 1) + 1,
);
const EXPANSION = Array.from({ length: 48 }, (_, index) => {
  const group = Math.floor(index / 6);
  return ((group * 4 + (index % 6) - 1 + 32) % 32) + 1;
});
const PERMUTATION = [
  16, 7, 20, 21, 29, 12, 28, 17, 1, 15, 23, 26, 5, 18, 31, 10, 2, 8, 24, 14, 32, 27, 3, 9, 19, 13,
  30, 6, 22, 11, 4, 25,
];
const KEY_CHOICE_1 = [
  57, 49, 41, 33, 25, 17, 9, 1, 58, 50, 42, 34, 26, 18, 10, 2, 59, 51, 43, 35, 27, 19, 11, 3, 60,
  52, 44, 36, 63, 55, 47, 39, 31, 23, 15, 7, 62, 54, 46, 38, 30, 22, 14, 6, 61, 53, 45, 37, 29, 21,
  13, 5, 28, 20, 12, 4,
];
const KEY_CHOICE_2 = [
  14, 17, 11, 24, 1, 5, 3, 28, 15, 6, 21, 10, 23, 19, 12, 4, 26, 8, 16, 7, 27, 20, 13, 2, 41, 52,
  31, 37, 47, 55, 30, 40, 51, 45, 33, 48, 44, 49, 39, 56, 34, 53, 46, 42, 50, 36, 29, 32,
];
const KEY_SHIFTS = [1, 1, 2, 2, 2, 2, 2, 2, 1, 2, 2, 2, 2, 2, 2, 1];
/** S1 to S8, each four rows of sixteen hexadecimal digits. */
const SUBSTITUTIONS = [
  'e4d12fb83a6c5907 0f74e2d1a6cb9538 41e8d62bfc973a50 fc8249175b3ea06d',
  'f18e6b34972dc05a 3d47f28ec01a69b5 0e7ba4d158c6932f d8a13f42b67c05e9',
  'a09e63f51dc7b428 d709346a285ecbf1 d6498f30b12c5ae7 1ad069874fe3b52c',
  '7de3069a1285bc4f d8b56f03472c1ae9 a690cb7df13e5284 3f06a1d8945bc72e',
  '2c417ab6853fd0e9 eb2c47d150fa3986 421bad78f9c5630e b8c71e2d6f09a453',
  'c1af92680d34e75b af427c9561de0b38 9ef528c3704a1db6 432c95fabe17608d',
  '4b2ef08d3c975a61 d0b7491ae35c2f86 14bdc37eaf680592 6bd814a7950fe23c',
  'd2846fb1a93e50c7 1fd8a374c56b0e92 7b419ce206adf358 21e74a8dfc90356b',
].map((rows) => Array.from(rows.replaceAll(' ', ''), (digit) => Number.parseInt(digit, 16)));

type Bits = readonly number[];

/**
 * Enciphers in EDE: encrypt with K1, decrypt with K2, encrypt with K3.
 * @param key   24 bytes K1 | K2 | K3
 * @param bytes a multiple of 8 bytes
 * @throws RangeError for other lengths
 */
export function encryptTripleDes(key: Uint8Array, bytes: Uint8Array): Uint8Array {
  if (key.length !== KEY_BYTES) throw new RangeError(`key: expected 24 bytes, got ${key.length}`);
  if (bytes.length % BLOCK_BYTES !== 0) {
    throw new RangeError(`bytes: expected a multiple of 8, got ${bytes.length}`);
  }
  const [first, second, third] = [0, 8, 16].map((at) => roundKeys(key.subarray(at, at + 8)));
  const result = new Uint8Array(bytes.length);
  let chain: Bits = new Array(64).fill(0);
  for (let at = 0; at < bytes.length; at += BLOCK_BYTES) {
    const block = exclusiveOr(bitsOf(bytes.subarray(at, at + BLOCK_BYTES)), chain);
    chain = cipher(cipher(cipher(block, first!), second!.toReversed()), third!);
    result.set(bytesOf(chain), at);
  }
  return result;
}

function cipher(block: Bits, keys: readonly Bits[]): Bits {
  const start = permuted(block, INITIAL_PERMUTATION);
  let left: Bits = start.slice(0, 32);
  let right: Bits = start.slice(32);
  for (const key of keys) [left, right] = [right, exclusiveOr(left, mixed(right, key))];
  return permuted([...right, ...left], FINAL_PERMUTATION);
}

function mixed(right: Bits, key: Bits): Bits {
  const input = exclusiveOr(permuted(right, EXPANSION), key);
  const output = SUBSTITUTIONS.flatMap((box, index) => {
    const [b1, b2, b3, b4, b5, b6] = input.slice(index * 6, index * 6 + 6) as Six;
    const value = box[((b1 << 1) | b6) * 16 + ((b2 << 3) | (b3 << 2) | (b4 << 1) | b5)]!;
    return [(value >> 3) & 1, (value >> 2) & 1, (value >> 1) & 1, value & 1];
  });
  return permuted(output, PERMUTATION);
}

type Six = [number, number, number, number, number, number];

function roundKeys(key: Uint8Array): Bits[] {
  const chosen = permuted(bitsOf(key), KEY_CHOICE_1);
  let left: Bits = chosen.slice(0, 28);
  let right: Bits = chosen.slice(28);
  return Array.from({ length: ROUNDS }, (_, round) => {
    const shift = KEY_SHIFTS[round]!;
    left = [...left.slice(shift), ...left.slice(0, shift)];
    right = [...right.slice(shift), ...right.slice(0, shift)];
    return permuted([...left, ...right], KEY_CHOICE_2);
  });
}

function permuted(bits: Bits, table: readonly number[]): Bits {
  return table.map((position) => bits[position - 1]!);
}

function exclusiveOr(one: Bits, other: Bits): Bits {
  return one.map((bit, index) => bit ^ other[index]!);
}

function bitsOf(bytes: Uint8Array): Bits {
  return Array.from(bytes).flatMap((byte) =>
    [7, 6, 5, 4, 3, 2, 1, 0].map((at) => (byte >> at) & 1),
  );
}

function bytesOf(bits: Bits): Uint8Array {
  return Uint8Array.from({ length: bits.length / 8 }, (_, index) =>
    bits.slice(index * 8, index * 8 + 8).reduce((byte, bit) => (byte << 1) | bit, 0),
  );
}
