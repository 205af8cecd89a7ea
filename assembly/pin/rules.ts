/** Which PINs and PUKs there may be (NIST SP 800-63B-4 §3.2.10: common ones are refused). */
import { COMMON_PINS, COMMON_PINS_END } from '../memory';

export const PIN_LENGTH_MIN: u32 = 6;
export const PIN_LENGTH_MAX: u32 = 16;
export const PUK_LENGTH_MIN: u32 = 8;

/** Whether these are ASCII digits, as many as allowed. The length is public, the digits are not. */
export function isWellFormed(digits: usize, length: u32, shortest: u32): bool {
  if (length < shortest || length > PIN_LENGTH_MAX) return false;
  let strange: u32 = 0;
  for (let index: u32 = 0; index < length; index++) {
    const digit: u32 = <u32>load<u8>(digits + index) - 0x30;
    strange |= ((9 - digit) | digit) >>> 31;
  }
  return strange === 0;
}

/**
 * Whether a new PIN is one that everybody tries first: a run up or down, a group of two or three
 * digits over and over, and so one digit over and over; or one of a list.
 */
export function isCommon(digits: usize, length: u32): bool {
  return (
    repeats(digits, length, 2) ||
    repeats(digits, length, 3) ||
    runs(digits, length, 1) ||
    runs(digits, length, -1) ||
    (length === PIN_LENGTH_MIN && isListed(digits))
  );
}

/** Whether six digits are on the list; all of it is looked at, whatever they are. */
function isListed(digits: usize): bool {
  let number: u32 = 0;
  for (let index: usize = 0; index < PIN_LENGTH_MIN; index++) {
    number = number * 10 + (<u32>load<u8>(digits + index) - 0x30);
  }
  let different: u32 = 1;
  for (let entry = COMMON_PINS; entry < COMMON_PINS_END; entry += 4) {
    const difference = number ^ load<u32>(entry);
    // 0 where they are equal, 1 elsewhere.
    different &= (difference | -difference) >>> 31;
  }
  return different === 0;
}

/** Whether each digit is the one `period` places before it. */
function repeats(digits: usize, length: u32, period: u32): bool {
  let different: u32 = 0;
  for (let index = period; index < length; index++) {
    different |= load<u8>(digits + index) ^ load<u8>(digits + index - period);
  }
  return different === 0;
}

/** Whether each digit is the one before it plus `step`, 9 and 0 being neighbours. */
function runs(digits: usize, length: u32, step: i32): bool {
  let different: u32 = 0;
  for (let index: u32 = 1; index < length; index++) {
    const expected = <i32>load<u8>(digits + index - 1) - 0x30 + step;
    const wrapped = expected + (10 & (expected >> 31)) - (10 & ((9 - expected) >> 31));
    different |= <u32>wrapped ^ (<u32>load<u8>(digits + index) - 0x30);
  }
  return different === 0;
}
