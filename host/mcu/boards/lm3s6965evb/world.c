/* Time and chance as they are. rehearsal.c has them as a test wants them. */
#include "board.h"
#include "drivers/clock-ds1338.h"
#include "drivers/entropy.h"

static uint32_t uptime_began;

uint32_t board_uptime(void) { return board_milliseconds() - uptime_began; }

void board_restart_uptime(void) { uptime_began = board_milliseconds(); }

bool board_clock_read(uint64_t *seconds) { return ds1338_read(seconds); }

bool board_clock_write(uint64_t seconds) { return ds1338_write(seconds); }

bool board_entropy(uint8_t *target, uint32_t length) { return entropy_draw(target, length); }
