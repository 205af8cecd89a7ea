#pragma once

#include <stdint.h>
#include <string.h>

/* Zeroes memory, also where a compiler would see that nobody reads it again. */
static inline void wipe(void *bytes, uint32_t length) {
  memset(bytes, 0, length);
  __asm__ volatile("" ::"r"(bytes) : "memory");
}
