/* A word of the flash of the token, in line: it lies in the chip, and mounting reads every one of them. */
#pragma once

#include "board.h"

/* From the linker: where the flash of the token lies. */
extern const uint8_t token_flash[];

/* The word at a multiple of 4; board_flash_read for one word. */
static inline bool board_flash_word(uint32_t address, uint32_t *word) {
  if (address >= BOARD_FLASH_BYTES) return false;
  /* Volatile, since words change behind the compiler's back. */
  *word = *(const volatile uint32_t *)(token_flash + address);
  return true;
}
