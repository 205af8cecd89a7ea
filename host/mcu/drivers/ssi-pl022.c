#include "ssi-pl022.h"

#include "registers.h"

#define SSI0 0x40008000u
#define CONTROL_0 REGISTER(SSI0 + 0x00)
#define CONTROL_1 REGISTER(SSI0 + 0x04)
#define DATA REGISTER(SSI0 + 0x08)
#define STATUS REGISTER(SSI0 + 0x0c)
#define PRESCALE REGISTER(SSI0 + 0x10)

enum { TRANSMIT_NOT_FULL = 0x02, RECEIVE_NOT_EMPTY = 0x04, BUSY = 0x10 };
#define EIGHT_BITS 0x07u
/* The clock rests high, and data is good at its first edge, a falling one: mode 2, as the OLED has it. */
#define CLOCK_RESTS_HIGH 0x40u
#define MASTER_ENABLE 0x02u

void ssi_start(uint32_t clock_hertz, uint32_t bit_hertz) {
  CONTROL_1 = 0;
  CONTROL_0 = EIGHT_BITS | CLOCK_RESTS_HIGH;
  /* Even, 2 .. 254; rounded up, so that the line is never too fast. */
  PRESCALE = (clock_hertz + 2 * bit_hertz - 1) / (2 * bit_hertz) * 2;
  CONTROL_1 = MASTER_ENABLE;
}

void ssi_send(const uint8_t *bytes, uint32_t length) {
  for (uint32_t index = 0; index < length; index++) {
    while ((STATUS & TRANSMIT_NOT_FULL) == 0) {
    }
    DATA = bytes[index];
    while (STATUS & RECEIVE_NOT_EMPTY) (void)DATA;
  }
  while (STATUS & BUSY) {
  }
}
