#include "receive-ring.h"

#include "pins.h"

_Static_assert((SERIAL_RING_BYTES & (SERIAL_RING_BYTES - 1)) == 0, "counts wrap at a power of two");

static struct {
  volatile uint32_t written;
  volatile uint32_t read;
  volatile bool has_lost;
  uint8_t bytes[SERIAL_RING_BYTES];
} ring;

void ring_put(uint8_t byte) {
  if (ring.written - ring.read == SERIAL_RING_BYTES) {
    ring.has_lost = true;
    return;
  }
  ring.bytes[ring.written % SERIAL_RING_BYTES] = byte;
  ring.written++;
}

void ring_lose(void) { ring.has_lost = true; }

int ring_take(void) {
  if (ring.read == ring.written) return -1;
  uint8_t *const slot = &ring.bytes[ring.read % SERIAL_RING_BYTES];
  const int byte = *slot;
  /* It may be of a PIN or a key. */
  *slot = 0;
  ring.read++;
  return byte;
}

bool ring_lost(void) {
  const bool has_lost = ring.has_lost;
  if (has_lost) ring.has_lost = false;
  return has_lost;
}
