/* The exports of otp.wasm as wasm2c translates them; otp.h or the translation itself comes before this. */
#pragma once

#include <string.h>

#include "calls.h"

typedef Z_otp_instance_t *Instance;

/* Every export returns one i32, so the number of arguments is all that tells them apart. */
typedef u32 (*Call0)(Instance);
typedef u32 (*Call1)(Instance, u32);
typedef u32 (*Call2)(Instance, u32, u32);
typedef u32 (*Call4)(Instance, u32, u32, u32, u32);
typedef u32 (*Call5)(Instance, u32, u32, u32, u32, u32);
typedef u32 (*Call8)(Instance, u32, u32, u32, u32, u32, u32, u32, u32);

static const struct {
  const char *name;
  uint32_t arguments;
  void (*function)(void);
} exports[] = {
    {"windowLength", 0, (void (*)(void))Z_otpZ_windowLength},
    {"wipeAll", 0, (void (*)(void))Z_otpZ_wipeAll},
    {"selfTest", 0, (void (*)(void))Z_otpZ_selfTest},
    {"get32", 1, (void (*)(void))Z_otpZ_get32},
    {"put32", 2, (void (*)(void))Z_otpZ_put32},
    {"hashMessage", 2, (void (*)(void))Z_otpZ_hashMessage},
    {"prepareKey", 2, (void (*)(void))Z_otpZ_prepareKey},
    {"macMessage", 2, (void (*)(void))Z_otpZ_macMessage},
    {"hotpCode", 4, (void (*)(void))Z_otpZ_hotpCode},
    {"hotpOfKey", 5, (void (*)(void))Z_otpZ_hotpOfKey},
    {"totpCode", 5, (void (*)(void))Z_otpZ_totpCode},
    {"verifyCode", 8, (void (*)(void))Z_otpZ_verifyCode},
};

static u32 call(Instance otp, size_t index, const uint32_t *a) {
  void (*function)(void) = exports[index].function;
  switch (exports[index].arguments) {
    case 0: return ((Call0)function)(otp);
    case 1: return ((Call1)function)(otp, a[0]);
    case 2: return ((Call2)function)(otp, a[0], a[1]);
    case 4: return ((Call4)function)(otp, a[0], a[1], a[2], a[3]);
    case 5: return ((Call5)function)(otp, a[0], a[1], a[2], a[3], a[4]);
    default: return ((Call8)function)(otp, a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7]);
  }
}

static bool call_of(Instance otp, const char *name, const uint32_t *arguments, uint32_t count,
                    uint32_t *answer) {
  for (size_t index = 0; index < sizeof exports / sizeof exports[0]; index++) {
    if (strcmp(name, exports[index].name) != 0 || exports[index].arguments != count) continue;
    *answer = call(otp, index, arguments);
    return true;
  }
  return false;
}
