/** The symbol as rows of whole bytes, for hosts; the token reads its modules one by one. */
import { Line, qr, VERSION_MAX } from './memory';

const SIZE_MAX: i32 = 17 + 4 * VERSION_MAX;
/** Bytes of all rows; whole blocks of eight rows are written. */
export const ROWS_LENGTH: i32 = ((SIZE_MAX + 7) >> 3) * ((SIZE_MAX + 7) & ~7);
/** The rows, one after the other; may hold what the display shows. */
export const ROWS: usize = memory.data(ROWS_LENGTH, 8);

/**
 * Turns eight bytes of a block of 8 x 8 modules, each a column with its first row lowest, into
 * eight rows with their first column highest; the first row is the lowest byte.
 */
function turnBlock(block: u64): u64 {
  let swap = (block ^ (block >> 7)) & 0x00aa00aa00aa00aa;
  block ^= swap ^ (swap << 7);
  swap = (block ^ (block >> 14)) & 0x0000cccc0000cccc;
  block ^= swap ^ (swap << 14);
  swap = (block ^ (block >> 28)) & 0x00000000f0f0f0f0;
  return block ^ swap ^ (swap << 28);
}

/** Writes the symbol in the plane to ROWS: `(size + 7) >> 3` bytes a row, dark is 1. */
export function packRows(): void {
  const size: i32 = qr.size;
  const rowBytes = (size + 7) >> 3;
  for (let column = 0; column < rowBytes; column++) {
    for (let band = 0; band < rowBytes; band++) {
      // The first column comes in highest, and so ends up highest in each row.
      let block: u64 = 0;
      for (let x = column * 8; x < column * 8 + 8; x++) {
        const bits: u64 = x < size ? load<u8>(Line.address(x) + band) : 0;
        block = (block << 8) | bits;
      }
      let rows = turnBlock(block);
      for (let y = band * 8; y < band * 8 + 8 && y < size; y++) {
        store<u8>(ROWS + y * rowBytes + column, rows);
        rows >>= 8;
      }
    }
  }
}
