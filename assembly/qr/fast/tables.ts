/**
 * What all symbols of a version have in common, kept for the next one of the same version; and the
 * masks, which do not depend on the version. All of it is public.
 */
import { inverts } from '../mask';
import { Line, qr, SIZE_MAX, STRIDE_MAX } from '../memory';
import { drawPatterns, formatBits, isFunction, NO_MASK } from '../pattern';
import { clearLines } from '../placing';

/** All masks are the same again after six columns, and after three words of rows. */
export const MASK_COLUMNS: i32 = 6;
const MASK_WORDS: i32 = 3;
const LEVELS: i32 = 4;
const MASK_LENGTH: i32 = MASK_COLUMNS * MASK_WORDS * 8;

// biome-ignore lint/complexity/noStaticOnlyClass: a formatter reads @lazy only in classes
export abstract class Tables {
  /** The modules that data takes, line by line as in the plane, without margins. */
  @lazy
  static readonly DATA: usize = memory.data(SIZE_MAX * STRIDE_MAX, 8);

  /** The dark modules of the function patterns, likewise. */
  @lazy
  static readonly PATTERNS: usize = memory.data(SIZE_MAX * STRIDE_MAX, 8);

  /** What the masks, NO_MASK last, invert in words 0..2 of columns 0..5. */
  @lazy
  static readonly MASKS: usize = memory.data((NO_MASK + 1) * MASK_LENGTH, 8);

  /** The format information of every level and mask, NO_MASK last. */
  @lazy
  static readonly FORMATS: usize = memory.data(LEVELS * (NO_MASK + 1) * 4, 4);

  /** The version of DATA and PATTERNS; 0 before there is one. */
  @lazy
  static readonly VERSION: usize = memory.data(4, 4);
}

/** Address of the word of a mask for columns that are `column` modulo 6. */
export function maskAddress(mask: i32, column: i32): usize {
  return Tables.MASKS + mask * MASK_LENGTH + column * (MASK_WORDS * 8);
}

/** Address of the format information of a level and a mask. */
export function formatAddress(level: i32, mask: i32): usize {
  return Tables.FORMATS + ((level * (NO_MASK + 1) + mask) << 2);
}

/** Makes the tables those of qr.version. Uses the plane. */
export function prepareTables(): void {
  const known = load<i32>(Tables.VERSION);
  if (known === qr.version) return;
  if (known === 0) prepareMasks();
  store<i32>(Tables.VERSION, qr.version);
  clearLines(0, qr.size);
  drawPatterns();
  const words = Line.words();
  for (let x = 0; x < qr.size; x++) {
    for (let word = 0; word < words; word++) {
      const offset = (x * words + word) << 3;
      const drawn = load<u64>(Line.address(x) + (word << 3));
      store<u64>(Tables.PATTERNS + offset, drawn);
      store<u64>(Tables.DATA + offset, dataBits(x, word << 6));
    }
  }
}

function dataBits(x: i32, firstRow: i32): u64 {
  let bits: u64 = 0;
  for (let y = firstRow; y < qr.size && y < firstRow + 64; y++) {
    bits |= (<u64>!isFunction(x, y)) << (y - firstRow);
  }
  return bits;
}

function prepareMasks(): void {
  for (let mask = 0; mask < NO_MASK; mask++) {
    for (let level = 0; level < LEVELS; level++) {
      store<u32>(formatAddress(level, mask), formatBits(level, mask));
    }
    for (let x = 0; x < MASK_COLUMNS; x++) {
      for (let y = 0; y < MASK_WORDS * 64; y++) {
        const address = maskAddress(mask, x) + (y >> 3);
        store<u8>(address, load<u8>(address) | (u32(inverts(mask, x, y)) << (y & 7)));
      }
    }
  }
}
