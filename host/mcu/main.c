/* The firmware on a chip: time, keys and commands go in, frames come out. */
#include "board.h"
#include "core.h"
#include "link.h"

/* The display follows the clock that often; docs/abi.md asks for once a second at least. */
#ifndef TICK_MILLISECONDS
#define TICK_MILLISECONDS 250u
#endif

int main(void) {
  uint32_t ticked_at = 0;
  board_start();
  core_power_on();
  for (;;) {
    board_feed_watchdog();
    link_poll();
    const uint32_t now = board_milliseconds();
    const uint32_t pressed = board_keys_pressed();
    for (enum core_key key = KEY_UP; key <= KEY_OK; key++) {
      if (pressed >> key & 1) core_press(key);
    }
    if (now - ticked_at >= TICK_MILLISECONDS) {
      ticked_at = now;
      core_tick();
    }
    board_idle();
  }
}
