/**
 * The token's clock: unknown until it was set once, and unknown again when the board lost it.
 *
 * The board keeps the time; the store keeps that it was set, when, and the latest minute for which a
 * code was shown. So a token taken out of its box, or one whose battery was out, gives no code from a
 * made-up year; and whoever sets it forward, harvests and sets it back leaves it without codes until
 * that time has come, or until its owner, with the PIN, says that it is well.
 *
 * Record, as payload of identity 02: see ClockRecord in memory.ts.
 */
import { BOARD_DONE, clockRead, clockWrite } from './board';
import { divide } from './divide';
import { CLOCK_RECORD, CLOCK_RECORD_LENGTH, CLOCK_VALUE, clockRecord } from './memory';
import { isUnlocked } from './pin/vault';
import { hasPin } from './pin/verify';
import { append, exists, payloadLength, readPayload, Stored } from './store/log';
import { CLOCK } from './store/record';

/**
 * A running clock may be corrected by anyone, a second for every six hours since it was set: the two
 * minutes a month that a cheap crystal is off. Beyond that a thief could harvest codes, and since a
 * correction is a setting, not by patience either.
 */
const SECONDS_A_FREE_SECOND: u32 = 21_600;
const SECONDS_A_MINUTE: u32 = 60;
/** 9999-12-31T23:59:59Z; times beyond it are refused. Minutes up to then fit in 32 bits. */
export const TIME_MAX: u64 = 253402300799;

export enum ClockSet {
  DONE,
  OUT_OF_RANGE,
  NOT_ALLOWED,
  WRITE_FAILED,
}

/** Whether a code may be shown for this moment. */
export enum Moment {
  ALLOWED,
  /** A code was shown for a later one. */
  PASSED,
  WRITE_FAILED,
}

/** Whether the record on flash is one that this core could have written; asked at power-on. */
export function clockIsSound(): bool {
  if (!exists(CLOCK)) return true;
  if (payloadLength(CLOCK) !== CLOCK_RECORD_LENGTH) return false;
  readPayload(CLOCK, CLOCK_RECORD);
  return clockRecord.setAt <= TIME_MAX && clockRecord.wasSetBack <= 1;
}

/** Whether the time is known. A record alone may be that of a code for which a host gave the time. */
export function clockIsSet(): bool {
  return lastSet() !== 0 && clockRead(CLOCK_VALUE) === BOARD_DONE;
}

/** Seconds since 1970; only after clockIsSet() said yes. */
export function now(): u64 {
  return clockRead(CLOCK_VALUE) === BOARD_DONE ? load<u64>(CLOCK_VALUE) : 0;
}

/** When the clock was last set, seconds since 1970; 0 for never. */
export function lastSet(): u64 {
  readRecord();
  return clockRecord.setAt;
}

/** Whether the last setting brought back a time for which codes had been shown. */
export function wasSetBack(): bool {
  readRecord();
  return clockRecord.wasSetBack !== 0;
}

/**
 * Sets the clock: anyone an unknown one, unless there is a PIN, and a known one as far as that is
 * free; the owner, with the PIN, to anything.
 */
export function setClock(seconds: u64): ClockSet {
  // 0 stands for never.
  if (seconds === 0 || seconds > TIME_MAX) return ClockSet.OUT_OF_RANGE;
  const byOwner = hasPin() && isUnlocked();
  if (!byOwner && (clockIsSet() ? !isFree(seconds) : hasPin())) return ClockSet.NOT_ALLOWED;
  // A correction is on record before it is made: power cuts in between must not make it free again.
  // The first setting is made before it is on record: what is on record would count as known.
  const isFirst = lastSet() === 0;
  if (isFirst && !writeClock(seconds)) return ClockSet.WRITE_FAILED;
  readRecord();
  const minute = minuteOf(seconds);
  const forgives = byOwner && minute < clockRecord.lastCodeMinute;
  clockRecord.setAt = seconds;
  // Whoever may only correct the clock does not take the warning away.
  if (byOwner) clockRecord.wasSetBack = <u32>forgives;
  if (forgives) clockRecord.lastCodeMinute = minute;
  if (!saveRecord()) return ClockSet.WRITE_FAILED;
  return isFirst || writeClock(seconds) ? ClockSet.DONE : ClockSet.WRITE_FAILED;
}

/**
 * Puts on record that a code is about to be shown for the moment `seconds`, unless codes were shown
 * for a later minute already (pin-security: set forward, harvest, set back).
 */
export function markMoment(seconds: u64): Moment {
  const minute = minuteOf(seconds);
  readRecord();
  if (minute < clockRecord.lastCodeMinute) return Moment.PASSED;
  if (minute === clockRecord.lastCodeMinute) return Moment.ALLOWED;
  clockRecord.lastCodeMinute = minute;
  return saveRecord() ? Moment.ALLOWED : Moment.WRITE_FAILED;
}

function minuteOf(seconds: u64): u32 {
  return <u32>divide(seconds, SECONDS_A_MINUTE);
}

function readRecord(): void {
  if (exists(CLOCK)) {
    readPayload(CLOCK, CLOCK_RECORD);
  } else {
    clockRecord.setAt = 0;
    clockRecord.lastCodeMinute = 0;
    clockRecord.wasSetBack = 0;
  }
}

function saveRecord(): bool {
  return append(CLOCK, CLOCK_RECORD, CLOCK_RECORD_LENGTH, 0) === Stored.DONE;
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
