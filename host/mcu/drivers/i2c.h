/* The I2C bus, as its master. Each chip family implements it. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/*
 * Both address a part (7 bits), pass the bytes and stop. False when nobody acknowledged, or the bus
 * did not come free in time; a part that was written to may have taken some of the bytes.
 */
bool i2c_write(uint8_t part, const uint8_t *head, uint32_t head_length, const uint8_t *bytes,
               uint32_t length);
bool i2c_read(uint8_t part, uint8_t *target, uint32_t length);
