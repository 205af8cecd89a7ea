/* The LM3S6965 evaluation board: which driver is on which pin. */
#include "board.h"

#include "core.h"
#include "drivers/eeprom-at24c128.h"
#include "drivers/i2c-recovery.h"
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
#define BROWN_OUT_CONTROL REGISTER(SYSTEM + 0x030)
#define RAW_INTERRUPTS REGISTER(SYSTEM + 0x050)
#define INTERRUPTS_CLEAR REGISTER(SYSTEM + 0x058)
#define RUN_CLOCK REGISTER(SYSTEM + 0x060)
#define CLOCK_GATE(n) REGISTER(SYSTEM + 0x100 + 4 * (n))
enum { PLL_LOCKED = 0x40 };
/* BORIOR of PBORCTL ("System Control", "Brown-Out Reset"): until it is set a brown-out is an interrupt. */
#define RESET_AT_BROWN_OUT 2u
/* Fields of RUN_CLOCK (RCC): which oscillator, the crystal, the PLL of 200 MHz and its divider. */
#define FROM_MAIN_OSCILLATOR (0u << 4)
#define FROM_INTERNAL_OSCILLATOR (1u << 4)
#define INTERNAL_OSCILLATOR_OFF (1u << 1)
#define CRYSTAL_8_MHZ (0xeu << 6)
#define BYPASS_PLL (1u << 11)
#define PLL_OUTPUT_OFF (1u << 12)
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
#define SYSTICK_COUNTED (1u << 16)

/* The internal oscillator has 12 MHz, give or take 30 %: waits are long enough when it is fast. */
#define CRYSTAL_HERTZ 8000000u
#define FASTEST_INTERNAL_HERTZ 15600000u
#define CRYSTAL_MILLISECONDS 10u
/* The PLL takes 0.5 ms, and counts them with the crystal ("PLL Operation", T_READY). */
#define PLL_MILLISECONDS 5u

/* Half a second is the longest that a call of the core takes without a write, which feeds the watchdog. */
#define WATCHDOG_SECONDS 2u
#define OLED_HERTZ 4000000u

static volatile uint32_t milliseconds;

void systick_interrupt(void);
void uart0_interrupt(void);

void systick_interrupt(void) { milliseconds++; }

void uart0_interrupt(void) { uart_interrupt(); }

/* Asleep: this is before there are milliseconds. */
static void wait_on_internal_oscillator(uint32_t milliseconds_left) {
  SYSTICK_RELOAD = FASTEST_INTERNAL_HERTZ / 1000 * milliseconds_left;
  SYSTICK_CURRENT = 0;
  SYSTICK_CONTROL = SYSTICK_ON;
  while ((SYSTICK_CONTROL & SYSTICK_COUNTED) == 0) __asm__ volatile("wfi");
}

/*
 * 50 MHz from the crystal, by the steps of the data sheet ("System Control", "Initialization and
 * Configuration"). The chip runs on its internal oscillator until the crystal has had time to start, and
 * on the crystal alone until the PLL has locked. A PLL that does not lock is a fault, and a new start; a
 * chip whose crystal never starts stands still.
 */
static void start_clock(void) {
  RUN_CLOCK = FROM_INTERNAL_OSCILLATOR | CRYSTAL_8_MHZ | BYPASS_PLL | PLL_OUTPUT_OFF | PLL_OFF;
  wait_on_internal_oscillator(CRYSTAL_MILLISECONDS);
  const uint32_t crystal = FROM_MAIN_OSCILLATOR | CRYSTAL_8_MHZ;
  INTERRUPTS_CLEAR = PLL_LOCKED;
  RUN_CLOCK = crystal | BYPASS_PLL;
  RUN_CLOCK = crystal | BYPASS_PLL | USE_DIVIDER | DIVIDE_BY_4;
  SYSTICK_RELOAD = CRYSTAL_HERTZ / 1000 * PLL_MILLISECONDS;
  SYSTICK_CURRENT = 0;
  while ((RAW_INTERRUPTS & PLL_LOCKED) == 0) {
    if (SYSTICK_CONTROL & SYSTICK_COUNTED) board_fault(BOARD_FAULT_CLOCK);
  }
  RUN_CLOCK = crystal | INTERNAL_OSCILLATOR_OFF | USE_DIVIDER | DIVIDE_BY_4;
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
  use_as_output(PORT_C, OLED_DATA_PIN, 0);
  use_as_output(PORT_C, OLED_SUPPLY_PIN, OLED_SUPPLY_PIN);
  use_as_output(PORT_D, CARD_SELECT_PIN, CARD_SELECT_PIN);
  use_as_key(PORT_E, DIRECTION_PINS);
  use_as_key(PORT_F, OK_PIN);
}

/* First by hand: a part that a reset has stopped in the middle of a byte still holds the data line. */
static void start_bus(void) {
  PIN_DIGITAL(PORT_B) |= I2C0_PINS;
  PIN_OPEN_DRAIN(PORT_B) |= I2C0_PINS;
  bus_recover();
  use_for_function(PORT_B, I2C0_PINS);
  i2c_start(CLOCK_HERTZ);
}

void board_start(void) {
  /* Before anything else: what runs below its voltage may do anything, and could write it down. */
  BROWN_OUT_CONTROL |= RESET_AT_BROWN_OUT;
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
  watchdog_start(CLOCK_HERTZ, WATCHDOG_SECONDS);
  close_debug_port();
  start_bus();
  ssi_start(CLOCK_HERTZ, OLED_HERTZ);
  oled_start();
}

/* ---- for the drivers ---- */

/* A line that is let go is pulled up by its resistor. */
static void move_line(uint32_t pin, bool is_high) {
  PIN_DATA(PORT_B, pin) = 0;
  if (is_high) PIN_OUTPUT(PORT_B) &= ~pin;
  else PIN_OUTPUT(PORT_B) |= pin;
}

void bus_move_clock(bool is_high) { move_line(I2C0_CLOCK_PIN, is_high); }

void bus_move_data(bool is_high) { move_line(I2C0_DATA_PIN, is_high); }

bool bus_data_is_high(void) { return PIN_DATA(PORT_B, I2C0_DATA_PIN) != 0; }

/* Five microseconds and more: four cycles a round at the least. */
void bus_wait(void) {
  for (uint32_t left = CLOCK_HERTZ / 1000000 * 5 / 4; left > 0; left--) __asm__ volatile("nop");
}

void oled_send(const uint8_t *bytes, uint32_t length, int is_data) {
  PIN_DATA(PORT_C, OLED_DATA_PIN) = is_data ? OLED_DATA_PIN : 0;
  ssi_send(bytes, length);
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
