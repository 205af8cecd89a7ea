/**
 * TOTP (RFC 6238): HOTP of the number of time steps since 1970.
 */
import { hotp } from './hotp';

/** Longest time step, seconds. */
export const LONGEST_PERIOD: u32 = 3600;

/**
 * The time step of a moment (RFC 6238 §4.2, T0 = 0).
 * Long division in 16-bit digits: a 64-bit division is a 700-byte routine on a microcontroller.
 * The time is public, so these are the only divisions of the core.
 * @param timeSeconds    seconds since 1970-01-01T00:00:00Z, the full 64 bits
 * @param periodSeconds  1..3600; the caller has checked it
 */
export function timeStep(timeSeconds: u64, periodSeconds: u32): u64 {
  const high = <u32>(timeSeconds >> 32);
  const low = <u32>timeSeconds;
  const quotientHigh = high / periodSeconds;
  const middle = ((high - quotientHigh * periodSeconds) << 16) | (low >> 16);
  const quotientMiddle = middle / periodSeconds;
  const rest = ((middle - quotientMiddle * periodSeconds) << 16) | (low & 0xffff);
  return ((<u64>quotientHigh) << 32) | ((<u64>quotientMiddle) << 16) | (rest / periodSeconds);
}

/**
 * The code of a moment.
 * @param hash, state, digits  as for hotp
 * @param timeSeconds, periodSeconds  as for timeStep
 * @returns the code as a number, 0 .. 10^digits - 1
 */
export function totp(
  hash: u32,
  state: usize,
  timeSeconds: u64,
  periodSeconds: u32,
  digits: u32,
): u32 {
  const step = timeStep(timeSeconds, periodSeconds);
  return hotp(hash, state, <u32>(step >> 32), <u32>step, digits);
}
