/*
 * Drives the translated otp.wasm: a line "name arg arg..." on stdin calls an export, its i32
 * answer is a line on stdout. "flush" sends out what is waiting. Anything else ends the program.
 */
#include <stdio.h>
#include <string.h>

#include "otp.h"

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
  int arguments;
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

static u32 call(Instance otp, size_t index, const u32 *a) {
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

int main(void) {
  static Z_otp_instance_t otp;
  static char line[256];
  wasm_rt_init();
  Z_otp_init_module();
  Z_otp_instantiate(&otp);
  while (fgets(line, sizeof line, stdin)) {
    char name[32];
    int arguments[8] = {0};
    u32 values[8];
    size_t index = 0;
    if (strcmp(line, "flush\n") == 0) {
      fflush(stdout);
      continue;
    }
    sscanf(line, "%31s %d %d %d %d %d %d %d %d", name, arguments, arguments + 1, arguments + 2,
           arguments + 3, arguments + 4, arguments + 5, arguments + 6, arguments + 7);
    while (index < sizeof exports / sizeof exports[0] && strcmp(name, exports[index].name)) index++;
    if (index == sizeof exports / sizeof exports[0]) {
      fprintf(stderr, "no export %s\n", name);
      return 1;
    }
    for (int i = 0; i < 8; i++) values[i] = (u32)arguments[i];
    printf("%d\n", (int)call(&otp, index, values));
  }
  Z_otp_free(&otp);
  return 0;
}
