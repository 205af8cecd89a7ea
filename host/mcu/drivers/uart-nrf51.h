/* The serial line of the nRF51, received by interrupt: its own FIFO holds six bytes. */
#pragma once

#include <stdint.h>

/* At 115,200 baud. The pins are numbers of P0; the board has made one an output, the other an input. */
void uart_start(uint32_t out_pin, uint32_t in_pin);
/* To be called by the board's interrupt vector; puts what came into the ring (receive-ring.h). */
void uart_interrupt(void);
void uart_write(const uint8_t *bytes, uint32_t length);
