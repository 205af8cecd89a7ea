/* UART0 of the nRF51 series (nRF51 reference manual, chapter "UART"). */
#include "uart-nrf51.h"

#include "receive-ring.h"
#include "registers.h"

#define UART0 0x40002000u
#define START_RECEIVER REGISTER(UART0 + 0x000)
#define START_TRANSMITTER REGISTER(UART0 + 0x008)
#define RECEIVED REGISTER(UART0 + 0x108)
#define TRANSMITTED REGISTER(UART0 + 0x11c)
#define ERROR REGISTER(UART0 + 0x124)
#define INTERRUPT_ENABLE REGISTER(UART0 + 0x304)
#define ERROR_SOURCE REGISTER(UART0 + 0x480)
#define ENABLE REGISTER(UART0 + 0x500)
#define OUT_PIN REGISTER(UART0 + 0x50c)
#define IN_PIN REGISTER(UART0 + 0x514)
#define RECEIVE_DATA REGISTER(UART0 + 0x518)
#define TRANSMIT_DATA REGISTER(UART0 + 0x51c)
#define BAUD_RATE REGISTER(UART0 + 0x524)
#define CONFIGURATION REGISTER(UART0 + 0x56c)

#define ENABLED 4u
#define BAUD_115200 0x01d7e000u
/* Neither parity nor flow control: the interface chip has no wires for it. */
#define PLAIN 0u
#define RECEIVED_INTERRUPT (1u << 2)
#define ERROR_INTERRUPT (1u << 9)

void uart_start(uint32_t out_pin, uint32_t in_pin) {
  OUT_PIN = out_pin;
  IN_PIN = in_pin;
  BAUD_RATE = BAUD_115200;
  CONFIGURATION = PLAIN;
  ENABLE = ENABLED;
  INTERRUPT_ENABLE = RECEIVED_INTERRUPT | ERROR_INTERRUPT;
  START_TRANSMITTER = 1;
  START_RECEIVER = 1;
}

void uart_interrupt(void) {
  if (ERROR) {
    ERROR = 0;
    ERROR_SOURCE = ERROR_SOURCE;
    ring_lose();
  }
  /* The event goes before the byte is taken: taking it raises the event for the next one. */
  while (RECEIVED) {
    RECEIVED = 0;
    ring_put((uint8_t)RECEIVE_DATA);
  }
}

void uart_write(const uint8_t *bytes, uint32_t length) {
  for (uint32_t index = 0; index < length; index++) {
    TRANSMITTED = 0;
    TRANSMIT_DATA = bytes[index];
    while (TRANSMITTED == 0) {
    }
  }
}
