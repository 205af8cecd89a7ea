/*
 * What a board gives the firmware. Each boards/<board>/ implements all of it, from drivers/.
 *
 * Calls are synchronous and return false for "could not", which changes nothing.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define BOARD_FLASH_PAGE_BYTES 1024u
#define BOARD_FLASH_PAGES 16u
#define BOARD_FLASH_BYTES (BOARD_FLASH_PAGE_BYTES * BOARD_FLASH_PAGES)
#define BOARD_FRAME_BYTES 1024u
#define BOARD_DEVICE_KEY_BYTES 32u

/* Brings up clocks, pins and parts; the serial line first. */
void board_start(void);

/* ---- for the core (docs/abi.md) ---- */

bool board_flash_read(uint32_t address, uint8_t *target, uint32_t length);
/* Programs the word at a multiple of 4; bits go from 1 to 0 only. */
bool board_flash_write(uint32_t address, uint32_t word);
bool board_flash_erase(uint32_t page);
/* Seconds since 1970; false when the clock has lost its time. */
bool board_clock_read(uint64_t *seconds);
bool board_clock_write(uint64_t seconds);
/* Milliseconds since power-on, or since the core was last powered on; wraps at 2^32. */
uint32_t board_uptime(void);
/* Random bytes, fit for keys. */
bool board_entropy(uint8_t *target, uint32_t length);
/* BOARD_DEVICE_KEY_BYTES bytes; secret. */
bool board_device_key(uint8_t *target);
/* Shows a frame of BOARD_FRAME_BYTES, or the same screen as text (core.h); neither lasts. */
void board_present(const uint8_t *frame, const char *text, uint32_t text_length);

/* ---- for the main loop ---- */

/* Lets board_uptime begin again: a reader has taken the power away from the card. */
void board_restart_uptime(void);
/* Milliseconds since reset, never set back; wraps at 2^32. */
uint32_t board_milliseconds(void);
/* The keys that were pressed since the last call, bit n for enum core_key n; call it every few milliseconds. */
uint32_t board_keys_pressed(void);
/* A byte from the serial line, or -1 when none is there. */
int board_serial_read(void);
/* The line has lost bytes since the last call: nothing that is half received can be trusted. */
bool board_serial_lost(void);
void board_serial_write(const uint8_t *bytes, uint32_t length);
/* Tells the watchdog that the main loop goes round. */
void board_feed_watchdog(void);
/* Sleeps until the next interrupt, one millisecond at most. */
void board_idle(void);

/* ---- for fault handlers ---- */

/* Wipes what may hold a secret, and resets. */
_Noreturn void board_fault(uint32_t reason);

enum {
  BOARD_FAULT_EXCEPTION = 1,
  BOARD_FAULT_RETURNED = 2,
  BOARD_FAULT_CLOCK = 3,
  /* Plus the wasm_rt_trap_t. */
  BOARD_FAULT_TRAP = 0x100,
};
