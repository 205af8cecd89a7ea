/**
 * The door of otp.wasm: hashes, HMAC and one-time codes as pure functions, without the token.
 *
 * Any WebAssembly engine can drive it: no imports, scalars only, every export returns one i32.
 * Bytes go in and out through a window of words, by put32 and get32 or, where an engine gives
 * access to memory, directly at windowOffset(). REFUSED is the only error; nothing traps.
 */
import { digest, digestLength } from './crypto/hash';
import { HMAC_STATE_LENGTH, hmac, hmacPrepare } from './crypto/hmac';
import { cryptoSelfTest } from './crypto/self-test';
import { wipe } from './crypto/wipe';
import { hotp } from './oath/hotp';
import { LONGEST_PERIOD, timeStep } from './oath/totp';
import { LONGEST_SEARCH, MISMATCH, searchSteps } from './oath/verify';

export { __data_end, __heap_base };

/** Bytes a host may put into the window: a key or a message. */
const WINDOW_INPUT: u32 = 1024;
/** Bytes of the window: the input, then 64 bytes for a digest or MAC. */
const WINDOW_LENGTH: u32 = 1088;
/** The window; secret while a key or a MAC is in it. */
const WINDOW = memory.data(1088, 16);
/** The prepared key, HMAC_STATE_LENGTH; secret, stays until the host wipes it. */
const PREPARED = memory.data(128, 16);

/** An argument is outside its range; nothing was done. */
const REFUSED: i32 = -1;

function codeRefused(hash: u32, digits: u32): bool {
  return digestLength(hash) === 0 || digits < 6 || digits > 8;
}

/** Address of the window in memory. */
export function windowOffset(): i32 {
  return <i32>WINDOW;
}

/** Bytes of the window: input first, the last 64 for a digest or MAC. */
export function windowLength(): i32 {
  return WINDOW_LENGTH;
}

/** Address of the prepared key: the inner midstate, 64 bytes further the outer one. */
export function preparedOffset(): i32 {
  return <i32>PREPARED;
}

/** Writes a little-endian word of the window; `index` 0 .. windowLength() / 4 - 1. Returns 0. */
export function put32(index: u32, value: i32): i32 {
  if (index >= WINDOW_LENGTH >> 2) return REFUSED;
  store<i32>(WINDOW + (index << 2), value);
  return 0;
}

/** Reads a little-endian word of the window; REFUSED, which is also a value, outside of it. */
export function get32(index: u32): i32 {
  if (index >= WINDOW_LENGTH >> 2) return REFUSED;
  return load<i32>(WINDOW + (index << 2));
}

/** Wipes the window and the prepared key. Returns 0. */
export function wipeAll(): i32 {
  wipe(WINDOW, WINDOW_LENGTH);
  wipe(PREPARED, HMAC_STATE_LENGTH);
  return 0;
}

/** Runs the known answers of the core: 1 if all are right, else 0. */
export function selfTest(): i32 {
  return <i32>cryptoSelfTest();
}

/** Digest of the first `length` bytes of the window, to its last 64. Returns the digest's length. */
export function hashMessage(hash: u32, length: u32): i32 {
  if (digestLength(hash) === 0 || length > WINDOW_INPUT) return REFUSED;
  digest(hash, WINDOW, length, WINDOW + WINDOW_INPUT);
  return digestLength(hash);
}

/** Prepares the key in the first `keyLength` bytes of the window and wipes them. Returns 0. */
export function prepareKey(hash: u32, keyLength: u32): i32 {
  if (digestLength(hash) === 0 || keyLength > WINDOW_INPUT) return REFUSED;
  hmacPrepare(hash, WINDOW, keyLength, PREPARED);
  wipe(WINDOW, keyLength);
  return 0;
}

/** MAC of the first `length` bytes of the window, to its last 64. Returns the MAC's length. */
export function macMessage(hash: u32, length: u32): i32 {
  if (digestLength(hash) === 0 || length > WINDOW_INPUT) return REFUSED;
  hmac(hash, PREPARED, WINDOW, length, WINDOW + WINDOW_INPUT);
  return digestLength(hash);
}

/** HOTP of the prepared key, 0 .. 10^digits - 1. The hash must be the one it was prepared with. */
export function hotpCode(hash: u32, counterHigh: u32, counterLow: u32, digits: u32): i32 {
  if (codeRefused(hash, digits)) return REFUSED;
  return hotp(hash, PREPARED, counterHigh, counterLow, digits);
}

/** HOTP of the key in the first `keyLength` bytes of the window; wipes them, prepares nothing. */
export function hotpOfKey(
  hash: u32,
  keyLength: u32,
  counterHigh: u32,
  counterLow: u32,
  digits: u32,
): i32 {
  if (codeRefused(hash, digits) || keyLength > WINDOW_INPUT) return REFUSED;
  hmacPrepare(hash, WINDOW, keyLength, PREPARED);
  wipe(WINDOW, keyLength);
  const code = hotp(hash, PREPARED, counterHigh, counterLow, digits);
  wipe(PREPARED, HMAC_STATE_LENGTH);
  return code;
}

/** TOTP of the prepared key at a time in seconds since 1970; `period` 1..3600 seconds. */
export function totpCode(
  hash: u32,
  timeHigh: u32,
  timeLow: u32,
  periodSeconds: u32,
  digits: u32,
): i32 {
  if (codeRefused(hash, digits)) return REFUSED;
  if (periodSeconds === 0 || periodSeconds > LONGEST_PERIOD) return REFUSED;
  const step = timeStep(((<u64>timeHigh) << 32) | timeLow, periodSeconds);
  return hotp(hash, PREPARED, <u32>(step >> 32), <u32>step, digits);
}

/**
 * Looks for a code of the prepared key among the steps around a centre (oath/verify.ts).
 * @param code           the number the user typed, 0 .. 10^digits - 1
 * @param behind, ahead  steps to search on each side of the centre, 0..65535
 * @param freshFrom      the first offset from the centre that is not a replay
 * @returns the offset of the match from the centre, or MISMATCH, or REPLAYED; arguments out of
 *          range are a MISMATCH too, since -1 is an offset
 */
export function verifyCode(
  hash: u32,
  digits: u32,
  code: u32,
  centreHigh: u32,
  centreLow: u32,
  behind: u32,
  ahead: u32,
  freshFrom: i32,
): i32 {
  if (codeRefused(hash, digits) || behind > LONGEST_SEARCH || ahead > LONGEST_SEARCH) {
    return MISMATCH;
  }
  const centre = ((<u64>centreHigh) << 32) | centreLow;
  return searchSteps(hash, PREPARED, digits, code, centre, behind, ahead, freshFrom);
}
