/*
 * Closes the debug port of a release build, so that nobody reads keys and memory through it. That is
 * for good: the register is written once (LM3S6965 data sheet, "Internal Memory", USER_DBG), from the
 * next power-on on there is no way in, neither for a thief nor for its owner.
 */
#include "protect.h"

#include <stdint.h>

#include "drivers/registers.h"
#include "keys-page.h"
#include "pins.h"

#define USER_DEBUG REGISTER(0x400fe1d0)
#define NOT_WRITTEN 0x80000000u
#define DEBUG_ENABLED 2u

/* Microseconds of the flash controller, in cycles of the clock ("Internal Memory", USECRL). */
#define FLASH_MICROSECOND REGISTER(0x400fe140)
#define FLASH_ADDRESS REGISTER(0x400fd000)
#define FLASH_DATA REGISTER(0x400fd004)
#define FLASH_CONTROL REGISTER(0x400fd008)
#define USER_DEBUG_ADDRESS 0x75100000u
#define WRITE_KEY 0xa4420000u
#define COMMIT 8u
/* Some 20 milliseconds, where the data sheet has 50 microseconds. */
#define PATIENCE 200000u

void close_debug_port(void) {
  /* Not before the board has its keys: they come in through that port. */
  if ((USER_DEBUG & NOT_WRITTEN) == 0 || !keys_page_is_written()) return;
  FLASH_MICROSECOND = CLOCK_HERTZ / 1000000 - 1;
  FLASH_DATA = USER_DEBUG & ~(NOT_WRITTEN | DEBUG_ENABLED);
  FLASH_ADDRESS = USER_DEBUG_ADDRESS;
  FLASH_CONTROL = WRITE_KEY | COMMIT;
  /* What is not committed then is tried again at the next start. */
  for (uint32_t left = PATIENCE; left > 0 && (FLASH_CONTROL & COMMIT) != 0; left--) {
  }
}
