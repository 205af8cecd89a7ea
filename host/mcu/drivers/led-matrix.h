/*
 * The 5 x 5 LEDs of the micro:bit, which are wired as three rows of nine columns: one row is lit at a
 * time. The pins are ROW_PINS and COLUMN_PINS of the board's pins.h, in their order.
 */
#pragma once

#include <stdint.h>

#define LED_COLUMNS 5u

/* Takes a picture, five columns from the left; the lowest bit of each is the LED at the top. */
void leds_show(const uint8_t columns[LED_COLUMNS]);
/* By an interrupt, every millisecond or two: lights the next row. Returns the levels of the pins. */
uint32_t leds_next_row(void);
