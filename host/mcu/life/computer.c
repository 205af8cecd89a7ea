/* A life on a computer: the line is stdin and stdout. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "core.h"
#include "life.h"
#include "wasm3-module.h"

void life_send(const char *text, uint32_t length) { fwrite(text, 1, length, stdout); }

/* The process ends with the life; wasm3's heap is the C library's. */
void core_wipe(void) {}

void wasm3_fault(const char *reason) {
  fprintf(stderr, "wasm3: %s\n", reason);
  exit(1);
}

int main(void) {
  static char block[4096];
  ssize_t length;
  while ((length = read(STDIN_FILENO, block, sizeof block)) > 0) {
    for (ssize_t index = 0; index < length; index++) life_take(block[index]);
    fflush(stdout);
  }
  return 0;
}
