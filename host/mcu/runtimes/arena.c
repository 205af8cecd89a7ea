#include "arena.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define ALIGNMENT 8u

static struct {
  _Alignas(ALIGNMENT) uint8_t bytes[ARENA_BYTES];
  size_t taken;
  size_t high_water;
  /* Where the last block begins. */
  size_t last;
} arena;

void arena_reset(void) {
  memset(arena.bytes, 0, sizeof arena.bytes);
  arena.taken = 0;
  arena.last = 0;
}

size_t arena_high_water(void) { return arena.high_water; }

static size_t aligned(size_t size) { return (size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1); }

/* Takes the bytes behind `begin`, which is free from there on. */
static void *take(size_t begin, size_t size) {
  if (size > sizeof arena.bytes - begin || aligned(size) > sizeof arena.bytes - begin) return NULL;
  arena.last = begin;
  arena.taken = begin + aligned(size);
  if (arena.taken > arena.high_water) arena.high_water = arena.taken;
  return &arena.bytes[begin];
}

void *calloc(size_t count, size_t size) {
  if (size != 0 && count > SIZE_MAX / size) return NULL;
  void *const block = take(arena.taken, count * size);
  if (block != NULL) memset(block, 0, count * size);
  return block;
}

void *realloc(void *block, size_t size) {
  if (block == NULL) return calloc(size, 1);
  const size_t begin = (size_t)((uint8_t *)block - arena.bytes);
  const size_t end = arena.taken;
  if (begin == arena.last) return take(begin, size);
  void *const moved = take(arena.taken, size);
  /* How long the block was is not known; what lies behind it is not the caller's business. */
  if (moved != NULL) memmove(moved, block, size < end - begin ? size : end - begin);
  return moved;
}

void free(void *block) {
  if (block == NULL || (uint8_t *)block != &arena.bytes[arena.last]) return;
  arena.taken = arena.last;
}
