/*
 * The firmware core on a chip: the exports of token.wasm (docs/abi.md) without their instance, of which
 * there is one. Its imports are in board.h.
 */
#pragma once

#include <stdint.h>

/* Not answered yet: the command waits for a key; ask again with length 0. */
#define CORE_PENDING (-2)

enum core_key { KEY_UP = 1, KEY_DOWN, KEY_LEFT, KEY_RIGHT, KEY_OK };

/*
 * Power-on: forgets everything that is not on the flash, then boots.
 * Returns 0 or the status word with which the core refuses every command.
 */
int32_t core_power_on(void);
int32_t core_tick(void);
int32_t core_press(enum core_key key);
/* The command lies in core_buffer, and so does the answer, whose length this returns. */
int32_t core_exchange(uint32_t length);

uint8_t *core_buffer(void);
uint32_t core_buffer_length(void);
/* 1,024 bytes: 128 x 64 pixels, 16 bytes a row, most significant bit left, 1 = lit. */
const uint8_t *core_frame(void);
/* The same screen as text, lines parted by 0A; not terminated. */
const char *core_screen_text(void);
uint32_t core_screen_text_length(void);

/* Wipes all of the core's memory, for a fault handler: a call that broke off has left keys in it. */
void core_wipe(void);
