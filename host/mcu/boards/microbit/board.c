/* The micro:bit: which driver is on which pin. */
#include "board.h"

#include <string.h>

#include "core.h"
#include "drivers/clock-counted.h"
#include "drivers/flash-nvmc.h"
#include "drivers/led-matrix.h"
#include "drivers/receive-ring.h"
#include "drivers/registers.h"
#include "drivers/text-scroller.h"
#include "drivers/timer-nrf51.h"
#include "drivers/two-buttons.h"
#include "drivers/uart-nrf51.h"
#include "drivers/watchdog-nrf51.h"
#include "first-start.h"
#include "flash-word.h"
#include "keys-page.h"
#include "pins.h"
#include "protect.h"

#define CLOCK 0x40000000u
#define START_CRYSTAL REGISTER(CLOCK + 0x000)
#define CRYSTAL_STARTED REGISTER(CLOCK + 0x100)

#define PORT 0x50000000u
#define PIN_LEVELS REGISTER(PORT + 0x504)
#define PIN_SET REGISTER(PORT + 0x508)
#define PIN_INPUTS REGISTER(PORT + 0x510)
#define PIN_OUTPUTS REGISTER(PORT + 0x518)
#define PIN_CONFIGURATION(pin) REGISTER(PORT + 0x700 + 4 * (pin))
#define INPUT_PULLED_UP 0x0cu
#define LED_PINS (ROW_PINS | COLUMN_PINS)
#define NUMBER_OF(pin) ((uint32_t)__builtin_ctz(pin))

#define INTERRUPT_ENABLE REGISTER(0xe000e100)

/* The longest call of the core, a PIN check, takes less than two seconds. */
#define WATCHDOG_SECONDS 8u

static volatile uint32_t milliseconds;

void timer0_interrupt(void);
void uart0_interrupt(void);

void timer0_interrupt(void) {
  const uint32_t passed = timer_passed();
  /* QEMU comes here once more for each interrupt that was answered. */
  if (passed == 0) return;
  milliseconds += passed;
  counted_clock_advance(passed);
  scroller_advance(passed);
  PIN_LEVELS = (PIN_LEVELS & ~LED_PINS) | leds_next_row();
}

void uart0_interrupt(void) { uart_interrupt(); }

/* The serial line and the token's time need the crystal; the chip begins on an oscillator of its own. */
static void start_clock(void) {
  CRYSTAL_STARTED = 0;
  START_CRYSTAL = 1;
  while (CRYSTAL_STARTED == 0) {
  }
}

static void start_pins(void) {
  PIN_SET = SERIAL_OUT_PIN;
  PIN_OUTPUTS = SERIAL_OUT_PIN | LED_PINS;
  PIN_CONFIGURATION(NUMBER_OF(SERIAL_IN_PIN)) = INPUT_PULLED_UP;
  PIN_CONFIGURATION(NUMBER_OF(BUTTON_A_PIN)) = INPUT_PULLED_UP;
  PIN_CONFIGURATION(NUMBER_OF(BUTTON_B_PIN)) = INPUT_PULLED_UP;
}

void board_start(void) {
  start_clock();
  start_pins();
  uart_start(NUMBER_OF(SERIAL_OUT_PIN), NUMBER_OF(SERIAL_IN_PIN));
  timer_start();
  INTERRUPT_ENABLE = 1u << UART0_INTERRUPT | 1u << TIMER0_INTERRUPT;
  watchdog_start(WATCHDOG_SECONDS);
  make_keys_at_first_start();
  /* It counts from the next reset on, so there is no hurry. */
  close_debug_port();
}

/* ---- for the core ---- */

bool board_flash_read(uint32_t address, uint8_t *target, uint32_t length) {
  if (address >= BOARD_FLASH_BYTES || length > BOARD_FLASH_BYTES - address) return false;
  memcpy(target, token_flash + address, length);
  return true;
}

bool board_flash_write(uint32_t address, uint32_t word) {
  if (address >= BOARD_FLASH_BYTES || address % sizeof word != 0) return false;
  return nvmc_program((uint32_t)token_flash + address, word);
}

bool board_flash_erase(uint32_t page) {
  if (page >= BOARD_FLASH_PAGES) return false;
  nvmc_erase((uint32_t)token_flash + page * BOARD_FLASH_PAGE_BYTES);
  return true;
}

bool board_device_key(uint8_t *target) { return keys_page_device_key(target); }

void board_present(const uint8_t *frame, const char *text, uint32_t text_length) {
  (void)frame;
  scroller_show(text, text_length);
}

/* ---- for the main loop ---- */

uint32_t board_milliseconds(void) { return milliseconds; }

uint32_t board_keys_pressed(void) {
  const uint32_t closed = ~PIN_INPUTS;
  const uint32_t held = (closed & BUTTON_A_PIN ? BUTTON_A : 0) | (closed & BUTTON_B_PIN ? BUTTON_B : 0);
  return buttons_pressed(held, milliseconds);
}

int board_serial_read(void) { return ring_take(); }

bool board_serial_lost(void) { return ring_lost(); }

void board_serial_write(const uint8_t *bytes, uint32_t length) { uart_write(bytes, length); }

void board_feed_watchdog(void) { watchdog_feed(); }

void board_idle(void) { __asm__ volatile("wfi"); }
