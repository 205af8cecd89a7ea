#include "led-matrix.h"

#include "pins.h"

#define ROWS 3u
#define FIRST_ROW (ROW_PINS & -ROW_PINS)
#define FIRST_COLUMN (COLUMN_PINS & -COLUMN_PINS)

/* Row and column, from 1, of each LED, line by line (schematic of the micro:bit, "LED matrix"). */
#define LED(row, column) ((row - 1) << 4 | (column - 1))
static const uint8_t places[] = {
    LED(1, 1), LED(2, 4), LED(1, 2), LED(2, 5), LED(1, 3), /* */
    LED(3, 4), LED(3, 5), LED(3, 6), LED(3, 7), LED(3, 8), /* */
    LED(2, 2), LED(1, 9), LED(2, 3), LED(3, 9), LED(2, 1), /* */
    LED(1, 8), LED(1, 7), LED(1, 6), LED(1, 5), LED(1, 4), /* */
    LED(3, 3), LED(2, 7), LED(3, 1), LED(2, 6), LED(3, 2),
};

static struct {
  /* The columns that are lit in each row. */
  uint32_t lit[ROWS];
  uint32_t row;
} matrix;

void leds_show(const uint8_t columns[LED_COLUMNS]) {
  uint32_t lit[ROWS] = {0, 0, 0};
  for (uint32_t x = 0; x < LED_COLUMNS; x++) {
    for (uint32_t y = 0; y < LED_COLUMNS; y++) {
      if ((columns[x] >> y & 1) == 0) continue;
      const uint32_t place = places[y * LED_COLUMNS + x];
      lit[place >> 4] |= FIRST_COLUMN << (place & 15);
    }
  }
  for (uint32_t row = 0; row < ROWS; row++) matrix.lit[row] = lit[row];
}

uint32_t leds_next_row(void) {
  matrix.row = matrix.row + 1 < ROWS ? matrix.row + 1 : 0;
  /* A column is lit when it is low. */
  return FIRST_ROW << matrix.row | (COLUMN_PINS & ~matrix.lit[matrix.row]);
}
