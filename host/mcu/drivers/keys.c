#include "keys.h"

/* Contacts count as they are once they have been so for this long. */
#define STABLE_MILLISECONDS 15u

static struct {
  uint32_t last;
  uint32_t changed_at;
  /* The keys that are up. Zero at power-on: all count as held until they are seen open. */
  uint32_t open;
} keys;

uint32_t keys_pressed(uint32_t held, uint32_t milliseconds) {
  if (held != keys.last) {
    keys.last = held;
    keys.changed_at = milliseconds;
    return 0;
  }
  if (milliseconds - keys.changed_at < STABLE_MILLISECONDS) return 0;
  const uint32_t pressed = held & keys.open;
  keys.open = ~held;
  return pressed;
}

uint32_t keys_down(void) { return ~keys.open; }
