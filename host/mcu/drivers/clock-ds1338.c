#include "clock-ds1338.h"

#include <stddef.h>

#include "i2c.h"

#define PART 0x68u
/* Registers 0 .. 6 are the time, each BCD, register 7 is the control register (data sheet, table 1). */
enum { SECONDS, MINUTES, HOURS, WEEKDAY, DAY, MONTH, YEAR, CONTROL, REGISTERS };
/*
 * Bit 5 of CONTROL says that the oscillator has stopped. Two more bits make a register no time: bit 7 of
 * SECONDS halts the oscillator, and bit 6 of HOURS is the 12-hour mode, which this driver never writes.
 */
#define OSCILLATOR_STOPPED 0x20u

/* 2000-01-01T00:00:00Z, a Saturday, and as many days as the clock counts from there. */
#define EPOCH_SECONDS 946684800u
#define DAY_SECONDS 86400u
#define LAST_DAY 36524u
/* Days of four years, the first of which is a leap year: so it is from 2000 to 2099. */
#define CYCLE_DAYS 1461u

static uint32_t to_bcd(uint32_t number) { return number / 10 << 4 | number % 10; }

static uint32_t from_bcd(uint32_t byte) { return (byte >> 4) * 10 + (byte & 15); }

/* Days from January 1 to the first of a month, 1 .. 12. */
static uint32_t days_before(uint32_t month, bool is_leap) {
  static const uint16_t days[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
  return days[month - 1] + (is_leap && month > 2 ? 1 : 0);
}

static uint32_t days_of(uint32_t year, uint32_t month, uint32_t day) {
  const uint32_t before = year * 365 + (year + 3) / 4;
  return before + days_before(month, year % 4 == 0) + day - 1;
}

static uint32_t days_in(uint32_t year, uint32_t month) {
  const bool is_leap = year % 4 == 0;
  return month == 12 ? 31 : days_before(month + 1, is_leap) - days_before(month, is_leap);
}

static bool is_within(uint32_t byte, uint32_t least, uint32_t most) {
  const uint32_t number = from_bcd(byte);
  return byte >> 4 < 10 && (byte & 15) < 10 && number >= least && number <= most;
}

/* Whether the registers hold a time at all: at first power-on they may hold anything. */
static bool is_time(const uint8_t *registers) {
  return (registers[CONTROL] & OSCILLATOR_STOPPED) == 0 &&
         is_within(registers[SECONDS], 0, 59) && is_within(registers[MINUTES], 0, 59) &&
         is_within(registers[HOURS], 0, 23) && is_within(registers[YEAR], 0, 99) &&
         is_within(registers[MONTH], 1, 12) &&
         is_within(registers[DAY], 1, days_in(from_bcd(registers[YEAR]), from_bcd(registers[MONTH])));
}

bool ds1338_read(uint64_t *seconds) {
  const uint8_t first = SECONDS;
  uint8_t registers[REGISTERS];
  /* The part holds the time still from its first register on, so it cannot tick in between. */
  if (!i2c_write(PART, &first, 1, NULL, 0) || !i2c_read(PART, registers, REGISTERS)) return false;
  if (!is_time(registers)) return false;
  const uint32_t days = days_of(from_bcd(registers[YEAR]), from_bcd(registers[MONTH]), from_bcd(registers[DAY]));
  const uint32_t minutes = from_bcd(registers[HOURS]) * 60 + from_bcd(registers[MINUTES]);
  *seconds = EPOCH_SECONDS + (uint64_t)days * DAY_SECONDS + minutes * 60 + from_bcd(registers[SECONDS]);
  return true;
}

bool ds1338_write(uint64_t seconds) {
  if (seconds < EPOCH_SECONDS) return false;
  if (seconds >= EPOCH_SECONDS + (uint64_t)(LAST_DAY + 1) * DAY_SECONDS) return false;
  const uint32_t since = (uint32_t)(seconds - EPOCH_SECONDS);
  const uint32_t days = since / DAY_SECONDS;
  const uint32_t in_day = since % DAY_SECONDS;
  const uint32_t in_cycle = days % CYCLE_DAYS;
  const uint32_t year_in_cycle = in_cycle < 366 ? 0 : (in_cycle - 1) / 365;
  const uint32_t year = days / CYCLE_DAYS * 4 + year_in_cycle;
  const uint32_t in_year = days - days_of(year, 1, 1);
  uint32_t month = 12;
  while (days_before(month, year % 4 == 0) > in_year) month--;
  const uint8_t first = SECONDS;
  const uint8_t registers[REGISTERS] = {
      [SECONDS] = (uint8_t)to_bcd(in_day % 60),
      [MINUTES] = (uint8_t)to_bcd(in_day / 60 % 60),
      [HOURS] = (uint8_t)to_bcd(in_day / 3600),
      /* 1 is Sunday here, though the part only counts. */
      [WEEKDAY] = (uint8_t)((days + 6) % 7 + 1),
      [DAY] = (uint8_t)to_bcd(in_year - days_before(month, year % 4 == 0) + 1),
      [MONTH] = (uint8_t)to_bcd(month),
      [YEAR] = (uint8_t)to_bcd(year),
      /* No square wave; and the oscillator has not stopped since now. */
      [CONTROL] = 0,
  };
  return i2c_write(PART, &first, 1, registers, REGISTERS);
}
