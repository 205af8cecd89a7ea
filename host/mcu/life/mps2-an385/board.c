/* Arm's MPS2 board with a Cortex-M3, which is an FPGA: start-up, and a serial line that is polled. */
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "core.h"
#include "drivers/registers.h"
#include "life.h"
#include "wasm3-module.h"

/* UART of the Cortex-M System Design Kit (DDI 0479, §4.3). */
#define UART0 0x40004000u
#define DATA REGISTER(UART0 + 0x00)
#define STATE REGISTER(UART0 + 0x04)
#define CONTROL REGISTER(UART0 + 0x08)
#define BAUD_DIVISOR REGISTER(UART0 + 0x10)
enum { TRANSMIT_FULL = 1, RECEIVE_FULL = 2 };
enum { TRANSMIT_ENABLE = 1, RECEIVE_ENABLE = 2 };
/* 25 MHz to 115,200 baud. */
#define DIVISOR 217u

extern uint32_t stack_top[];
extern uint8_t data_start[], data_end[], data_image[], bss_start[], bss_end[];

_Noreturn void reset(void);

static void fault(void) {
  for (;;) {
  }
}

__attribute__((section(".vectors"), used)) static void (*const vectors[16])(void) = {
    (void (*)(void))stack_top,
    (void (*)(void))reset,
    [2 ... 15] = fault,
};

void life_send(const char *text, uint32_t length) {
  for (uint32_t index = 0; index < length; index++) {
    while (STATE & TRANSMIT_FULL) {
    }
    DATA = (uint8_t)text[index];
  }
}

void core_wipe(void) { arena_reset(); }

void wasm3_fault(const char *reason) {
  life_send("wasm3: ", 7);
  life_send(reason, strlen(reason));
  life_send("\n", 1);
  for (;;) {
  }
}

/* wasm3 aborts where it finds itself in a state that it cannot be in. */
void abort(void) { wasm3_fault("abort"); }

void reset(void) {
  memcpy(data_start, data_image, (size_t)(data_end - data_start));
  memset(bss_start, 0, (size_t)(bss_end - bss_start));
  BAUD_DIVISOR = DIVISOR;
  CONTROL = TRANSMIT_ENABLE | RECEIVE_ENABLE;
  /* What is in the receiver is nobody's; and only when it is read does QEMU ask its line for more. */
  (void)DATA;
  for (;;) {
    if (STATE & RECEIVE_FULL) life_take((char)DATA);
  }
}
