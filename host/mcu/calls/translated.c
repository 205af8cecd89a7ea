/* otp.wasm translated by wasm2c, in one translation unit as the firmware's core is (rt/module.c). */
#include "otp.tuned.c"

#include "calls.h"
#include "core.h"
#include "translated.h"

#define SEEN __attribute__((externally_visible))

static Z_otp_instance_t instance;

SEEN void core_wipe(void) { memset(&instance, 0, sizeof instance); }

SEEN void module_start(void) {
  core_wipe();
  Z_otp_init_module();
  Z_otp_instantiate(&instance);
}

SEEN bool call_export(const char *name, const uint32_t *arguments, uint32_t count, uint32_t *answer) {
  return call_of(&instance, name, arguments, count, answer);
}
