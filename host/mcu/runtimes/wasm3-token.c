/*
 * The firmware core under wasm3: rt/core.h as rt/module.c has it, with the same imports. Whoever uses it
 * brings the bytes of token.wasm (module-bytes.h), a board (board.h), and wasm3_fault.
 */
#include <string.h>

#include "board.h"
#include "core.h"
#include "memory-size.h"
#include "module-bytes.h"
#include "wasm3-module.h"

static int32_t call(const char *name, const uint32_t *arguments, uint32_t count) {
  uint32_t answer;
  if (!wasm3_call(name, arguments, count, &answer)) wasm3_fault("no such export");
  return (int32_t)answer;
}

static int32_t call_with(const char *name, uint32_t argument) { return call(name, &argument, 1); }

static int32_t ask(const char *name) { return call(name, NULL, 0); }

/* ---- the imports: what the core asks of the board; 0 is done (docs/abi.md) -------------------- */

#define IMPORT(name) \
  static const void *name(IM3Runtime runtime __attribute__((unused)), \
                          IM3ImportContext context __attribute__((unused)), uint64_t *stack, \
                          void *memory __attribute__((unused)))

/* The result lies where the arguments begin, one place in front of them. */
static uint32_t argument(const uint64_t *stack, uint32_t index) { return (uint32_t)stack[1 + index]; }

static const void *outcome(uint64_t *stack, bool is_done) {
  stack[0] = is_done ? 0 : 1;
  return m3Err_none;
}

IMPORT(flash_read) {
  const uint32_t length = argument(stack, 2);
  uint8_t *const target = wasm3_memory(argument(stack, 1), length);
  return outcome(stack, board_flash_read(argument(stack, 0), target, length));
}

IMPORT(flash_write) {
  return outcome(stack, board_flash_write(argument(stack, 0), argument(stack, 1)));
}

IMPORT(flash_erase) { return outcome(stack, board_flash_erase(argument(stack, 0))); }

IMPORT(clock_read) {
  uint64_t seconds;
  void *const target = wasm3_memory(argument(stack, 0), sizeof seconds);
  const bool is_done = board_clock_read(&seconds);
  if (is_done) memcpy(target, &seconds, sizeof seconds);
  return outcome(stack, is_done);
}

IMPORT(clock_write) {
  return outcome(stack, board_clock_write((uint64_t)argument(stack, 0) << 32 | argument(stack, 1)));
}

IMPORT(uptime) {
  stack[0] = board_uptime();
  return m3Err_none;
}

IMPORT(entropy) {
  const uint32_t length = argument(stack, 1);
  return outcome(stack, board_entropy(wasm3_memory(argument(stack, 0), length), length));
}

IMPORT(device_key) {
  uint8_t *const target = wasm3_memory(argument(stack, 0), BOARD_DEVICE_KEY_BYTES);
  return outcome(stack, board_device_key(target));
}

/* No export is called from inside an import: where the frame lies is known from before, and the text
   is left out. */
static uint32_t frame_offset;

IMPORT(present) {
  board_present(wasm3_memory(frame_offset, BOARD_FRAME_BYTES), "", 0);
  return outcome(stack, true);
}

static const struct wasm3_import imports[] = {
    {"flashRead", "i(iii)", flash_read}, {"flashWrite", "i(ii)", flash_write},
    {"flashErase", "i(i)", flash_erase}, {"clockRead", "i(i)", clock_read},
    {"clockWrite", "i(ii)", clock_write}, {"uptime", "i()", uptime},
    {"entropy", "i(ii)", entropy},       {"deviceKey", "i(i)", device_key},
    {"present", "i()", present},         {NULL, NULL, NULL},
};

/* ---- the exports ------------------------------------------------------------------------------ */

int32_t core_power_on(void) {
  const struct wasm3_module module = {
      .bytes = module_begin,
      .length = (uint32_t)(module_end - module_begin),
      .memory_bytes = MODULE_MEMORY_BYTES,
      .stack_bytes = 4096,
      .imports = imports,
  };
  core_wipe();
  wasm3_start(&module);
  frame_offset = (uint32_t)ask("frame");
  return ask("boot");
}

int32_t core_tick(void) { return ask("tick"); }

int32_t core_press(enum core_key key) { return call_with("press", key); }

int32_t core_exchange(uint32_t length) { return call_with("exchange", length); }

uint32_t core_buffer_length(void) { return (uint32_t)ask("bufferLength"); }

uint8_t *core_buffer(void) { return wasm3_memory((uint32_t)ask("buffer"), core_buffer_length()); }

const uint8_t *core_frame(void) { return wasm3_memory(frame_offset, BOARD_FRAME_BYTES); }

uint32_t core_screen_text_length(void) { return (uint32_t)ask("screenTextLength"); }

const char *core_screen_text(void) {
  return wasm3_memory((uint32_t)ask("screenText"), core_screen_text_length());
}
