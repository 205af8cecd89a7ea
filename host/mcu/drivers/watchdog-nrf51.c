/* It brings its own oscillator (nRF51 reference manual, "WDT"); nothing here waits for an answer. */
#include "watchdog-nrf51.h"

#include "registers.h"

#define WATCHDOG 0x40010000u
#define START REGISTER(WATCHDOG + 0x000)
#define RELOAD_VALUE REGISTER(WATCHDOG + 0x504)
#define RELOAD_ENABLE REGISTER(WATCHDOG + 0x508)
#define CONFIGURATION REGISTER(WATCHDOG + 0x50c)
#define RELOAD_0 REGISTER(WATCHDOG + 0x600)

#define TICKS_A_SECOND 32768u
#define FIRST_RELOAD 1u
/* On while the chip sleeps, off while a debugger holds it. */
#define RUN_ASLEEP 1u
#define RELOAD 0x6e524635u

void watchdog_start(uint32_t seconds) {
  RELOAD_VALUE = seconds * TICKS_A_SECOND - 1;
  RELOAD_ENABLE = FIRST_RELOAD;
  CONFIGURATION = RUN_ASLEEP;
  START = 1;
}

void watchdog_feed(void) { RELOAD_0 = RELOAD; }
