/**
 * TOTP (RFC 6238): HOTP of the number of time steps since 1970.
 */
import { divide } from '../divide';
import { hotp } from './hotp';

/** Longest time step, seconds. */
export const LONGEST_PERIOD: u32 = 3600;

/**
 * The time step of a moment (RFC 6238 §4.2, T0 = 0). The time is public.
 * @param timeSeconds    seconds since 1970-01-01T00:00:00Z, the full 64 bits
 * @param periodSeconds  1..3600; the caller has checked it
 */
export function timeStep(timeSeconds: u64, periodSeconds: u32): u64 {
  return divide(timeSeconds, periodSeconds);
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
