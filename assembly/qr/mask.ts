/** The eight data masks (ISO/IEC 18004 §7.8.2, Table 10), a word of a column at a time. */
import { qr } from './memory';
import { flipFormat, functionBits, lineAddress } from './pattern';

/** Rows, as bits: the even ones, the first two of every four, every third. */
const EVEN: u64 = 0x5555555555555555;
const FIRST_TWO: u64 = 0x3333333333333333;
const THIRD: u64 = 0x9249249249249249;

/** The rows y of a word with y % 3 === rest; `rest` 0 or more. Words have one row more than 3n. */
function everyThird(rest: i32, word: i32): u64 {
  return THIRD << ((rest + 2 * word) % 3);
}

/** The modules of column `x` that a mask inverts, whatever they are. */
function maskBits(mask: i32, x: i32, word: i32): u64 {
  const odd = (x & 1) !== 0;
  const rest = x % 3;
  // Rows in which x * y is odd, and in which x * y % 3 is, which is 1 then.
  const oddProduct: u64 = odd ? ~EVEN : 0;
  const oddRest: u64 = rest !== 0 ? everyThird(rest, word) : 0;
  switch (mask) {
    case 0:
      return odd ? ~EVEN : EVEN;
    case 1:
      return EVEN;
    case 2:
      return rest === 0 ? ~0 : 0;
    case 3:
      return everyThird(3 - rest, word);
    case 4:
      return (x / 3) & 1 ? ~FIRST_TWO : FIRST_TWO;
    case 5:
      return ~oddProduct & (rest === 0 ? ~0 : everyThird(0, word));
    case 6:
      return ~(oddProduct ^ oddRest);
    default:
      return (odd ? ~EVEN : EVEN) ^ oddRest;
  }
}

/** Puts a mask and its format information on the symbol, or takes both away again. */
export function flipMask(mask: i32): void {
  const words = qr.stride >> 3;
  for (let x = 0; x < qr.size; x++) {
    for (let word = 0; word < words; word++) {
      const address = lineAddress(x) + (word << 3);
      const flipped = maskBits(mask, x, word) & ~functionBits(x, word);
      store<u64>(address, load<u64>(address) ^ flipped);
    }
  }
  flipFormat(mask);
}
