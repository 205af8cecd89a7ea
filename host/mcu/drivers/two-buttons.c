#include "two-buttons.h"

#include <stdbool.h>

#include "core.h"
#include "keys.h"

#ifndef LONG_PRESS_MILLISECONDS
#define LONG_PRESS_MILLISECONDS 600u
#endif

static struct {
  /* Not after a press that has counted, nor at power-on, until both buttons are up. */
  bool is_ready;
  /* The one button that is down. */
  uint32_t down;
  uint32_t since;
} buttons;

static uint32_t key(enum core_key key) { return 1u << key; }

/* Has counted: what is still held means nothing more. */
static uint32_t count(uint32_t pressed) {
  buttons.is_ready = false;
  buttons.down = 0;
  return pressed;
}

static uint32_t let_go(void) {
  const uint32_t before = buttons.down;
  buttons.down = 0;
  buttons.is_ready = true;
  if (before == 0) return 0;
  return key(before == BUTTON_A ? KEY_UP : KEY_DOWN);
}

uint32_t buttons_pressed(uint32_t held, uint32_t milliseconds) {
  keys_pressed(held, milliseconds);
  const uint32_t down = keys_down() & (BUTTON_A | BUTTON_B);
  if (down == 0) return let_go();
  if (!buttons.is_ready) return 0;
  if (down == (BUTTON_A | BUTTON_B)) return count(key(KEY_OK));
  if (down != buttons.down) {
    buttons.down = down;
    buttons.since = milliseconds;
  } else if (milliseconds - buttons.since >= LONG_PRESS_MILLISECONDS) {
    return count(key(down == BUTTON_A ? KEY_LEFT : KEY_RIGHT));
  }
  return 0;
}
