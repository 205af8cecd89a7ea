#include "oled-ssd0323.h"

#define ROWS 64u
#define ROW_BYTES 16u
/* Two pixels of four bits each in a byte of the controller's memory. */
#define CONTROLLER_ROW_BYTES 64u

static const uint8_t start[] = {
    0xae,       /* display off while its memory is what it was at power-on */
    0x15, 0, CONTROLLER_ROW_BYTES - 1, 0x75, 0, ROWS - 1, /* the window: everything */
    0x81, 0x70, /* contrast */
    0x86,       /* full current range */
    0xa0, 0x00, /* neither mirrored nor interleaved; along rows */
    0xa1, 0x00, /* first line */
    0xa2, 0x00, /* no offset */
    0xa8, ROWS - 1, /* multiplex ratio */
    0xa4,       /* as its memory says */
};

void oled_start(void) {
  static const uint8_t on[] = {0xaf};
  static const uint8_t blank[ROWS * ROW_BYTES];
  oled_send(start, sizeof start, 0);
  oled_show(blank);
  oled_send(on, sizeof on, 0);
}

void oled_show(const uint8_t *frame) {
  /* The pointer into the window starts over: a lost byte spoils one frame, not all that follow. */
  static const uint8_t window[] = {0x15, 0, CONTROLLER_ROW_BYTES - 1, 0x75, 0, ROWS - 1};
  /* Two bits to two nibbles, left pixel high. */
  static const uint8_t pairs[] = {0x00, 0x0f, 0xf0, 0xff};
  oled_send(window, sizeof window, 0);
  for (uint32_t row = 0; row < ROWS; row++) {
    uint8_t pixels[CONTROLLER_ROW_BYTES];
    for (uint32_t pair = 0; pair < CONTROLLER_ROW_BYTES; pair++) {
      const uint8_t byte = frame[row * ROW_BYTES + pair / 4];
      pixels[pair] = pairs[byte >> (6 - pair % 4 * 2) & 3];
    }
    oled_send(pixels, sizeof pixels, 1);
  }
}
