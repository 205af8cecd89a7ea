/* The counter runs free, so that a late interrupt loses no time (nRF51 reference manual, "TIMER"). */
#include "timer-nrf51.h"

#include "registers.h"

#define TIMER0 0x40008000u
#define START REGISTER(TIMER0 + 0x000)
#define CAPTURE_1 REGISTER(TIMER0 + 0x044)
#define COMPARED_0 REGISTER(TIMER0 + 0x140)
#define INTERRUPT_ENABLE REGISTER(TIMER0 + 0x304)
#define BIT_MODE REGISTER(TIMER0 + 0x508)
#define PRESCALER REGISTER(TIMER0 + 0x510)
#define COMPARE_0 REGISTER(TIMER0 + 0x540)
#define COMPARE_1 REGISTER(TIMER0 + 0x544)

#define BITS_32 3u
/* 16 MHz / 2^4. */
#define ONE_MEGAHERTZ 4u
#define COMPARE_0_INTERRUPT (1u << 16)
#define MICROSECONDS 1000u

void timer_start(void) {
  BIT_MODE = BITS_32;
  PRESCALER = ONE_MEGAHERTZ;
  COMPARE_0 = MICROSECONDS;
  INTERRUPT_ENABLE = COMPARE_0_INTERRUPT;
  START = 1;
}

static uint32_t now(void) {
  CAPTURE_1 = 1;
  return COMPARE_1;
}

uint32_t timer_passed(void) {
  uint32_t passed = 0;
  COMPARED_0 = 0;
  /* Until the next moment lies ahead: the counter would not come by again for an hour. */
  while ((int32_t)(now() - COMPARE_0) >= 0) {
    COMPARE_0 += MICROSECONDS;
    passed++;
  }
  return passed;
}
