/**
 * The door of qr.wasm: QR codes of all versions as a pure function, without the token.
 *
 * Any WebAssembly engine can drive it: no imports, scalars only, every export returns one i32. A
 * text goes in by put32 and modules come out by module or, where an engine gives access to memory,
 * directly at inputOffset() and rowsOffset(). Nothing traps.
 */

import { wipe } from './crypto/wipe';
import { encodeQr, QrRefusal, wipeQr } from './qr/encode';
import { MARGIN_LINES, qr } from './qr/memory';
import { isDark } from './qr/pattern';
import { clearLines } from './qr/placing';
import { packRows, ROWS, ROWS_LENGTH } from './qr/rows';

export { __data_end, __heap_base };

/** Bytes of text that a host may put in: as many digits as the largest symbol holds. */
const INPUT_LENGTH: u32 = 7092;
/** The text; may be a secret, wiped when it was encoded. */
const INPUT = memory.data(7092, 16);

/** Address of the text in memory. */
export function inputOffset(): i32 {
  return <i32>INPUT;
}

/** Bytes that fit there. */
export function inputLength(): i32 {
  return INPUT_LENGTH;
}

/** Address of the rows, `(size + 7) >> 3` bytes each, most significant bit left, 1 is dark. */
export function rowsOffset(): i32 {
  return <i32>ROWS;
}

/** Writes a little-endian word of the text; `index` 0 .. inputLength() / 4 - 1. Returns 0. */
export function put32(index: u32, value: i32): i32 {
  if (index >= INPUT_LENGTH >> 2) return QrRefusal.BAD_ARGUMENT;
  store<i32>(INPUT + (index << 2), value);
  return 0;
}

/**
 * Encodes the first `length` bytes of the input and wipes them (qr/encode.ts, encodeQr).
 * @returns the version, and the symbol is in the rows; or a QrRefusal
 */
export function encode(length: u32, level: i32, versionMin: i32, versionMax: i32, mask: i32): i32 {
  if (length > INPUT_LENGTH) return QrRefusal.TOO_LONG;
  const version = encodeQr(INPUT, length, level, versionMin, versionMax, mask);
  wipe(INPUT, length);
  if (version > 0) packRows();
  return version;
}

/** The mask of the symbol, 0..7. */
export function mask(): i32 {
  return qr.mask;
}

/** Bits that the segments of the symbol take, their headers included. */
export function segmentBits(): i32 {
  return qr.segmentBits;
}

/** 1 if the module in column `x` and row `y` is dark, 0 if it is light or outside. */
export function module(x: u32, y: u32): i32 {
  if (x >= <u32>qr.size || y >= <u32>qr.size) return 0;
  return <i32>isDark(x, y);
}

/** Wipes the symbol of the last call of encode, and what else that left. Returns 0. */
export function wipeSymbol(): i32 {
  wipe(ROWS, qr.size * ((qr.size + 7) >> 3));
  clearLines(-MARGIN_LINES, qr.size + 2 * MARGIN_LINES);
  qr.pending = 0;
  return 0;
}

/** Wipes everything that a text may have left. Returns 0. */
export function wipeAll(): i32 {
  wipe(INPUT, INPUT_LENGTH);
  wipe(ROWS, ROWS_LENGTH);
  wipeQr();
  return 0;
}
