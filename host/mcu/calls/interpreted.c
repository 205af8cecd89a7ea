/* otp.wasm under wasm3 on the chip. */
#include "arena.h"
#include "calls.h"
#include "core.h"
#include "memory-size.h"
#include "module-bytes.h"
#include "wasm-rt.h"
#include "wasm3-module.h"

void core_wipe(void) { arena_reset(); }

void module_start(void) {
  const struct wasm3_module module = {
      .bytes = module_begin,
      .length = (uint32_t)(module_end - module_begin),
      .memory_bytes = MODULE_MEMORY_BYTES,
      .stack_bytes = 2048,
  };
  wasm3_start(&module);
}

bool call_export(const char *name, const uint32_t *arguments, uint32_t count, uint32_t *answer) {
  return wasm3_call(name, arguments, count, answer);
}

void wasm3_fault(const char *reason) {
  (void)reason;
  wasm_rt_trap(WASM_RT_TRAP_UNREACHABLE);
}

/* wasm3 aborts where it finds itself in a state that it cannot be in. */
void abort(void) { wasm3_fault("abort"); }
