/**
 * The PIN on the device itself, with five keys: a wheel for the current digit, dots for those that
 * were taken. A digit taken is never shown again.
 *
 *     up, down     turn the wheel: 0 … 9 and "done"
 *     ok, right    take the digit; on "done", or after the 16th digit, the PIN is checked
 *     left         take the last digit back; without one, leave
 */

import { wipe } from '../crypto/wipe';
import { PIN_ENTRY, pinEntry } from '../memory';
import { PIN_LENGTH_MAX } from '../pin/rules';
import { checkSecret } from '../pin/verify';
import { MASTER } from '../store/record';
import { Key } from './keys';

/** The place behind the 9 on the wheel. */
export const DONE_PLACE: u32 = 10;
const WHEEL_PLACES: u32 = 11;
/** Nothing was checked yet. */
export const GOES_ON: u32 = 0;

export function enterPin(): void {
  leavePinEntry();
  pinEntry.active = 1;
}

export function leavePinEntry(): void {
  wipe(PIN_ENTRY, PIN_LENGTH_MAX);
  pinEntry.active = 0;
  pinEntry.length = 0;
  pinEntry.wheel = 0;
}

/** Acts on a key; the verdict of pin/verify.ts when the PIN was checked, else GOES_ON. */
export function pressInEntry(key: i32): u32 {
  if (key === Key.UP) turn(1);
  else if (key === Key.DOWN) turn(WHEEL_PLACES - 1);
  else if (key === Key.LEFT) takeBack();
  else if (pinEntry.wheel === DONE_PLACE) return check();
  else return take();
  return GOES_ON;
}

function turn(places: u32): void {
  pinEntry.wheel = (pinEntry.wheel + places) % WHEEL_PLACES;
}

function take(): u32 {
  store<u8>(PIN_ENTRY + pinEntry.length, 0x30 + pinEntry.wheel);
  pinEntry.length++;
  pinEntry.wheel = 0;
  return pinEntry.length === PIN_LENGTH_MAX ? check() : GOES_ON;
}

function takeBack(): void {
  if (pinEntry.length === 0) {
    leavePinEntry();
  } else {
    pinEntry.length--;
    store<u8>(PIN_ENTRY + pinEntry.length, 0);
    pinEntry.wheel = 0;
  }
}

function check(): u32 {
  const verdict = checkSecret(MASTER, PIN_ENTRY, pinEntry.length);
  leavePinEntry();
  return verdict;
}
