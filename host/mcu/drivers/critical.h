/* What interrupts change as well is read and written with interrupts off. */
#pragma once

#include <stdint.h>

/* Returns what interrupts_restore has to be given. */
static inline uint32_t interrupts_off(void) {
  uint32_t before;
  __asm__ volatile("mrs %0, primask\n\tcpsid i" : "=r"(before)::"memory");
  return before;
}

static inline void interrupts_restore(uint32_t before) {
  __asm__ volatile("msr primask, %0" ::"r"(before) : "memory");
}
