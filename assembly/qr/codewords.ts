/**
 * The codewords of a symbol, in the order in which they are placed: data of all blocks in turn,
 * then error correction of all blocks in turn (ISO/IEC 18004 §7.6).
 */
import { PLANE, qr } from './memory';
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

/** Data codewords of a block; the shorter blocks come first. */
export function blockLength(block: i32): i32 {
  return (qr.dataLength + block) / qr.blocks;
}

/** Place of a data codeword. The last ones of the longer blocks follow each other directly. */
export function dataPlace(block: i32, index: i32): i32 {
  return block + min(index * qr.blocks, qr.dataLength - qr.blocks);
}

/** Place of an error correction codeword. */
export function correctionPlace(block: i32, index: i32): i32 {
  return qr.dataLength + index * qr.blocks + block;
}

/** Writes the data codewords: segments, of which the first is found, terminator and fillers. */
export function writeData(): void {
  qr.pendingCount = 0;
  qr.block = 0;
  qr.index = 0;
  for (let start = 0; start < qr.textLength; start = qr.segmentEnd) {
    if (start !== 0) findSegment(start, qr.version, false);
    writeSegment(start);
  }
  const left = qr.dataLength * 8 - qr.segmentBits;
  writeBits(0, min(left, TERMINATOR_BITS));
  writeBits(0, -qr.pendingCount & 7);
  for (let filler = FILLER; qr.block < qr.blocks; filler ^= FILLER ^ OTHER_FILLER) {
    writeBits(filler, 8);
  }
}

/** The segment that findSegment found at `start` (ISO/IEC 18004 §7.4.3 to §7.4.5). */
function writeSegment(start: i32): void {
  const mode = qr.mode;
  const end = qr.segmentEnd;
  writeBits(mode, 4);
  writeBits(end - start, countBits(mode, qr.version));
  // Three digits make a number of 10 bits, two of 7, one of 4; two characters one of 11, one of 6.
  const numeric = mode === Mode.NUMERIC;
  const base = numeric ? 10 : 45;
  const group = mode === Mode.BYTE ? 1 : numeric ? 3 : 2;
  const more = numeric ? 3 : 5;
  for (let index = start; index < end; ) {
    const last = index + group;
    let value = 0;
    let bits = mode === Mode.BYTE ? 8 - more : 1;
    do {
      const character: u32 = load<u8>(qr.text + index++);
      value = value * base + (mode === Mode.BYTE ? character : alphanumericValue(character));
      bits += more;
    } while (index < end && index < last);
    writeBits(value, bits);
  }
}

/** Appends the lowest `count` bits of `value`, 0..16, the highest first. */
function writeBits(value: u32, count: i32): void {
  qr.pending = (qr.pending << count) | value;
  qr.pendingCount += count;
  while (qr.pendingCount >= 8) {
    qr.pendingCount -= 8;
    const address = codewordAddress(dataPlace(qr.block, qr.index));
    store<u8>(address, qr.pending >> qr.pendingCount);
    qr.index++;
    // That is, index === blockLength(block), but without a division.
    if ((qr.index + 1) * qr.blocks > qr.dataLength + qr.block) {
      qr.block++;
      qr.index = 0;
    }
  }
}
