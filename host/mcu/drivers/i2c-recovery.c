#include "i2c-recovery.h"

/* Eight of a byte, and one of its acknowledge. */
#define CLOCKS 9

static void pulse(void) {
  bus_move_clock(false);
  bus_wait();
  bus_move_clock(true);
  bus_wait();
}

static void stop(void) {
  bus_move_clock(false);
  bus_move_data(false);
  bus_wait();
  bus_move_clock(true);
  bus_wait();
  bus_move_data(true);
  bus_wait();
}

void bus_recover(void) {
  bus_move_clock(true);
  bus_move_data(true);
  bus_wait();
  if (bus_data_is_high()) return;
  for (int left = CLOCKS; left > 0 && !bus_data_is_high(); left--) pulse();
  stop();
}
