/*
 * Closes the chip to debuggers in a release build, so that nobody reads keys and memory (nRF51 reference
 * manual, "UICR", RBPCONF). From the next reset on all that a debugger can do is erase everything, which
 * opens the chip again, without what was in it.
 */
#include "protect.h"

#include <stdint.h>

#include "drivers/flash-nvmc.h"
#include "drivers/registers.h"
#include "keys-page.h"

#define READ_BACK_PROTECTION 0x10001004u
#define PROTECT_ALL 0x0000ff00u

void close_debug_port(void) {
  /* Not before the board has its keys: they may come in through that port. */
  if (!keys_page_is_written()) return;
  const uint32_t before = REGISTER(READ_BACK_PROTECTION);
  if (before & PROTECT_ALL) nvmc_program(READ_BACK_PROTECTION, before & ~PROTECT_ALL);
}
