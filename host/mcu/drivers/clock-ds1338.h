/*
 * A DS1338 real-time clock with its own battery. It knows years 2000 to 2099, and says when its
 * oscillator has stood still: then its time is lost.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Seconds since 1970; false when time was lost, or no clock answers. */
bool ds1338_read(uint64_t *seconds);
/* False outside the years 2000 to 2099. */
bool ds1338_write(uint64_t seconds);
