/**
 * Reed-Solomon codes over GF(2^8) with the polynomial x^8 + x^4 + x^3 + x^2 + 1 (ISO/IEC 18004
 * §7.5.2 and Annex A), eight coefficients at a time and without tables of logarithms.
 */
import { GENERATOR, REMAINDER } from './memory';

const FIELD_POLYNOMIAL: u32 = 0x11d;
/** The lowest bit of each of eight coefficients. */
const LOWEST_BITS: u64 = 0x0101010101010101;
/** Bytes that hold the longest polynomial, in whole words. */
const LONGEST: usize = 32;

function double(element: u32): u32 {
  return (element << 1) ^ ((element >> 7) * FIELD_POLYNOMIAL);
}

/** Eight coefficients times one element: for each bit of the coefficients the element doubled. */
function multiply(coefficients: u64, element: u32): u64 {
  let product: u64 = 0;
  for (let bit = 0; bit < 8; bit++) {
    product ^= (coefficients & LOWEST_BITS) * element;
    coefficients >>= 1;
    element = double(element);
  }
  return product;
}

/**
 * Drops the first coefficient of `polynomial`, moves the others up and adds `factor` times
 * `addend`; both may be the same.
 */
function shiftAndAdd(polynomial: usize, addend: usize, factor: u32): void {
  for (let offset: usize = 0; offset < LONGEST; offset += 8) {
    const shifted = load<u64>(polynomial + offset + 1);
    store<u64>(polynomial + offset, shifted ^ multiply(load<u64>(addend + offset), factor));
  }
}

function clear(polynomial: usize): void {
  for (let offset: usize = 0; offset <= LONGEST; offset += 8) store<u64>(polynomial + offset, 0);
}

/** Starts the remainder of another block. */
export function clearRemainder(): void {
  clear(REMAINDER);
}

/**
 * Computes the generator polynomial: the product of x - 2^i for i of 0 .. degree - 1, without its
 * first coefficient, which is 1.
 * @param degree error correction codewords of a block, 7..30
 */
export function prepareGenerator(degree: i32): void {
  clear(GENERATOR);
  store<u8>(GENERATOR + degree - 1, 1);
  let root: u32 = 1;
  for (let index = 0; index < degree; index++) {
    shiftAndAdd(GENERATOR, GENERATOR, root);
    root = double(root);
  }
}

/** Takes the next data codeword into the remainder, which in the end is the correction. */
export function divideCodeword(codeword: u32): void {
  shiftAndAdd(REMAINDER, GENERATOR, codeword ^ load<u8>(REMAINDER));
}
