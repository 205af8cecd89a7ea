/* A word of the flash of the token: it lies in the EEPROM, of which the driver keeps the latest block. */
#pragma once

#include "drivers/eeprom-at24c128.h"

/* The word at a multiple of 4; board_flash_read for one word. */
static inline bool board_flash_word(uint32_t address, uint32_t *word) {
  return eeprom_read_word(address, word);
}
