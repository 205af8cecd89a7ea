/* Letters of five rows and at most five columns, ASCII 20 to 7E; each differs from every other. */
#pragma once

#include <stdint.h>

#define FONT_ROWS 5u
#define FONT_COLUMNS 5u

/* A column, 0 .. 4, of a character: the lowest bit is at the top. */
uint8_t font_column(char character, uint32_t column);
/* The columns that a character takes, those without a dot on its right left out; 0 for a space. */
uint32_t font_width(char character);
