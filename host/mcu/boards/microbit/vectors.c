/* Where the nRF51822 goes at reset, at a fault and at an interrupt. */
#include "pins.h"
#include "startup.h"

#define INTERRUPTS 32

void uart0_interrupt(void);
void timer0_interrupt(void);

__attribute__((section(".vectors"), used)) static void (*const vectors[16 + INTERRUPTS])(void) = {
    (void (*)(void))stack_top,
    reset,
    [2 ... 15 + UART0_INTERRUPT] = startup_fault,
    [16 + UART0_INTERRUPT] = uart0_interrupt,
    [17 + UART0_INTERRUPT ... 15 + TIMER0_INTERRUPT] = startup_fault,
    [16 + TIMER0_INTERRUPT] = timer0_interrupt,
    [17 + TIMER0_INTERRUPT ... 16 + INTERRUPTS - 1] = startup_fault,
};
