/** Codewords placed in runs: as many rows at a time as are free in both columns. */
import { codewordAddress } from '../codewords';
import { Line, MARGIN_LINES, PLANE, qr } from '../memory';
import { clearLines } from '../placing';
import { Tables } from './tables';

/** Rows of two columns whose bits are surely within the eight codewords from the next one on. */
const LONGEST_RUN: i32 = 28;

/** As placeCodewords of ../placing.ts, but with the function patterns drawn. */
export function placeCodewords(): void {
  const words = Line.words();
  let bit = 0;
  for (let right = qr.size - 1; right > 0; right -= 2) {
    if (right === 6) {
      copyPatterns(6);
      right = 5;
    }
    const upwards = ((right + 1) & 2) === 0;
    for (let count = 0; count < words; count++) {
      const word = upwards ? words - 1 - count : count;
      bit = placePair(right, word << 3, bit, upwards);
    }
  }
  clearLines(-MARGIN_LINES, MARGIN_LINES);
  clearLines(qr.size, MARGIN_LINES);
}

function copyPatterns(x: i32): void {
  const from = Tables.PATTERNS + x * qr.stride;
  for (let offset = 0; offset < qr.stride; offset += 8) {
    store<u64>(Line.address(x) + offset, load<u64>(from + offset));
  }
}

/** One word of the columns `right` and `right` - 1; returns the number of the next bit. */
function placePair(right: i32, offset: i32, bit: i32, upwards: bool): i32 {
  const rightPlace = right * qr.stride + offset;
  const leftPlace = rightPlace - qr.stride;
  let rightFree = load<u64>(Tables.DATA + rightPlace);
  let leftFree = load<u64>(Tables.DATA + leftPlace);
  let rightBits = load<u64>(Tables.PATTERNS + rightPlace);
  let leftBits = load<u64>(Tables.PATTERNS + leftPlace);
  while ((rightFree | leftFree) !== 0) {
    const either = rightFree | leftFree;
    const both = rightFree & leftFree;
    // The run is one row if that is free in one column only.
    let first = <i32>(upwards ? 63 - clz(either) : ctz(either));
    let length = 1;
    if (((both >> first) & 1) !== 0) {
      length = <i32>(upwards ? clz(~(both << (63 - first))) : ctz(~(both >> first)));
      if (length > LONGEST_RUN) length = LONGEST_RUN;
      const bits = nextBits(bit, 2 * length);
      bit += 2 * length;
      if (upwards) {
        first -= length - 1;
        rightBits |= everyOther(bits >> 1) << first;
        leftBits |= everyOther(bits) << first;
      } else {
        const turned = reversed(bits << (64 - 2 * length));
        rightBits |= everyOther(turned) << first;
        leftBits |= everyOther(turned >> 1) << first;
      }
    } else {
      const bits = nextBits(bit++, 1) << first;
      if (((rightFree >> first) & 1) !== 0) rightBits |= bits;
      else leftBits |= bits;
    }
    const done = ~((((<u64>1) << length) - 1) << first);
    rightFree &= done;
    leftFree &= done;
  }
  const address = PLANE + MARGIN_LINES * qr.stride;
  store<u64>(address + rightPlace, rightBits);
  store<u64>(address + leftPlace, leftBits);
  return bit;
}

/** The next `count` bits of the codewords, at most 56, the last one lowest; zeros at the end. */
function nextBits(bit: i32, count: i32): u64 {
  // The first codeword is stored last, so eight of them are a number as they stand.
  const codewords = load<u64>(codewordAddress((bit >> 3) + 7)) << (bit & 7);
  const bits = codewords >> (64 - count);
  const beyond = bit + count - (qr.totalLength << 3);
  return beyond > 0 ? (bits >> beyond) << beyond : bits;
}

/** Bits 0, 2, 4 .. as bits 0, 1, 2 .. */
function everyOther(bits: u64): u64 {
  bits &= 0x5555555555555555;
  bits = (bits | (bits >> 1)) & 0x3333333333333333;
  bits = (bits | (bits >> 2)) & 0x0f0f0f0f0f0f0f0f;
  bits = (bits | (bits >> 4)) & 0x00ff00ff00ff00ff;
  bits = (bits | (bits >> 8)) & 0x0000ffff0000ffff;
  return (bits | (bits >> 16)) & 0x00000000ffffffff;
}

function reversed(bits: u64): u64 {
  bits = ((bits >> 1) & 0x5555555555555555) | ((bits & 0x5555555555555555) << 1);
  bits = ((bits >> 2) & 0x3333333333333333) | ((bits & 0x3333333333333333) << 2);
  bits = ((bits >> 4) & 0x0f0f0f0f0f0f0f0f) | ((bits & 0x0f0f0f0f0f0f0f0f) << 4);
  return bswap<u64>(bits);
}
