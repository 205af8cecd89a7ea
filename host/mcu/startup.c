/* From reset to main, on any Cortex-M: RAM, faults. */
#include <stdint.h>

#include "board.h"
#include "core.h"
#include "drivers/registers.h"
#include "startup.h"
#include "wasm-rt.h"

#define APPLICATION_INTERRUPT_AND_RESET REGISTER(0xe000ed0c)
#define RESET_REQUEST 0x05fa0004u
/* What an untouched word of the stack holds: tests look how deep it went. */
#define STACK_PAINT 0x5aa5c33cu

int main(void);

void startup_fault(void) { board_fault(BOARD_FAULT_EXCEPTION); }

/*
 * What the run before has left on the stack is painted over, and what it left elsewhere is zeroed: a reset
 * does not clear RAM, and it may be the end of a run that broke off. Eight words a round, since this is
 * most of what happens before the serial line is ready; from low registers, since a Cortex-M0 stores no
 * others.
 */
__attribute__((naked)) void reset(void) {
  __asm__(
      ".syntax unified\n"
      "ldr r0, =stack_bottom\n"
      "ldr r1, =stack_top\n"
      "ldr r2, =%c0\n"
      "bl fill\n"
      "ldr r0, =bss_start\n"
      "ldr r1, =bss_end\n"
      "movs r2, #0\n"
      "bl fill\n"
      "b start\n"
      "fill:\n"
      "mov r3, r2\n"
      "mov r4, r2\n"
      "mov r5, r2\n"
      "1: stmia r0!, {r2-r5}\n"
      "stmia r0!, {r2-r5}\n"
      "cmp r0, r1\n"
      "bne 1b\n"
      "bx lr\n" ::"i"(STACK_PAINT));
}

__attribute__((used, noreturn)) static void start(void) {
  main();
  board_fault(BOARD_FAULT_RETURNED);
}

/* Why the last run ended, for whoever has a debugger; a reset leaves it. */
__attribute__((section(".noinit"))) volatile uint32_t last_fault;

void board_fault(uint32_t reason) {
  __asm__ volatile("cpsid i");
  core_wipe();
  last_fault = reason;
  APPLICATION_INTERRUPT_AND_RESET = RESET_REQUEST;
  for (;;) {
  }
}

void wasm_rt_trap(wasm_rt_trap_t trap) { board_fault(BOARD_FAULT_TRAP + trap); }
