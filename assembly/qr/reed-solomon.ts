/**
 * Reed-Solomon codes over GF(2^8) with the polynomial x^8 + x^4 + x^3 + x^2 + 1 (ISO/IEC 18004
 * §7.5.2 and Annex A), without tables of logarithms.
 */
import { blockLength, codewordAddress, correctionPlace, dataPlace } from './codewords';
import { GENERATOR, qr, REMAINDER } from './memory';

const FIELD_POLYNOMIAL: u32 = 0x11d;

/** Twice an element of the field. */
export function double(element: u32): u32 {
  return (element << 1) ^ ((element >> 7) * FIELD_POLYNOMIAL);
}

function multiply(element: u32, factor: u32): u32 {
  let product: u32 = 0;
  for (; factor !== 0; factor >>= 1) {
    product ^= element * (factor & 1);
    element = double(element);
  }
  return product;
}

/**
 * Drops the first of `degree` coefficients, moves the others up and adds those of the generator
 * times `factor`; the polynomial may be the generator.
 */
function shiftAndAdd(polynomial: usize, degree: i32, factor: u32): void {
  for (let index = 0; index < degree; index++) {
    const next: u32 = load<u8>(polynomial + index + 1);
    store<u8>(polynomial + index, next ^ multiply(load<u8>(GENERATOR + index), factor));
  }
}

function clear(polynomial: usize, degree: i32): void {
  for (let index = 0; index <= degree; index++) store<u8>(polynomial + index, 0);
}

/**
 * Computes the generator polynomial: the product of x - 2^i for i of 0 .. degree - 1, without its
 * first coefficient, which is 1.
 * @param degree error correction codewords of a block, 7..30
 */
export function prepareGenerator(degree: i32): void {
  clear(GENERATOR, degree);
  store<u8>(GENERATOR + degree - 1, 1);
  let root: u32 = 1;
  for (let index = 0; index < degree; index++) {
    shiftAndAdd(GENERATOR, degree, root);
    root = double(root);
  }
}

/** Computes the error correction codewords of all blocks from their data codewords. */
export function correctBlocks(): void {
  const degree = qr.correctionLength;
  prepareGenerator(degree);
  for (let block = 0; block < qr.blocks; block++) {
    clear(REMAINDER, degree);
    for (let index = 0; index < blockLength(block); index++) {
      const codeword: u32 = load<u8>(codewordAddress(dataPlace(block, index)));
      shiftAndAdd(REMAINDER, degree, codeword ^ load<u8>(REMAINDER));
    }
    for (let index = 0; index < degree; index++) {
      store<u8>(codewordAddress(correctionPlace(block, index)), load<u8>(REMAINDER + index));
    }
  }
}
