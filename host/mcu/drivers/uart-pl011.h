/* A serial line on a PL011, received by interrupt: the core may be busy for longer than its FIFO lasts. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

void uart_start(uint32_t clock_hertz, uint32_t baud);
/* To be called by the board's interrupt vector. */
void uart_interrupt(void);
/* The next byte, or -1. */
int uart_read(void);
/* Whether bytes were lost since the last call: an overrun, a bad stop bit, a full ring. */
bool uart_lost(void);
void uart_write(const uint8_t *bytes, uint32_t length);
