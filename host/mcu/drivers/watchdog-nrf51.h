/* The watchdog of the nRF51: it resets the chip when the main loop stops going round. */
#pragma once

#include <stdint.h>

/* Cannot be stopped from then on. */
void watchdog_start(uint32_t seconds);
void watchdog_feed(void);
