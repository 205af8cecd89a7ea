/**
 * HOTP (RFC 4226): a counter becomes a short decimal code.
 *
 * No branch, address or divisor depends on the key, the MAC or the code. Choices are made with
 * masks and divisions with multiplications, because `?:` may become a branch and a division takes
 * a time that depends on its operands, on the chip as on a server.
 */
import { Hash } from '../crypto/hash';
import { hmacCounter, wipeCounter } from '../crypto/hmac';
import { CHAIN } from '../crypto/memory';

/**
 * The code of a counter.
 * @param hash          Hash.SHA1 (RFC 4226), SHA256 or SHA512 (RFC 6238 §1.2)
 * @param state         HMAC_STATE_LENGTH bytes from hmacPrepare with the same hash
 * @param counterHigh   upper 32 bits of the counter
 * @param counterLow    lower 32 bits of the counter
 * @param digits        6, 7 or 8; the caller has checked it
 * @returns the code as a number, 0 .. 10^digits - 1
 * Source: RFC 4226 §5.3. Leaves nothing in scratch memory.
 */
export function hotp(hash: u32, state: usize, counterHigh: u32, counterLow: u32, digits: u32): u32 {
  return reduce(truncatedMac(hash, state, counterHigh, counterLow), digits);
}

/** The 31 bits that a code is made of (RFC 4226 §5.3, step 2); arguments as for hotp. */
export function truncatedMac(hash: u32, state: usize, counterHigh: u32, counterLow: u32): u32 {
  hmacCounter(hash, state, counterHigh, counterLow);
  const bits = truncate(hash);
  wipeCounter(hash);
  return bits;
}

/**
 * Dynamic truncation of the MAC in CHAIN (host-endian words) to 31 bits (RFC 4226 §5.3).
 * The four bytes begin at offset 0..15, so they lie in two neighbours of the first five 32-bit
 * words; all five are read and two of them are kept by masks.
 */
function truncate(hash: u32): u32 {
  // SHA-512 keeps 64-bit words: on a little-endian machine the upper half is the second one.
  const swap: u32 = hash === Hash.SHA512 ? 4 : 0;
  const lastWord: u32 = hash === Hash.SHA1 ? 16 : hash === Hash.SHA256 ? 28 : 60 ^ swap;
  const offset = load<u32>(CHAIN + lastWord) & 15;
  const index = offset >> 2;
  let upper: u32 = 0;
  let lower: u32 = 0;
  for (let word: u32 = 0; word < 4; word++) {
    const keep = ((index ^ word) - 1) >> 31;
    upper |= load<u32>(CHAIN + ((word << 2) ^ swap)) & -keep;
    lower |= load<u32>(CHAIN + (((word + 1) << 2) ^ swap)) & -keep;
  }
  // Two shifts for the lower word: a shift by 32 is not a shift by anything.
  const shift = (offset & 3) << 3;
  return ((upper << shift) | ((lower >> 1) >> (31 - shift))) & 0x7fffffff;
}

// biome-ignore lint/complexity/noStaticOnlyClass: a formatter reads @inline only on methods
abstract class Inline {
  /**
   * Upper 32 bits of x * y, from 16-bit halves, because the long multiplication of a Cortex-M3
   * takes a time that depends on its operands.
   */
  @inline
  static multiplyHigh(x: u32, y: u32): u32 {
    const xLow = x & 0xffff;
    const xHigh = x >> 16;
    const yLow = y & 0xffff;
    const yHigh = y >> 16;
    const middle = xHigh * yLow + ((xLow * yLow) >> 16);
    return xHigh * yHigh + (middle >> 16) + ((xLow * yHigh + (middle & 0xffff)) >> 16);
  }
}

/**
 * value mod 10^digits without a division: the quotient is the upper half of a product with a
 * rounded-up reciprocal, exact for every value below 2^31 (test/oath/hotp.test.ts).
 * @param value   0 .. 2^31 - 1; secret
 * @param digits  6, 7 or 8; public
 */
export function reduce(value: u32, digits: u32): u32 {
  // 2^51 / 10^6, 2^55 / 10^7 and 2^58 / 10^8, rounded up.
  let reciprocal: u32 = 2882303762;
  let shift: u32 = 26;
  let modulus: u32 = 100000000;
  if (digits === 6) {
    reciprocal = 2251799814;
    shift = 19;
    modulus = 1000000;
  } else if (digits === 7) {
    reciprocal = 3602879702;
    shift = 23;
    modulus = 10000000;
  }
  return value - (Inline.multiplyHigh(value, reciprocal) >> shift) * modulus;
}

/**
 * Writes a code as ASCII digits, leading zeros kept.
 * @param code    0 .. 10^digits - 1; secret
 * @param digits  6, 7 or 8
 * @param output  `digits` bytes
 */
export function codeDigits(code: u32, digits: u32, output: usize): void {
  while (digits !== 0) {
    digits--;
    const rest = Inline.multiplyHigh(code, 0xcccccccd) >> 3; // 2^35 / 10, rounded up
    store<u8>(output + digits, code - rest * 10 + 0x30);
    code = rest;
  }
}
