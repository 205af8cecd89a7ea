/*
 * A 16 KiB I2C EEPROM (AT24C128, M24128 and alike) that behaves as NOR flash does: words are programmed
 * from 1 to 0, pages of 1 KiB are erased to 1s (assembly/store/FORMAT.md).
 *
 * A page write of the part takes up to 64 bytes that lie in one block of 64, and then the part does not
 * acknowledge until it is done, for 5 ms at most. A cut of power leaves a part of those bytes changed,
 * which is what the format allows; no other byte may change, so the part must not rewrite neighbours.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

bool eeprom_read(uint32_t address, uint8_t *target, uint32_t length);
/* The word at a multiple of 4. */
bool eeprom_read_word(uint32_t address, uint32_t *word);
/* Refuses a word that would turn a 0 into a 1. */
bool eeprom_program(uint32_t address, uint32_t word);
bool eeprom_erase(uint32_t address, uint32_t length);
