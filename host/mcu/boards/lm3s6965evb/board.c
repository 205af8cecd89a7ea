/* The LM3S6965 evaluation board: which driver is on which pin. */
#include "board.h"

#include "core.h"
#include "drivers/eeprom-at24c128.h"
#include "drivers/i2c-stellaris.h"
#include "drivers/keys.h"
#include "drivers/oled-ssd0323.h"
#include "drivers/receive-ring.h"
#include "drivers/registers.h"
#include "drivers/ssi-pl022.h"
#include "drivers/uart-pl011.h"
#include "drivers/watchdog-stellaris.h"
#include "keys-page.h"
#include "pins.h"
#include "protect.h"

#define SYSTEM 0x400fe000u
#define RAW_INTERRUPTS REGISTER(SYSTEM + 0x050)
#define RUN_CLOCK REGISTER(SYSTEM + 0x060)
#define CLOCK_GATE(n) REGISTER(SYSTEM + 0x100 + 4 * (n))
enum { PLL_LOCKED = 0x40 };
/* Fields of RUN_CLOCK: 8 MHz crystal, main oscillator, PLL of 200 MHz divided by 4. */
#define CRYSTAL_8_MHZ (0xeu << 6)
#define INTERNAL_OSCILLATOR_OFF (1u << 1)
#define BYPASS_PLL (1u << 11)
#define PLL_OFF (1u << 13)
#define USE_DIVIDER (1u << 22)
#define DIVIDE_BY_4 (3u << 23)
/* Clock gates: ADC, watchdog; UART0, SSI0, I2C0, timer 0; ports A to F. */
#define GATES_0 (1u << 16 | 1u << 3)
#define GATES_1 (1u << 0 | 1u << 4 | 1u << 12 | 1u << 16)
#define GATES_2 0x3fu

/* A port's data register is spread over 256 words; the address is the mask of the bits that count. */
#define PORT_A 0x40004000u
#define PORT_B 0x40005000u
#define PORT_C 0x40006000u
#define PORT_D 0x40007000u
#define PORT_E 0x40024000u
#define PORT_F 0x40025000u
#define PIN_DATA(port, mask) REGISTER((port) + 4 * (mask))
#define PIN_OUTPUT(port) REGISTER((port) + 0x400)
#define PIN_FUNCTION(port) REGISTER((port) + 0x420)
#define PIN_OPEN_DRAIN(port) REGISTER((port) + 0x50c)
#define PIN_PULL_UP(port) REGISTER((port) + 0x510)
#define PIN_DIGITAL(port) REGISTER((port) + 0x51c)

#define SYSTICK_CONTROL REGISTER(0xe000e010)
#define SYSTICK_RELOAD REGISTER(0xe000e014)
#define SYSTICK_CURRENT REGISTER(0xe000e018)
#define INTERRUPT_ENABLE REGISTER(0xe000e100)
#define SYSTICK_ON 7u

/* The longest call of the core, a PIN check, takes less than half a second. */
#define WATCHDOG_SECONDS 2u
#define OLED_HERTZ 4000000u

static volatile uint32_t milliseconds;

void systick_interrupt(void);
void uart0_interrupt(void);

void systick_interrupt(void) { milliseconds++; }

void uart0_interrupt(void) { uart_interrupt(); }

/* 50 MHz from the crystal: first the crystal alone, then the PLL, once it has locked. */
static void start_clock(void) {
  const uint32_t crystal = CRYSTAL_8_MHZ | INTERNAL_OSCILLATOR_OFF;
  RUN_CLOCK = crystal | BYPASS_PLL | PLL_OFF;
  RUN_CLOCK = crystal | BYPASS_PLL | USE_DIVIDER | DIVIDE_BY_4;
  while ((RAW_INTERRUPTS & PLL_LOCKED) == 0) {
  }
  RUN_CLOCK = crystal | USE_DIVIDER | DIVIDE_BY_4;
}

