/* A clock for a board without one: it counts from when it was set, and knows nothing at power-on. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* By an interrupt, as time passes. */
void counted_clock_advance(uint32_t milliseconds);
/* Seconds since 1970; false until it was set. */
bool counted_clock_read(uint64_t *seconds);
void counted_clock_write(uint64_t seconds);
