/**
 * The codewords of a symbol, in the order in which they are placed: data of all blocks in turn,
 * then error correction of all blocks in turn (ISO/IEC 18004 §7.6). Each goes to its place as soon
 * as it is known.
 */
import { setVersion } from './capacity';
import { PLANE, qr, REMAINDER } from './memory';
import { clearRemainder, divideCodeword, prepareGenerator } from './reed-solomon';
import { alphanumericValue, countBits, findSegment, Mode } from './segment';

/** Fillers after the end of the data, in turn (ISO/IEC 18004 §7.4.10). */
const FILLER: u32 = 0xec;
const OTHER_FILLER: u32 = 0x11;
/** Most bits of the terminator. */
const TERMINATOR_BITS: i32 = 4;

/**
 * Address of a codeword. The first one is stored last, because modules are placed from the end of
 * the plane on: placing.ts never overtakes what it still has to read.
 */
export function codewordAddress(place: i32): usize {
  return PLANE + qr.totalLength - 1 - place;
}

/** Writes all codewords of the text, with headers, terminator and fillers. */
export function writeCodewords(version: i32, level: i32): void {
  setVersion(version, level);
  prepareGenerator(qr.correctionLength);
  clearRemainder();
  qr.pending = 0;
  qr.pendingCount = 0;
  qr.written = 0;
  qr.block = 0;
  qr.index = 0;

  for (let start = 0; start < qr.textLength; start = qr.segmentEnd) {
    findSegment(start, version);
    writeSegment(start);
  }
  const left = qr.dataLength * 8 - qr.segmentBits;
  writeBits(0, left < TERMINATOR_BITS ? left : TERMINATOR_BITS);
  if (qr.pendingCount !== 0) writeBits(0, 8 - qr.pendingCount);
  for (let filler = FILLER; qr.written < qr.dataLength; filler ^= FILLER ^ OTHER_FILLER) {
    writeBits(filler, 8);
  }
}

/** The segment that findSegment found at `start` (ISO/IEC 18004 §7.4.3 to §7.4.5). */
function writeSegment(start: i32): void {
  const mode: i32 = qr.mode;
  const end: i32 = qr.segmentEnd;
  writeBits(mode, 4);
  writeBits(end - start, countBits(mode, qr.version));
  for (let index = start; index < end; ) {
    let value: u32 = load<u8>(qr.text + index++);
    let bits = 8;
    if (mode !== Mode.BYTE) {
      // Three digits make a number of 10 bits, two of 7, one of 4; two characters 11, one 6.
      const numeric = mode === Mode.NUMERIC;
      const last = index + (numeric ? 2 : 1);
      value = alphanumericValue(value);
      bits = numeric ? 4 : 6;
      while (index < end && index < last) {
        value = value * (numeric ? 10 : 45) + alphanumericValue(load<u8>(qr.text + index++));
        bits += numeric ? 3 : 5;
      }
    }
    writeBits(value, bits);
  }
}

/** Appends the lowest `count` bits of `value`, 0..16, the highest first. */
function writeBits(value: u32, count: i32): void {
  qr.pending = (qr.pending << count) | value;
  qr.pendingCount += count;
  while (qr.pendingCount >= 8) {
    qr.pendingCount -= 8;
    writeCodeword((qr.pending >> qr.pendingCount) & 0xff);
  }
}

function writeCodeword(codeword: u32): void {
  // The last codewords of the longer blocks have a row of their own, without the shorter blocks.
  let place = qr.index * qr.blocks + qr.block;
  if (qr.index === qr.shortLength) place -= qr.shortBlocks;
  store<u8>(codewordAddress(place), codeword);
  divideCodeword(codeword);
  qr.written++;
  qr.index++;
  if (qr.index === qr.shortLength + i32(qr.block >= qr.shortBlocks)) endBlock();
}

function endBlock(): void {
  for (let index = 0; index < qr.correctionLength; index++) {
    const place = qr.dataLength + index * qr.blocks + qr.block;
    store<u8>(codewordAddress(place), load<u8>(REMAINDER + index));
  }
  clearRemainder();
  qr.block++;
  qr.index = 0;
}
