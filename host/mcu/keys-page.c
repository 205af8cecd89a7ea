#include "keys-page.h"

#include <string.h>

#include "board.h"

_Static_assert(KEYS_PAGE_CONTENT_BYTES == BOARD_DEVICE_KEY_BYTES + KEYS_PAGE_SEED_BYTES, "keys-page.h");

/* CRC-32 of IEEE 802.3, reflected. */
uint32_t keys_page_checksum(const uint8_t *content) {
  uint32_t crc = 0xffffffff;
  for (uint32_t index = 0; index < KEYS_PAGE_CONTENT_BYTES; index++) {
    crc ^= content[index];
    for (int bit = 0; bit < 8; bit++) crc = crc >> 1 ^ (0xedb88320u & -(crc & 1));
  }
  return ~crc;
}

bool keys_page_is_written(void) {
  uint32_t expected;
  memcpy(&expected, keys_page + KEYS_PAGE_CONTENT_BYTES, sizeof expected);
  return keys_page_checksum(keys_page) == expected;
}

static bool copy(uint8_t *target, uint32_t offset, uint32_t length) {
  if (!keys_page_is_written()) return false;
  memcpy(target, keys_page + offset, length);
  return true;
}

bool keys_page_device_key(uint8_t *target) { return copy(target, 0, BOARD_DEVICE_KEY_BYTES); }

bool keys_page_seed(uint8_t *target) {
  return copy(target, BOARD_DEVICE_KEY_BYTES, KEYS_PAGE_SEED_BYTES);
}
