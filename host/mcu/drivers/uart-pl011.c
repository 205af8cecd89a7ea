/* UART0 of the Stellaris family (PL011; LM3S6965 data sheet, chapter "UARTs"). */
#include "uart-pl011.h"

#include "receive-ring.h"
#include "registers.h"

#define UART0 0x4000c000u
#define DATA REGISTER(UART0 + 0x000)
#define FLAGS REGISTER(UART0 + 0x018)
#define BAUD_INTEGER REGISTER(UART0 + 0x024)
#define BAUD_FRACTION REGISTER(UART0 + 0x028)
#define LINE_CONTROL REGISTER(UART0 + 0x02c)
#define CONTROL REGISTER(UART0 + 0x030)
#define INTERRUPT_MASK REGISTER(UART0 + 0x038)
#define INTERRUPT_CLEAR REGISTER(UART0 + 0x044)

enum { RECEIVE_EMPTY = 0x10, TRANSMIT_FULL = 0x20 };
enum { RECEIVE = 0x10, RECEIVE_TIMEOUT = 0x40 };
enum { EIGHT_BITS = 0x60, FIFOS = 0x10 };
enum { ENABLE = 0x001, TRANSMIT_ENABLE = 0x100, RECEIVE_ENABLE = 0x200 };
/* Overrun, break, parity and framing errors come with the byte. */
#define DATA_ERRORS 0xf00u

void uart_start(uint32_t clock_hertz, uint32_t baud) {
  /* The divisor in units of 1/64: clock / (16 x baud), rounded. */
  const uint32_t divisor = (clock_hertz * 8 / baud + 1) / 2;
  CONTROL = 0;
  BAUD_INTEGER = divisor / 64;
  BAUD_FRACTION = divisor % 64;
  LINE_CONTROL = EIGHT_BITS | FIFOS;
  INTERRUPT_MASK = RECEIVE | RECEIVE_TIMEOUT;
  CONTROL = ENABLE | TRANSMIT_ENABLE | RECEIVE_ENABLE;
}

void uart_interrupt(void) {
  INTERRUPT_CLEAR = RECEIVE | RECEIVE_TIMEOUT;
  while ((FLAGS & RECEIVE_EMPTY) == 0) {
    const uint32_t data = DATA;
    if (data & DATA_ERRORS) ring_lose();
    else ring_put((uint8_t)data);
  }
}

void uart_write(const uint8_t *bytes, uint32_t length) {
  for (uint32_t index = 0; index < length; index++) {
    while (FLAGS & TRANSMIT_FULL) {
    }
    DATA = bytes[index];
  }
}
