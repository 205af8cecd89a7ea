/* The watchdog of the Stellaris family: it resets the chip when the main loop stops going round. */
#pragma once

#include <stdint.h>

/* Resets after twice that time without being fed; cannot be stopped from then on. */
void watchdog_start(uint32_t clock_hertz, uint32_t seconds);
void watchdog_feed(void);
