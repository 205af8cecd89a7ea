#include "life.h"

#include <string.h>

#include "board.h"
#include "core.h"
#include "split-mix.h"

/* CIRCUMSTANCES of test/history.ts. */
#define START_SECONDS 1795262400u
#define ENTROPY_SEED 20261121u
#define DEVICE_KEY_BYTE 0xd1

/* ---- the board ---- */

static struct {
  uint8_t flash[BOARD_FLASH_BYTES];
  /* What the clock would say at second 0 of this life. */
  uint64_t clock_base;
  uint32_t elapsed;
  uint32_t entropy_state;
  bool is_alive;
} world;

static void begin(void) {
  memset(world.flash, 0xff, sizeof world.flash);
  world.clock_base = START_SECONDS;
  world.entropy_state = ENTROPY_SEED;
  world.is_alive = true;
}

bool board_flash_read(uint32_t address, uint8_t *target, uint32_t length) {
  memcpy(target, &world.flash[address], length);
  return true;
}

bool board_flash_write(uint32_t address, uint32_t word) {
  for (uint32_t index = 0; index < 4; index++) world.flash[address + index] &= word >> 8 * index;
  return true;
}

bool board_flash_erase(uint32_t page) {
  memset(&world.flash[page * BOARD_FLASH_PAGE_BYTES], 0xff, BOARD_FLASH_PAGE_BYTES);
  return true;
}

bool board_clock_read(uint64_t *seconds) {
  *seconds = world.clock_base + world.elapsed;
  return true;
}

bool board_clock_write(uint64_t seconds) {
  world.clock_base = seconds - world.elapsed;
  return true;
}

uint32_t board_uptime(void) { return world.elapsed * 1000; }

bool board_entropy(uint8_t *target, uint32_t length) {
  split_mix(&world.entropy_state, target, length);
  return true;
}

bool board_device_key(uint8_t *target) {
  memset(target, DEVICE_KEY_BYTE, BOARD_DEVICE_KEY_BYTES);
  return true;
}

void board_present(const uint8_t *frame, const char *text, uint32_t text_length) {
  (void)frame, (void)text, (void)text_length;
}

/* ---- the line ---- */

static struct {
  char text[1200];
  uint32_t length;
} line;

static void send_hex(const void *bytes, uint32_t length) {
  static const char digits[] = "0123456789abcdef";
  for (uint32_t index = 0; index < length; index++) {
    const uint8_t byte = ((const uint8_t *)bytes)[index];
    const char pair[2] = {digits[byte >> 4], digits[byte & 15]};
    life_send(pair, sizeof pair);
  }
  life_send("\n", 1);
}

static void send_word(int32_t word) {
  const uint8_t bytes[] = {(uint8_t)(word >> 24), (uint8_t)(word >> 16), (uint8_t)(word >> 8),
                           (uint8_t)word};
  send_hex(bytes, sizeof bytes);
}

static uint32_t number(const char *text) {
  uint32_t value = 0;
  for (; *text >= '0' && *text <= '9'; text++) value = value * 10 + (uint32_t)(*text - '0');
  return value;
}

static uint8_t digit(char letter) {
  return (uint8_t)(letter <= '9' ? letter - '0' : letter - 'a' + 10);
}

static void exchange(const char *hex) {
  uint8_t *const buffer = core_buffer();
  uint32_t length = 0;
  for (; hex[0] && length < core_buffer_length(); hex += 2) {
    buffer[length++] = (uint8_t)(digit(hex[0]) << 4 | digit(hex[1]));
  }
  const int32_t answer = core_exchange(length);
  if (answer == CORE_PENDING) life_send("pending\n", 8);
  else send_hex(core_buffer(), answer < 0 ? 0 : (uint32_t)answer);
}

static bool is(const char *word) { return strcmp(line.text, word) == 0; }

/* What stands behind a word and a space, or NULL when that is not how the line begins. */
static const char *after(const char *word) {
  const size_t length = strlen(word);
  if (strncmp(line.text, word, length) != 0 || line.text[length] != ' ') return NULL;
  return &line.text[length + 1];
}

static void happen(void) {
  const char *rest;
  if (!world.is_alive) begin();
  if (is("power-on")) {
    send_word(core_power_on());
  } else if (is("tick")) {
    send_word(core_tick());
  } else if (is("frame")) {
    send_hex(core_frame(), BOARD_FRAME_BYTES);
  } else if (is("text")) {
    send_hex(core_screen_text(), core_screen_text_length());
  } else if (is("flash")) {
    send_hex(world.flash, sizeof world.flash);
  } else if ((rest = after("press")) != NULL) {
    send_word(core_press((enum core_key)number(rest)));
  } else if ((rest = after("advance")) != NULL) {
    world.elapsed += number(rest);
    send_word(0);
  } else if ((rest = after("exchange")) != NULL) {
    exchange(rest);
  } else {
    life_send("what?\n", 6);
  }
}

void life_take(char byte) {
  if (byte != '\n') {
    if (line.length < sizeof line.text - 1) line.text[line.length++] = byte;
    return;
  }
  line.text[line.length] = '\0';
  happen();
  memset(&line, 0, sizeof line);
}
