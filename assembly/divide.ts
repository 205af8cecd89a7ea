/**
 * 64-bit division for public numbers: times, counters. A division instruction of that width would
 * become a 700-byte routine on a microcontroller.
 */

/**
 * Quotient of `dividend` by `divisor`, by long division in 16-bit digits.
 * @param dividend the full 64 bits
 * @param divisor  1 .. 65535
 */
export function divide(dividend: u64, divisor: u32): u64 {
  const high = <u32>(dividend >> 32);
  const low = <u32>dividend;
  const quotientHigh = high / divisor;
  const middle = ((high - quotientHigh * divisor) << 16) | (low >> 16);
  const quotientMiddle = middle / divisor;
  const rest = ((middle - quotientMiddle * divisor) << 16) | (low & 0xffff);
  return ((<u64>quotientHigh) << 32) | ((<u64>quotientMiddle) << 16) | (rest / divisor);
}
