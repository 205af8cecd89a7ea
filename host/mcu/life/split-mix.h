/* Bytes that are the same for the same seed, as sim/board/entropy.ts has them: SplitMix32. */
#pragma once

#include <stdint.h>

static inline void split_mix(uint32_t *state, uint8_t *target, uint32_t length) {
  for (uint32_t index = 0; index < length; index++) {
    *state += 0x9e3779b9u;
    uint32_t mixed = (*state ^ *state >> 16) * 0x21f0aaadu;
    mixed = (mixed ^ mixed >> 15) * 0x735a2d97u;
    target[index] = (uint8_t)(mixed ^ mixed >> 15);
  }
}
