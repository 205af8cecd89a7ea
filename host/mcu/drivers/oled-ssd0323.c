#include "oled-ssd0323.h"

#define ROWS 64u
#define ROW_BYTES 16u
/* Two pixels of four bits each in a byte of the controller's memory. */
#define CONTROLLER_ROW_BYTES 64u

/*
 * Commands by their names in the SSD0323 data sheet (table "Command Table"). The values are those that the
 * maker of the board gives for this panel, an Osram Pictiva of 128 x 64 (application note AN018 of Osram);
 * QEMU takes all of them and heeds the window alone.
 */
static const uint8_t start[] = {
    0xae,                                /* Display OFF, while its memory is what it was at power-on */
    0x15, 0, CONTROLLER_ROW_BYTES - 1,   /* Column Address: the whole width */
    0x75, 0, ROWS - 1,                   /* Row Address: the whole height */
    0x81, 50,                            /* Contrast Control, of 127 */
    0x85,                                /* Current Range: half */
    /* Re-map: odd rows on one side of the panel and even ones on the other (bit 6), the first at the
       bottom (bit 4), the left pixel of a byte in its high nibble (bit 1); the pointer goes along rows. */
    0xa0, 0x52,
    0xa1, 0,                             /* Display Start Line */
    0xa2, 76,                            /* Display Offset: the panel has the last 64 of 80 rows, remapped */
    0xa4,                                /* Normal Display: what the memory says */
    0xa8, ROWS - 1,                      /* Multiplex Ratio */
    0xb1, 0x22,                          /* Phase Length: 2 clocks of reset, 2 of pre-charge */
    0xb2, 70,                            /* Row Period, in clocks */
    0xb3, 0xf1,                          /* Clock Divide Ratio 2, and the fastest oscillator */
    0xbf, 0x0d,                          /* Segment Low Voltage, VSL */
    0xbe, 0x02,                          /* VCOMH */
    0xbc, 0x10,                          /* Pre-charge Voltage */
    0xb8, 0x01, 0x11, 0x22, 0x32, 0x43, 0x54, 0x65, 0x76, /* Gray Scale Table */
    0xad, 0x03,                          /* DC-DC Converter: on */
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
