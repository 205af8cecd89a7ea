/* TIMER0 of the nRF51 counts microseconds and interrupts every millisecond. */
#pragma once

#include <stdint.h>

void timer_start(void);
/*
 * To be called by the board's interrupt vector. Returns the milliseconds that have passed since the last
 * call: more than one when the chip stood still, as it does for 22 ms while a page of flash is erased.
 */
uint32_t timer_passed(void);
