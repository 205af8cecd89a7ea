/** A moment as a calendar date, in UTC, in the proleptic Gregorian calendar (ISO 8601). */
import { divide } from '../divide';
import { putCharacter, putDecimal } from './text';

const DASH: u32 = 0x2d;
const HOUR_SECONDS: u32 = 3600;
const HOURS_A_DAY: u32 = 24;
/** Days from 0000-03-01 to 1970-01-01. */
const DAYS_TO_EPOCH: u32 = 719468;
const DAYS_IN_400_YEARS: u32 = 146097;

/**
 * Puts `2026-11-21`.
 * @param seconds since 1970; up to the year 9999
 *
 * Years begin on 1 March here, so that a leap day is the last one; months then have
 * (153 m + 2) / 5 days in front of them.
 */
export function putDate(seconds: u64): void {
  const days = <u32>divide(seconds, HOUR_SECONDS) / HOURS_A_DAY + DAYS_TO_EPOCH;
  const era = days / DAYS_IN_400_YEARS;
  const dayOfEra = days % DAYS_IN_400_YEARS;
  const yearOfEra =
    (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / (DAYS_IN_400_YEARS - 1)) / 365;
  const dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
  const marchMonth = (5 * dayOfYear + 2) / 153;
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  putDecimal(yearOfEra + era * 400 + <u32>(month <= 2), 4);
  putCharacter(DASH);
  putDecimal(month, 2);
  putCharacter(DASH);
  putDecimal(dayOfYear - (153 * marchMonth + 2) / 5 + 1, 2);
}
