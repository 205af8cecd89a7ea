/*
 * Time and chance as a test wants them, for the BUILD=rehearsal that must live a recorded life to the
 * byte. They lie where a reset leaves them and where the test reaches them through the emulator; the
 * same numbers are in sim/board (DrivenClock, seededEntropy). Never part of an image that is given away.
 */
#include "board.h"
#include "core.h"
#include "life/split-mix.h"

__attribute__((section(".noinit"))) struct {
  /* What the clock would say at second 0. */
  uint64_t clock_base;
  /* Seconds since the life began, for the clock and since power-on alike. */
  volatile uint32_t elapsed;
  uint32_t entropy_state;
  /* Calls of the core that have returned, so that the test knows when one has. */
  volatile uint32_t presses;
  volatile uint32_t ticks;
  volatile uint32_t power_ons;
} rehearsal;
__attribute__((section(".noinit"))) volatile uint32_t rehearsal_long_press;

uint32_t board_uptime(void) { return rehearsal.elapsed * 1000; }

void board_restart_uptime(void) {}

bool board_clock_read(uint64_t *seconds) {
  *seconds = rehearsal.clock_base + rehearsal.elapsed;
  return true;
}

bool board_clock_write(uint64_t seconds) {
  rehearsal.clock_base = seconds - rehearsal.elapsed;
  return true;
}

bool board_entropy(uint8_t *target, uint32_t length) {
  split_mix(&rehearsal.entropy_state, target, length);
  return true;
}

/* The linker puts these in between (--wrap). */
int32_t __real_core_power_on(void);
int32_t __real_core_press(enum core_key key);
int32_t __real_core_tick(void);
int32_t __wrap_core_power_on(void);
int32_t __wrap_core_press(enum core_key key);
int32_t __wrap_core_tick(void);

int32_t __wrap_core_power_on(void) {
  const int32_t status = __real_core_power_on();
  rehearsal.power_ons++;
  return status;
}

int32_t __wrap_core_press(enum core_key key) {
  const int32_t status = __real_core_press(key);
  rehearsal.presses++;
  return status;
}

int32_t __wrap_core_tick(void) {
  const int32_t status = __real_core_tick();
  rehearsal.ticks++;
  return status;
}