static void use_for_function(uint32_t port, uint32_t pins) {
  PIN_FUNCTION(port) |= pins;
  PIN_DIGITAL(port) |= pins;
}

static void use_as_output(uint32_t port, uint32_t pins, uint32_t level) {
  PIN_OUTPUT(port) |= pins;
  PIN_DIGITAL(port) |= pins;
  PIN_DATA(port, pins) = level;
}

static void use_as_key(uint32_t port, uint32_t pins) {
  PIN_PULL_UP(port) |= pins;
  PIN_DIGITAL(port) |= pins;
}

static void start_pins(void) {
  use_for_function(PORT_A, UART0_PINS | SSI0_PINS);
  use_for_function(PORT_B, I2C0_PINS);
  PIN_OPEN_DRAIN(PORT_B) |= I2C0_PINS;
  use_as_output(PORT_C, OLED_DATA_PIN, 0);
  use_as_output(PORT_C, OLED_SUPPLY_PIN, OLED_SUPPLY_PIN);
  use_as_output(PORT_D, CARD_SELECT_PIN, CARD_SELECT_PIN);
  use_as_key(PORT_E, DIRECTION_PINS);
  use_as_key(PORT_F, OK_PIN);
}

void board_start(void) {
  close_debug_port();
  start_clock();
  CLOCK_GATE(0) = GATES_0;
  CLOCK_GATE(1) = GATES_1;
  CLOCK_GATE(2) = GATES_2;
  /* A gate opens three cycles after it was told to. */
  (void)CLOCK_GATE(2);
  (void)CLOCK_GATE(2);
  start_pins();
  uart_start(CLOCK_HERTZ, SERIAL_BAUD);
  SYSTICK_RELOAD = CLOCK_HERTZ / 1000 - 1;
  SYSTICK_CURRENT = 0;
  SYSTICK_CONTROL = SYSTICK_ON;
  INTERRUPT_ENABLE = 1u << UART0_INTERRUPT;
  i2c_start(CLOCK_HERTZ);
  ssi_start(CLOCK_HERTZ, OLED_HERTZ);
  oled_start();
  watchdog_start(CLOCK_HERTZ, WATCHDOG_SECONDS);
}

/* ---- for the core ---- */

bool board_flash_read(uint32_t address, uint8_t *target, uint32_t length) {
  return eeprom_read(address, target, length);
}

bool board_flash_write(uint32_t address, uint32_t word) { return eeprom_program(address, word); }

bool board_flash_erase(uint32_t page) {
  return eeprom_erase(page * BOARD_FLASH_PAGE_BYTES, BOARD_FLASH_PAGE_BYTES);
}

bool board_device_key(uint8_t *target) { return keys_page_device_key(target); }

void board_present(const uint8_t *frame, const char *text, uint32_t text_length) {
  (void)text;
  (void)text_length;
  oled_show(frame);
}

void oled_send(const uint8_t *bytes, uint32_t length, int is_data) {
  PIN_DATA(PORT_C, OLED_DATA_PIN) = is_data ? OLED_DATA_PIN : 0;
  ssi_send(bytes, length);
}

/* ---- for the main loop ---- */

uint32_t board_milliseconds(void) { return milliseconds; }

uint32_t board_keys_pressed(void) {
  const uint32_t directions = ~PIN_DATA(PORT_E, DIRECTION_PINS) & DIRECTION_PINS;
  const uint32_t ok = ~PIN_DATA(PORT_F, OK_PIN) & OK_PIN;
  return keys_pressed(directions << KEY_UP | (ok ? 1u << KEY_OK : 0), milliseconds);
}

int board_serial_read(void) { return ring_take(); }

bool board_serial_lost(void) { return ring_lost(); }

void board_serial_write(const uint8_t *bytes, uint32_t length) { uart_write(bytes, length); }

void board_feed_watchdog(void) { watchdog_feed(); }

void board_idle(void) { __asm__ volatile("wfi"); }
