#include "eeprom-at24c128.h"

#include <string.h>

#include "board.h"
#include "i2c.h"

#define PART 0x50u
#define BLOCK_BYTES 64u
#define BYTES 16384u
/* Twice the longest write cycle (AT24C128C data sheet, t_WR: 5 ms). */
#define WRITE_MILLISECONDS 10u

/*
 * The block that was read last. The core reads word by word and mostly onwards, and a word costs the bus
 * eight bytes. It is forgotten before every write, so what is read back comes from the part.
 */
static struct {
  bool is_valid;
  uint32_t address;
  union {
    uint8_t bytes[BLOCK_BYTES];
    uint32_t words[BLOCK_BYTES / 4];
  };
} latest;

static bool is_inside(uint32_t address, uint32_t length) {
  return address < BYTES && length <= BYTES - address;
}

/* Acknowledge polling: a part that is busy writing does not answer to its name. */
static bool send(uint32_t address, const uint8_t *bytes, uint32_t length) {
  const uint8_t head[] = {(uint8_t)(address >> 8), (uint8_t)address};
  const uint32_t since = board_milliseconds();
  while (!i2c_write(PART, head, sizeof head, bytes, length)) {
    if (board_milliseconds() - since > WRITE_MILLISECONDS) return false;
  }
  return true;
}

/*
 * The answer of the core must not be on its way before the bytes are there for good. A write that came to
 * its end is progress, and feeds the watchdog: one command of the core may take hundreds, 5 ms each.
 */
static bool write_block(uint32_t address, const uint8_t *bytes, uint32_t length) {
  latest.is_valid = false;
  if (!send(address, bytes, length) || !send(address, NULL, 0)) return false;
  board_feed_watchdog();
  return true;
}

static bool read_block(uint32_t address) {
  if (latest.is_valid && latest.address == address) return true;
  latest.address = address;
  latest.is_valid = send(address, NULL, 0) && i2c_read(PART, latest.bytes, BLOCK_BYTES);
  return latest.is_valid;
}

bool eeprom_read(uint32_t address, uint8_t *target, uint32_t length) {
  if (!is_inside(address, length)) return false;
  while (length > 0) {
    const uint32_t offset = address % BLOCK_BYTES;
    const uint32_t left = BLOCK_BYTES - offset;
    const uint32_t part = length < left ? length : left;
    if (!read_block(address - offset)) return false;
    memcpy(target, latest.bytes + offset, part);
    address += part;
    target += part;
    length -= part;
  }
  return true;
}

bool eeprom_read_word(uint32_t address, uint32_t *word) {
  if (address >= BYTES || address % sizeof *word != 0) return false;
  const uint32_t offset = address % BLOCK_BYTES;
  if (!read_block(address - offset)) return false;
  *word = latest.words[offset / sizeof *word];
  return true;
}

bool eeprom_program(uint32_t address, uint32_t word) {
  uint32_t before;
  if (!eeprom_read_word(address, &before)) return false;
  if ((word & ~before) != 0) return false;
  return write_block(address, (const uint8_t *)&word, sizeof word);
}

bool eeprom_erase(uint32_t address, uint32_t length) {
  uint8_t blank[BLOCK_BYTES];
  if (!is_inside(address, length) || address % BLOCK_BYTES != 0 || length % BLOCK_BYTES != 0) {
    return false;
  }
  memset(blank, 0xff, sizeof blank);
  for (uint32_t end = address + length; address < end; address += BLOCK_BYTES) {
    if (!write_block(address, blank, sizeof blank)) return false;
  }
  return true;
}
