#include "clock-counted.h"

#include "critical.h"

#define MILLISECONDS_A_SECOND 1000u

static struct {
  bool is_set;
  uint64_t seconds;
  uint32_t milliseconds;
} clock;

void counted_clock_advance(uint32_t milliseconds) {
  clock.milliseconds += milliseconds;
  while (clock.milliseconds >= MILLISECONDS_A_SECOND) {
    clock.milliseconds -= MILLISECONDS_A_SECOND;
    clock.seconds++;
  }
}

bool counted_clock_read(uint64_t *seconds) {
  const uint32_t before = interrupts_off();
  *seconds = clock.seconds;
  interrupts_restore(before);
  return clock.is_set;
}

void counted_clock_write(uint64_t seconds) {
  const uint32_t before = interrupts_off();
  clock.seconds = seconds;
  clock.milliseconds = 0;
  clock.is_set = true;
  interrupts_restore(before);
}
