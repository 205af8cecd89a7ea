/* Where the LM3S6965 goes at reset, at a fault and at an interrupt. */
#include "pins.h"
#include "startup.h"

#define INTERRUPTS 44

void systick_interrupt(void);
void uart0_interrupt(void);

__attribute__((section(".vectors"), used)) static void (*const vectors[16 + INTERRUPTS])(void) = {
    (void (*)(void))stack_top,
    reset,
    [2 ... 14] = startup_fault,
    [15] = systick_interrupt,
    [16 ... 15 + UART0_INTERRUPT] = startup_fault,
    [16 + UART0_INTERRUPT] = uart0_interrupt,
    [17 + UART0_INTERRUPT ... 16 + INTERRUPTS - 1] = startup_fault,
};
