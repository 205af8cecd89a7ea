/* Calls of the translated otp.wasm, over stdin and stdout (host/mcu/calls/calls.h). */
#include <stdio.h>
#include <unistd.h>

#include "otp.h"
#include "translated.h"

static Z_otp_instance_t otp;

bool call_export(const char *name, const uint32_t *arguments, uint32_t count, uint32_t *answer) {
  return call_of(&otp, name, arguments, count, answer);
}

void calls_send(const char *text, uint32_t length) { fwrite(text, 1, length, stdout); }

int main(void) {
  static char block[65536];
  ssize_t length;
  wasm_rt_init();
  Z_otp_init_module();
  Z_otp_instantiate(&otp);
  while ((length = read(STDIN_FILENO, block, sizeof block)) > 0) {
    for (ssize_t index = 0; index < length; index++) calls_take(block[index]);
    fflush(stdout);
  }
  Z_otp_free(&otp);
  return 0;
}
