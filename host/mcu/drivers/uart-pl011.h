/* A serial line on a PL011, received by interrupt: the core may be busy for longer than its FIFO lasts. */
#pragma once

#include <stdint.h>

void uart_start(uint32_t clock_hertz, uint32_t baud);
/* To be called by the board's interrupt vector; puts what came into the ring (receive-ring.h). */
void uart_interrupt(void);
void uart_write(const uint8_t *bytes, uint32_t length);
