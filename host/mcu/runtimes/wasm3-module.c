#include "wasm3-module.h"

/* For the limit of the memory, which has no public setter. */
#include "m3_env.h"

#define MOST_ARGUMENTS 8u

static IM3Runtime runtime;

static void demand(M3Result result) {
  if (result != m3Err_none) wasm3_fault(result);
}

void wasm3_start(const struct wasm3_module *module) {
  IM3Module parsed;
  IM3Environment environment = m3_NewEnvironment();
  if (environment == NULL) wasm3_fault(m3Err_mallocFailed);
  runtime = m3_NewRuntime(environment, module->stack_bytes, NULL);
  if (runtime == NULL) wasm3_fault(m3Err_mallocFailed);
  runtime->memoryLimit = module->memory_bytes;
  demand(m3_ParseModule(environment, &parsed, module->bytes, module->length));
  demand(m3_LoadModule(runtime, parsed));
  for (const struct wasm3_import *import = module->imports; import && import->name; import++) {
    demand(m3_LinkRawFunction(parsed, "board", import->name, import->signature, import->function));
  }
}

bool wasm3_call(const char *name, const uint32_t *arguments, uint32_t count, uint32_t *answer) {
  IM3Function function;
  const void *pointers[MOST_ARGUMENTS];
  const void *results[] = {answer};
  const M3Result found = m3_FindFunction(&function, runtime, name);
  if (found == m3Err_functionLookupFailed) return false;
  demand(found);
  if (count > MOST_ARGUMENTS || m3_GetArgCount(function) != count) return false;
  for (uint32_t index = 0; index < count; index++) pointers[index] = &arguments[index];
  demand(m3_Call(function, count, pointers));
  demand(m3_GetResults(function, 1, results));
  return true;
}

void *wasm3_memory(uint32_t offset, uint32_t length) {
  uint32_t size;
  uint8_t *const memory = m3_GetMemory(runtime, &size, 0);
  if (offset > size || length > size - offset) wasm3_fault(m3Err_trapOutOfBoundsMemoryAccess);
  return memory + offset;
}
