/** Where the codewords go (ISO/IEC 18004 §7.7.3). */
import { codewordAddress } from './codewords';
import { Line, MARGIN_LINES, qr } from './memory';
import { flip, isFunction } from './pattern';

/**
 * Turns the codewords in the plane into the plane's modules: pairs of columns from the right to the
 * left, upwards and downwards in turn, the right one of two modules first.
 *
 * Codewords are read downwards in memory, and columns are written downwards. The codewords still to
 * be read fill, at most, the columns still to be written, whose lines are no shorter; and they start
 * lower, by the lines of the margin. So what is written never overtakes what is to be read.
 */
export function placeCodewords(): void {
  const size = qr.size;
  let bit = 0;
  for (let right = size - 1; right > 0; right -= 2) {
    if (right === 6) {
      clearLines(6, 1);
      right = 5;
    }
    clearLines(right - 1, 2);
    for (let step = 0; step < size; step++) {
      const y = ((right + 1) & 2) === 0 ? size - 1 - step : step;
      for (let x = right; x > right - 2; x--) {
        if (isFunction(x, y)) continue;
        // Bits that are left over stay light.
        const place = bit >> 3;
        if (place < qr.totalLength) {
          flip(x, y, (load<u8>(codewordAddress(place)) >> (~bit & 7)) & 1);
        }
        bit++;
      }
    }
  }
  // The margins have held codewords and polynomials.
  clearLines(-MARGIN_LINES, MARGIN_LINES);
  clearLines(qr.size, MARGIN_LINES);
}

/** Makes the columns `x` .. `x + count - 1` light; margins have columns, too. */
export function clearLines(x: i32, count: i32): void {
  const end = Line.address(x + count);
  for (let address = Line.address(x); address < end; address += 8) store<u64>(address, 0);
}
