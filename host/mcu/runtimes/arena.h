/*
 * The heap that an interpreter wants, on a chip without one: calloc, realloc and free of the C library,
 * over a fixed piece of memory that is taken from one end. Only the last block can be given back or grow
 * in place; so an interpreter starts anew with an arena that does.
 */
#pragma once

#include <stddef.h>

/* Wipes everything and begins again. */
void arena_reset(void);
/* The most bytes that were taken since power-on. */
size_t arena_high_water(void);
