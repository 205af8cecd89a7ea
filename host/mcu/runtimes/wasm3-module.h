/*
 * A module under wasm3, an interpreter: for any of our modules, on a chip or on a computer.
 *
 * Every problem is a fault of the program, since module, imports and memory are fixed when it is built:
 * `wasm3_fault`, which whoever uses this has, does not return.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "wasm3.h"

struct wasm3_import {
  const char *name;
  /* wasm3's notation: "i(ii)" takes two i32 and returns one. */
  const char *signature;
  M3RawCall function;
};

struct wasm3_module {
  /* Has to stay where it is: wasm3 compiles a function from it when it is first called. */
  const uint8_t *bytes;
  uint32_t length;
  /* Bytes of memory that the module gets: its __heap_base. */
  uint32_t memory_bytes;
  /* For the values of its deepest call. */
  uint32_t stack_bytes;
  /* Imports of the module `board`, up to one without a name; NULL: none. */
  const struct wasm3_import *imports;
};

/* Instantiates the module, with memory of zeros. What was instantiated before is given up, not freed. */
void wasm3_start(const struct wasm3_module *module);

/* Calls an export. @returns false when there is none of that name with so many arguments */
bool wasm3_call(const char *name, const uint32_t *arguments, uint32_t count, uint32_t *answer);

/* @returns where `length` bytes of the module's memory lie; a fault when they do not all lie in it */
void *wasm3_memory(uint32_t offset, uint32_t length);

_Noreturn void wasm3_fault(const char *reason);
