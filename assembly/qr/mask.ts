/** The eight data masks (ISO/IEC 18004 §7.8.2, Table 10). */
import { qr } from './memory';
import { flip, flipFormat, formatBits, isFunction } from './pattern';

/** Whether a mask, 0..7, inverts the module in column `x` and row `y`; NO_MASK never does. */
export function inverts(mask: i32, x: i32, y: i32): bool {
  const odd = (x * y) & 1;
  const rest = (x * y) % 3;
  switch (mask) {
    case 0:
      return ((x + y) & 1) === 0;
    case 1:
      return (y & 1) === 0;
    case 2:
      return x % 3 === 0;
    case 3:
      return (x + y) % 3 === 0;
    case 4:
      return (((y >> 1) + x / 3) & 1) === 0;
    case 5:
      return odd + rest === 0;
    case 6:
      return ((odd + rest) & 1) === 0;
    case 7:
      return ((x + y + rest) & 1) === 0;
    default:
      return false;
  }
}

/** Replaces one mask, with its format information, by another; NO_MASK stands for neither. */
export function changeMask(from: i32, to: i32): void {
  for (let x = 0; x < qr.size; x++) {
    for (let y = 0; y < qr.size; y++) {
      if (isFunction(x, y)) continue;
      flip(x, y, u32(inverts(from, x, y) !== inverts(to, x, y)));
    }
  }
  flipFormat(formatBits(qr.level, from) ^ formatBits(qr.level, to));
}
