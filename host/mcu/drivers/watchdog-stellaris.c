/* The first timeout is an interrupt, the second a reset (LM3S6965 data sheet, chapter "Watchdog Timer"). */
#include "watchdog-stellaris.h"

#include "registers.h"

#define WATCHDOG 0x40000000u
#define LOAD REGISTER(WATCHDOG + 0x000)
#define CONTROL REGISTER(WATCHDOG + 0x008)
#define INTERRUPT_CLEAR REGISTER(WATCHDOG + 0x00c)
#define LOCK REGISTER(WATCHDOG + 0xc00)

enum { COUNT = 1, RESET_ENABLE = 2 };
#define UNLOCKED 0x1acce551u

void watchdog_start(uint32_t clock_hertz, uint32_t seconds) {
  LOCK = UNLOCKED;
  LOAD = clock_hertz * seconds;
  CONTROL = COUNT | RESET_ENABLE;
  LOCK = 0;
}

void watchdog_feed(void) {
  LOCK = UNLOCKED;
  /* Takes the first timeout back, if there was one, and begins to count anew. */
  INTERRUPT_CLEAR = 1;
  LOCK = 0;
}
