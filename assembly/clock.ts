/**
 * The token's clock: unknown until it was set once, and unknown again when the board lost it.
 *
 * The board keeps the time; the store keeps the fact that it was set, and when. So a token taken
 * out of its box, or one whose battery was out, gives no time-based code from a made-up year.
 */
import { BOARD_DONE, clockRead, clockWrite } from './board';
import { divide } from './divide';
import { CLOCK_VALUE } from './memory';
import { append, exists, readPayload, Stored } from './store/log';
import { CLOCK } from './store/record';

/**
 * A running clock may be corrected by anyone, a second for every six hours since it was set: the two
 * minutes a month that a cheap crystal is off. Beyond that a thief could harvest codes, and since a
 * correction is a setting, not by patience either.
 */
const SECONDS_A_FREE_SECOND: u32 = 21_600;
/** 9999-12-31T23:59:59Z; times beyond it are refused. */
export const TIME_MAX: u64 = 253402300799;

export enum ClockSet {
  DONE,
  OUT_OF_RANGE,
  NOT_ALLOWED,
  WRITE_FAILED,
}

/** Whether the time is known. */
export function clockIsSet(): bool {
  return exists(CLOCK) && clockRead(CLOCK_VALUE) === BOARD_DONE;
}

/** Seconds since 1970; only after clockIsSet() said yes. */
export function now(): u64 {
  return clockRead(CLOCK_VALUE) === BOARD_DONE ? load<u64>(CLOCK_VALUE) : 0;
}

/** When the clock was last set, seconds since 1970; 0 for never. */
export function lastSet(): u64 {
  if (!exists(CLOCK)) return 0;
  readPayload(CLOCK, CLOCK_VALUE);
  return load<u64>(CLOCK_VALUE);
}

/** Sets an unknown clock, or corrects a known one as far as that is free. */
export function setClock(seconds: u64): ClockSet {
  if (seconds > TIME_MAX) return ClockSet.OUT_OF_RANGE;
  if (clockIsSet() && !isFree(seconds)) return ClockSet.NOT_ALLOWED;
  // A correction is on record before it is made: power cuts in between must not make it free again.
  // The first setting is made before it is on record: what is on record would count as known.
  const isFirst = !exists(CLOCK);
  if (isFirst && !writeClock(seconds)) return ClockSet.WRITE_FAILED;
  store<u64>(CLOCK_VALUE, seconds);
  if (append(CLOCK, CLOCK_VALUE, 8, 0) !== Stored.DONE) return ClockSet.WRITE_FAILED;
  return isFirst || writeClock(seconds) ? ClockSet.DONE : ClockSet.WRITE_FAILED;
}

function writeClock(seconds: u64): bool {
  return clockWrite(<u32>(seconds >> 32), <u32>seconds) === BOARD_DONE;
}

/** Whether a running clock may be set to this by anyone. */
function isFree(seconds: u64): bool {
  const set = lastSet();
  const known = now();
  const elapsed = known > set ? known - set : 0;
  const change = seconds > known ? seconds - known : known - seconds;
  return change <= divide(elapsed, SECONDS_A_FREE_SECOND);
}
