/** Where the codewords go (ISO/IEC 18004 §7.7.3). */
import { codewordAddress } from './codewords';
import { MARGIN_LINES, PLANE, qr } from './memory';
import { functionBits, lineAddress } from './pattern';

/**
 * Turns the codewords in the plane into the plane's modules: pairs of columns from the right to the
 * left, bottom to top and top to bottom in turn, the right one of two modules first.
 *
 * Codewords are read downwards and columns are written downwards, each in turn. A column takes at
 * most size / 8 codewords and is stride >= size / 8 bytes; so a column that is written, four lines
 * above the rest of the codewords at the start, stays above it.
 */
export function placeCodewords(): void {
  let place = 0;
  let bitsLeft = 0;
  let codeword: u32 = 0;
  const words = qr.stride >> 3;
  for (let right = qr.size - 1; right > 0; right -= 2) {
    if (right === 6) right = 5;
    const upwards = ((right + 1) & 2) === 0;
    for (let count = 0; count < words; count++) {
      const word = upwards ? words - 1 - count : count;
      const rightFunction = functionBits(right, word);
      const leftFunction = functionBits(right - 1, word);
      let rightBits: u64 = 0;
      let leftBits: u64 = 0;
      let bit: u64 = upwards ? (<u64>1) << 63 : 1;
      for (; bit !== 0; bit = upwards ? bit >> 1 : bit << 1) {
        if ((rightFunction & bit) === 0) {
          if (bitsLeft === 0) {
            codeword = place < qr.totalLength ? load<u8>(codewordAddress(place)) : 0;
            place++;
            bitsLeft = 8;
          }
          bitsLeft--;
          if (((codeword >> bitsLeft) & 1) !== 0) rightBits |= bit;
        }
        if ((leftFunction & bit) === 0) {
          if (bitsLeft === 0) {
            codeword = place < qr.totalLength ? load<u8>(codewordAddress(place)) : 0;
            place++;
            bitsLeft = 8;
          }
          bitsLeft--;
          if (((codeword >> bitsLeft) & 1) !== 0) leftBits |= bit;
        }
      }
      store<u64>(lineAddress(right) + (word << 3), rightBits);
      store<u64>(lineAddress(right - 1) + (word << 3), leftBits);
    }
  }
  clearLines(lineAddress(6), 1);
  clearLines(PLANE, MARGIN_LINES);
  clearLines(lineAddress(qr.size), MARGIN_LINES);
}

function clearLines(address: usize, lines: i32): void {
  const end = address + lines * qr.stride;
  for (; address < end; address += 8) store<u64>(address, 0);
}
