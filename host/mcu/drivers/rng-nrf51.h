/* The noise source of the nRF51, with its own correction of bias. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

void rng_start(void);
/* The next byte, which takes 0.7 ms; false when none comes. */
bool rng_read(uint8_t *byte);
void rng_stop(void);
