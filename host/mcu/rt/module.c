/*
 * The translated module and its one instance, in one translation unit, so that the compiler knows
 * where the memory lies and drops the instance from every call.
 */
#include "token.tuned.c"

#include "board.h"
#include "core.h"
#include "flash-word.h"

static Z_token_instance_t instance;

/* Of the module's functions only these are seen from outside (-fwhole-program). */
#define SEEN __attribute__((externally_visible))

static inline void *at(uint32_t offset, uint32_t length) {
  if (offset > MODULE_MEMORY_BYTES || length > MODULE_MEMORY_BYTES - offset) TRAP(OOB);
  return &instance.w2c_memory.data[offset];
}

SEEN void core_wipe(void) { memset(&instance, 0, sizeof instance); }

SEEN int32_t core_power_on(void) {
  core_wipe();
  Z_token_init_module();
  Z_token_instantiate(&instance, NULL);
  return (int32_t)Z_tokenZ_boot(&instance);
}

SEEN int32_t core_tick(void) { return (int32_t)Z_tokenZ_tick(&instance); }

SEEN int32_t core_press(enum core_key key) { return (int32_t)Z_tokenZ_press(&instance, key); }

SEEN int32_t core_exchange(uint32_t length) { return (int32_t)Z_tokenZ_exchange(&instance, length); }

SEEN uint32_t core_buffer_length(void) { return Z_tokenZ_bufferLength(&instance); }

SEEN uint8_t *core_buffer(void) { return at(Z_tokenZ_buffer(&instance), core_buffer_length()); }

SEEN const uint8_t *core_frame(void) { return at(Z_tokenZ_frame(&instance), BOARD_FRAME_BYTES); }

SEEN uint32_t core_screen_text_length(void) { return Z_tokenZ_screenTextLength(&instance); }

SEEN const char *core_screen_text(void) {
  return at(Z_tokenZ_screenText(&instance), core_screen_text_length());
}

/* ---- the imports: what the core asks of the board; 0 is done (docs/abi.md) -------------------- */

#define IMPORT(name) u32 Z_boardZ_##name
#define WORLD struct Z_board_instance_t *world __attribute__((unused))

static u32 outcome(bool is_done) { return is_done ? 0 : 1; }

/* Nearly every read is of one word, to one place in the memory. */
static bool is_word(u32 address, u32 target, u32 length) {
  return length == sizeof(u32) && (address | target) % sizeof(u32) == 0;
}

IMPORT(flashRead)(WORLD, u32 address, u32 target, u32 length) {
  if (is_word(address, target, length)) {
    typedef u32 __attribute__((may_alias)) aliased;
    return outcome(board_flash_word(address, (aliased *)at(target, sizeof(u32))));
  }
  return outcome(board_flash_read(address, at(target, length), length));
}

IMPORT(flashWrite)(WORLD, u32 address, u32 word) { return outcome(board_flash_write(address, word)); }

IMPORT(flashErase)(WORLD, u32 page) { return outcome(board_flash_erase(page)); }

IMPORT(clockRead)(WORLD, u32 target) {
  uint64_t seconds;
  if (!board_clock_read(&seconds)) return outcome(false);
  memcpy(at(target, sizeof seconds), &seconds, sizeof seconds);
  return outcome(true);
}

IMPORT(clockWrite)(WORLD, u32 high, u32 low) {
  return outcome(board_clock_write((uint64_t)high << 32 | low));
}

IMPORT(uptime)(WORLD) { return board_uptime(); }

IMPORT(entropy)(WORLD, u32 target, u32 length) {
  return outcome(board_entropy(at(target, length), length));
}

IMPORT(deviceKey)(WORLD, u32 target) {
  return outcome(board_device_key(at(target, BOARD_DEVICE_KEY_BYTES)));
}

IMPORT(present)(WORLD) {
  board_present(core_frame(), core_screen_text(), core_screen_text_length());
  return outcome(true);
}
