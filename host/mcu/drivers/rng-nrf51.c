/* nRF51 reference manual, chapter "RNG". */
#include "rng-nrf51.h"

#include "board.h"
#include "registers.h"

#define RNG 0x4000d000u
#define START REGISTER(RNG + 0x000)
#define STOP REGISTER(RNG + 0x004)
#define VALUE_READY REGISTER(RNG + 0x100)
#define CONFIGURATION REGISTER(RNG + 0x504)
#define VALUE REGISTER(RNG + 0x508)

#define CORRECT_BIAS 1u
#define PATIENCE_MILLISECONDS 100u

void rng_start(void) {
  CONFIGURATION = CORRECT_BIAS;
  VALUE_READY = 0;
  START = 1;
}

bool rng_read(uint8_t *byte) {
  const uint32_t since = board_milliseconds();
  for (;;) {
    /* In this order: time may pass by leaps, and a byte that came with the leap is not late. */
    const bool is_late = board_milliseconds() - since > PATIENCE_MILLISECONDS;
    if (VALUE_READY) break;
    if (is_late) return false;
  }
  VALUE_READY = 0;
  *byte = (uint8_t)VALUE;
  return true;
}

void rng_stop(void) { STOP = 1; }
