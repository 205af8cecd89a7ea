/* Synchronous serial port as a master that never listens (PL022; LM3S6965 data sheet, chapter "SSI"). */
#pragma once

#include <stdint.h>

/* Mode 2, eight bits, at most `bit_hertz`. */
void ssi_start(uint32_t clock_hertz, uint32_t bit_hertz);
/* Returns once the last bit is on the line. */
void ssi_send(const uint8_t *bytes, uint32_t length);
