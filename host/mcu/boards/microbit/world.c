/* Time and chance as they are. rehearsal.c has them as a test wants them. */
#include "board.h"
#include "drivers/clock-counted.h"
#include "drivers/entropy.h"

static uint32_t uptime_began;

uint32_t board_uptime(void) { return board_milliseconds() - uptime_began; }

void board_restart_uptime(void) { uptime_began = board_milliseconds(); }

bool board_clock_read(uint64_t *seconds) { return counted_clock_read(seconds); }

bool board_clock_write(uint64_t seconds) {
  counted_clock_write(seconds);
  return true;
}

bool board_entropy(uint8_t *target, uint32_t length) { return entropy_draw(target, length); }
