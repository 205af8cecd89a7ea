#include "keys-page.h"

#include <string.h>

#include "board.h"

#define CONTENT_BYTES (BOARD_DEVICE_KEY_BYTES + KEYS_PAGE_SEED_BYTES)

/* From the linker: where the page lies. */
extern const uint8_t keys_page[];

/* CRC-32 of IEEE 802.3, reflected. */
static uint32_t checksum(const uint8_t *bytes, uint32_t length) {
  uint32_t crc = 0xffffffff;
  for (uint32_t index = 0; index < length; index++) {
    crc ^= bytes[index];
    for (int bit = 0; bit < 8; bit++) crc = crc >> 1 ^ (0xedb88320u & -(crc & 1));
  }
  return ~crc;
}

bool keys_page_is_written(void) {
  uint32_t expected;
  memcpy(&expected, keys_page + CONTENT_BYTES, sizeof expected);
  return checksum(keys_page, CONTENT_BYTES) == expected;
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
