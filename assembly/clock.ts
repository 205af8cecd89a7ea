/**
 * The token's clock: unknown until it was set once, and unknown again when the board lost it.
 *
 * The board keeps the time; the store keeps the fact that it was set, and when. So a token taken
 * out of its box, or one whose battery was out, gives no time-based code from a made-up year.
 */
import { BOARD_DONE, clockRead, clockWrite } from './board';
import { CLOCK_VALUE } from './memory';
import { append, exists, readPayload, Stored } from './store/log';
import { CLOCK } from './store/record';

/** A running clock may be moved this far by anyone; beyond it a thief could harvest codes. */
export const FREE_CORRECTION_SECONDS: u64 = 120;
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

/** Sets an unknown clock, or corrects a known one by no more than FREE_CORRECTION_SECONDS. */
export function setClock(seconds: u64): ClockSet {
  if (seconds > TIME_MAX) return ClockSet.OUT_OF_RANGE;
  if (clockIsSet()) {
    const known = now();
    const change = seconds > known ? seconds - known : known - seconds;
    if (change > FREE_CORRECTION_SECONDS) return ClockSet.NOT_ALLOWED;
  }
  if (clockWrite(<u32>(seconds >> 32), <u32>seconds) !== BOARD_DONE) return ClockSet.WRITE_FAILED;
  store<u64>(CLOCK_VALUE, seconds);
  return append(CLOCK, CLOCK_VALUE, 8, 0) === Stored.DONE ? ClockSet.DONE : ClockSet.WRITE_FAILED;
}
