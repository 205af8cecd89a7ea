/* A synchronous serial port (PL022), as a master that sends and never listens. */
#pragma once

#include <stdint.h>

/* Mode 0, eight bits, at most `bit_hertz`. */
void ssi_start(uint32_t clock_hertz, uint32_t bit_hertz);
/* Returns once the last bit is on the line. */
void ssi_send(const uint8_t *bytes, uint32_t length);
