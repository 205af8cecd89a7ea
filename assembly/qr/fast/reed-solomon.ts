/**
 * Reed-Solomon with eight coefficients to a word. A codeword times the generator polynomial is
 * looked up, one half of the codeword after the other.
 */
import { blockLength, codewordAddress, correctionPlace, dataPlace } from '../codewords';
import { GENERATOR, qr } from '../memory';
import { double, prepareGenerator } from '../reed-solomon';

/** Bytes of a polynomial: 30 coefficients, highest power first, in whole words. */
const LENGTH: i32 = 32;

// biome-ignore lint/complexity/noStaticOnlyClass: a formatter reads @lazy only in classes
abstract class Multiples {
  /** The generator polynomial times 0 .. 15, and times 0, 16 .. 240. */
  @lazy
  static readonly LOW: usize = memory.data(16 * LENGTH, 8);
  @lazy
  static readonly HIGH: usize = memory.data(16 * LENGTH, 8);

  /** The degree of that polynomial; 0 before there is one. */
  @lazy
  static readonly DEGREE: usize = memory.data(4, 4);
}

/** Makes the multiples those of the generator polynomial of a degree. Uses the plane. */
export function prepareMultiples(): void {
  const degree = qr.correctionLength;
  if (load<i32>(Multiples.DEGREE) === degree) return;
  store<i32>(Multiples.DEGREE, degree);
  prepareGenerator(degree);
  for (let index = 0; index < LENGTH; index++) {
    let multiple: u32 = index < degree ? load<u8>(GENERATOR + index) : 0;
    for (let bit = 0; bit < 8; bit++) {
      const table = bit < 4 ? Multiples.LOW : Multiples.HIGH;
      fillMultiples(table + index, 1 << (bit & 3), multiple);
      multiple = double(multiple);
    }
  }
}

/** A coefficient times all numbers whose highest bit is `first`, the lower ones being known. */
function fillMultiples(table: usize, first: i32, multiple: u32): void {
  for (let lower = 0; lower < first; lower++) {
    store<u8>(table + (first + lower) * LENGTH, load<u8>(table + lower * LENGTH) ^ multiple);
  }
}

/** As correctBlocks of ../reed-solomon.ts. */
export function correctBlocks(): void {
  for (let block = 0; block < qr.blocks; block++) {
    let first: u64 = 0;
    let second: u64 = 0;
    let third: u64 = 0;
    let fourth: u64 = 0;
    const length = blockLength(block);
    for (let index = 0; index < length; index++) {
      const codeword: u32 = load<u8>(codewordAddress(dataPlace(block, index)));
      const factor = codeword ^ (<u32>first & 0xff);
      const low = Multiples.LOW + (factor & 15) * LENGTH;
      const high = Multiples.HIGH + (factor >> 4) * LENGTH;
      first = ((first >> 8) | (second << 56)) ^ load<u64>(low) ^ load<u64>(high);
      second = ((second >> 8) | (third << 56)) ^ load<u64>(low, 8) ^ load<u64>(high, 8);
      third = ((third >> 8) | (fourth << 56)) ^ load<u64>(low, 16) ^ load<u64>(high, 16);
      fourth = (fourth >> 8) ^ load<u64>(low, 24) ^ load<u64>(high, 24);
    }
    storeCorrection(block, 0, first);
    storeCorrection(block, 8, second);
    storeCorrection(block, 16, third);
    storeCorrection(block, 24, fourth);
  }
}

function storeCorrection(block: i32, index: i32, codewords: u64): void {
  const end = min(index + 8, qr.correctionLength);
  for (; index < end; index++) {
    store<u8>(codewordAddress(correctionPlace(block, index)), codewords);
    codewords >>= 8;
  }
}
