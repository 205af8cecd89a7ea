/**
 * Segments: the text cut into runs that are encoded as digits, as the 45 alphanumeric characters,
 * or as bytes, so that the whole takes the fewest bits possible.
 *
 * The shortest cut is found as in Viterbi's algorithm: for each mode, the cheapest way to have
 * encoded everything so far and to be in that mode now. Nothing is kept of a way but its cost and
 * its first segment; as soon as the ways agree on that, it is certain, and the search starts anew
 * behind it. So the memory needed does not grow with the text.
 *
 * Costs are counted in sixths of a bit: a digit takes 10/3 bits and an alphanumeric character
 * 11/2, and rounding up at the end of a segment gives the standard's lengths exactly.
 */
import { qr } from './memory';

/** Mode indicators (ISO/IEC 18004 Table 2). */
export enum Mode {
  NUMERIC = 1,
  ALPHANUMERIC = 2,
  BYTE = 4,
}

const MODE_BITS: i32 = 4;

const BIT: i32 = 6;
const DIGIT_COST: i32 = 20;
const ALPHANUMERIC_COST: i32 = 33;
const BYTE_COST: i32 = 48;
/** A way that is not open to the last character. */
const IMPOSSIBLE: i32 = 0x3fffffff;

/** Alphanumeric characters that are neither digits nor letters: " $%*+-./:", as bits from 20 on. */
const SIGNS: u32 = 0x0400ec31;

/** Value of a character in alphanumeric mode, 0..44 (ISO/IEC 18004 Table 5), or -1. */
export function alphanumericValue(character: u32): i32 {
  if (character - 0x30 < 10) return character - 0x30;
  if (character - 0x41 < 26) return character - 0x41 + 10;
  const sign = character - 0x20;
  if (sign > 31 || ((SIGNS >> sign) & 1) === 0) return -1;
  return 36 + popcnt<u32>(SIGNS & ((1 << sign) - 1));
}

/** Bits of the character count of a segment (ISO/IEC 18004 Table 3). */
export function countBits(mode: i32, version: i32): i32 {
  const step = i32(version > 9) + i32(version > 26);
  if (mode === Mode.BYTE) return step === 0 ? 8 : 16;
  return (mode === Mode.NUMERIC ? 10 : 9) + 2 * step;
}

function wholeBits(cost: i32): i32 {
  return <i32>(<u32>(cost + BIT - 1) / BIT) * BIT;
}

function headerCost(mode: i32, version: i32): i32 {
  return (MODE_BITS + countBits(mode, version)) * BIT;
}

/**
 * Finds the segment that an optimal cut has at `start`: sets qr.mode and qr.segmentEnd.
 * @param start   index of a byte of the text, 0 .. textLength - 1
 * @param version any of the versions whose counts have the same length
 * @param whole   to look at the whole text and not only as far as it takes
 * @returns the bits that the text from `start` on takes, if `whole`
 */
export function findSegment(start: i32, version: i32, whole: bool): i32 {
  const toNumeric = headerCost(Mode.NUMERIC, version);
  const toAlphanumeric = headerCost(Mode.ALPHANUMERIC, version);
  const toByte = headerCost(Mode.BYTE, version);
  // What being in each mode has cost so far, and the first segment of that way.
  let numericCost = toNumeric;
  let alphanumericCost = toAlphanumeric;
  let byteCost = toByte;
  let numericFirst: i32 = Mode.NUMERIC;
  let alphanumericFirst: i32 = Mode.ALPHANUMERIC;
  let byteFirst: i32 = Mode.BYTE;
  let best = IMPOSSIBLE;
  let bestFirst = 0;

  for (let index = start; index < qr.textLength; index++) {
    // A change of mode goes out from the cheapest way, whose segments have ended here.
    if (best + toNumeric < numericCost) {
      numericCost = best + toNumeric;
      numericFirst = bestFirst;
    }
    if (best + toAlphanumeric < alphanumericCost) {
      alphanumericCost = best + toAlphanumeric;
      alphanumericFirst = bestFirst;
    }
    if (best + toByte < byteCost) {
      byteCost = best + toByte;
      byteFirst = bestFirst;
    }

    const value = alphanumericValue(load<u8>(qr.text + index));
    byteCost += BYTE_COST;
    best = byteCost;
    bestFirst = byteFirst;
    // A way that is not open goes where bytes go, and has no say in what is certain.
    numericCost += DIGIT_COST;
    if (<u32>value > 9) {
      numericCost = IMPOSSIBLE;
      numericFirst = byteFirst;
    } else if (wholeBits(numericCost) < best) {
      best = wholeBits(numericCost);
      bestFirst = numericFirst;
    }
    alphanumericCost += ALPHANUMERIC_COST;
    if (value < 0) {
      alphanumericCost = IMPOSSIBLE;
      alphanumericFirst = byteFirst;
    } else if (wholeBits(alphanumericCost) < best) {
      best = wholeBits(alphanumericCost);
      bestFirst = alphanumericFirst;
    }
    if (bestFirst < 1 << MODE_BITS) {
      bestFirst |= (index + 1) << MODE_BITS;
    } else if (numericFirst === byteFirst && alphanumericFirst === byteFirst && !whole) {
      break;
    }
  }
  qr.mode = bestFirst & 15;
  qr.segmentEnd = bestFirst >> MODE_BITS;
  return best / BIT;
}
