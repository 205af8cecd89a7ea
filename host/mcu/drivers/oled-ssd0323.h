/* A 128 x 64 OLED with an SSD0323 controller: 16 grey levels, of which two are used. */
#pragma once

#include <stdint.h>

/* The board's: passes bytes to the controller, commands or data for its memory. */
void oled_send(const uint8_t *bytes, uint32_t length, int is_data);

void oled_start(void);
/* A frame of 1,024 bytes: 16 bytes a row, most significant bit left, 1 = lit. */
void oled_show(const uint8_t *frame);
