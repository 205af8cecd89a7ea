#pragma once

#include <stdint.h>

/* Sets I2C0 up for at most 400 kHz; its pins and its clock gate are the board's. */
void i2c_start(uint32_t clock_hertz);
