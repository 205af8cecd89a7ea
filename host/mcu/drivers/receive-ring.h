/*
 * What has come over the serial line and was not taken yet: interrupts put it in, the main loop takes it
 * out. The board's pins.h says how long it is, SERIAL_RING_BYTES, a power of two: it has to hold what
 * comes while the core is busy with something else.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* By interrupts. A byte that finds the ring full is lost. */
void ring_put(uint8_t byte);
/* The line has lost a byte by itself: an overrun, a bad stop bit. */
void ring_lose(void);

/* By the main loop: the next byte, or -1. */
int ring_take(void);
/* Whether bytes were lost since the last call. */
bool ring_lost(void);
