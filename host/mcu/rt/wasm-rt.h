/*
 * What wasm2c's output (1.0.32) needs of its world, on a chip without an operating system.
 *
 * The memory lies inside the instance and has exactly the bytes that the module uses, so that every
 * bound is a constant. A trap does not unwind: it is a fault of the firmware, and the board resets.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "memory-size.h"

#define LIKELY(condition) __builtin_expect(!!(condition), 1)
#define UNLIKELY(condition) __builtin_expect(!!(condition), 0)

typedef enum {
  WASM_RT_TRAP_NONE,
  WASM_RT_TRAP_OOB,
  WASM_RT_TRAP_INT_OVERFLOW,
  WASM_RT_TRAP_DIV_BY_ZERO,
  WASM_RT_TRAP_INVALID_CONVERSION,
  WASM_RT_TRAP_UNREACHABLE,
  WASM_RT_TRAP_CALL_INDIRECT,
  WASM_RT_TRAP_EXHAUSTION,
  /* Ours: an access that is not aligned to its own size, found in debug builds only. */
  WASM_RT_TRAP_MISALIGNED,
} wasm_rt_trap_t;

typedef enum { WASM_RT_I32, WASM_RT_I64, WASM_RT_F32, WASM_RT_F64 } wasm_rt_type_t;

typedef struct {
  _Alignas(8) uint8_t data[MODULE_MEMORY_BYTES];
} wasm_rt_memory_t;

/* The board's fault handler; does not return. */
_Noreturn void wasm_rt_trap(wasm_rt_trap_t trap);

static inline bool wasm_rt_is_initialized(void) { return true; }

/* The memory is there already, and the instance it lies in was zeroed by whoever owns it. */
#define wasm_rt_allocate_memory(memory, pages, maximum) ((void)(memory))
#define wasm_rt_free_memory(memory) ((void)(memory))
/* Types matter to tables only, and there is none. */
#define wasm_rt_register_func_type(parameters, results, ...) 0u
