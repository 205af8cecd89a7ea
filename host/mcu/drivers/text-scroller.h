/*
 * Lets the text of the screen run from right to left over five columns of LEDs, over and over.
 *
 * A line of a screen is not long, and yet takes seconds. So a change of one of the first two lines, the
 * name and the code or whatever stands in its place, starts over at that line: nobody waits for what is
 * new, and nobody reads the rest of a code that is over. When only the last character of a line has
 * turned, as while a PIN is entered, it starts at that character. Other lines change as they run.
 */
#pragma once

#include <stdint.h>

/* Every screen but that of a long QR code, of which nobody waits for the end: that takes a minute. */
#define SCROLLER_TEXT_BYTES 192u

/* Takes a text, its lines parted by 0A; what is beyond SCROLLER_TEXT_BYTES is left out. */
void scroller_show(const char *text, uint32_t length);
/* By an interrupt, as time passes. */
void scroller_advance(uint32_t milliseconds);
