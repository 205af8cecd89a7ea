#include "first-start.h"

#include <string.h>

#include "board.h"
#include "drivers/flash-nvmc.h"
#include "drivers/wipe.h"
#include "keys-page.h"

static bool token_flash_is_blank(void) {
  uint32_t word = 0;
  for (uint32_t address = 0; address < BOARD_FLASH_BYTES; address += sizeof word) {
    if (!board_flash_read(address, (uint8_t *)&word, sizeof word) || word != UINT32_MAX) return false;
  }
  return true;
}

void make_keys_at_first_start(void) {
  uint32_t page[KEYS_PAGE_BYTES / sizeof(uint32_t)];
  if (keys_page_is_written() || !token_flash_is_blank()) return;
  if (board_entropy((uint8_t *)page, KEYS_PAGE_CONTENT_BYTES)) {
    const uint32_t checksum = keys_page_checksum((const uint8_t *)page);
    memcpy((uint8_t *)page + KEYS_PAGE_CONTENT_BYTES, &checksum, sizeof checksum);
    nvmc_erase((uint32_t)keys_page);
    for (uint32_t index = 0; index < sizeof page / sizeof page[0]; index++) {
      nvmc_program((uint32_t)keys_page + index * sizeof page[0], page[index]);
    }
  }
  wipe(page, sizeof page);
}
