/*
 * What comes over the serial line, on this computer: the driver of a board's UART against a model of its
 * registers, the ring, and link.c with a core that answers every command with the command itself and 9000.
 * Built for each board: -DDRIVER='"drivers/uart-….c"', and -I its folder for pins.h.
 * A line "name argument" on stdin is a call, its answer is a line on stdout.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "board.h"
#include "core.h"
#include "drivers/registers.h"
#include "link.h"

static volatile uint32_t *model_register(uint32_t address);
#undef REGISTER
#define REGISTER(address) (*model_register(address))
#include DRIVER

enum { WAITING = 4096, PL011_BASE = 0x4000c000, NRF51_BASE = 0x40002000 };

/* What the UART has received: the byte, and above it the errors that PL011 hands over with it. */
static uint32_t waiting[WAITING], first_waiting, end_waiting;
static uint32_t plain_registers[0x600 / 4];

static uint32_t next_waiting(void) {
  return first_waiting < end_waiting ? waiting[first_waiting++ % WAITING] : 0;
}

/* Every access asks anew, so what a register says is made at that moment; a write to it goes nowhere. */
static volatile uint32_t *model_register(uint32_t address) {
  static uint32_t made;
  const int is_empty = first_waiting == end_waiting;
  switch (address) {
    case PL011_BASE + 0x000: made = next_waiting(); return &made;
    case PL011_BASE + 0x018: made = is_empty ? 0x10 : 0; return &made;
    case NRF51_BASE + 0x108: made = !is_empty; return &made;
    case NRF51_BASE + 0x518: made = next_waiting() & 0xff; return &made;
    default: return &plain_registers[(address & 0xfff) / 4];
  }
}

static uint32_t now;
static uint8_t buffer[300];
static char sent[4096];

uint32_t board_milliseconds(void) { return now; }
void board_feed_watchdog(void) {}
void board_restart_uptime(void) {}
int board_serial_read(void) { return ring_take(); }
bool board_serial_lost(void) { return ring_lost(); }

void board_serial_write(const uint8_t *bytes, uint32_t length) {
  char *end = sent + strlen(sent);
  for (uint32_t index = 0; index < length; index++) end += sprintf(end, "%02x", bytes[index]);
}

int32_t core_power_on(void) { return 0; }
uint8_t *core_buffer(void) { return buffer; }
uint32_t core_buffer_length(void) { return sizeof buffer - 2; }

int32_t core_exchange(uint32_t length) {
  if (length == 0) return CORE_PENDING;
  memcpy(buffer + length, "\x90\x00", 2);
  return (int32_t)length + 2;
}

static void call(const char *name, const char *argument) {
  const uint32_t number = (uint32_t)strtoul(argument, NULL, 0);
  if (strcmp(name, "come") == 0) {
    for (unsigned byte; sscanf(argument, "%2x", &byte) == 1; argument += 2) {
      waiting[end_waiting++ % WAITING] = byte;
    }
    uart_interrupt();
    printf("1\n");
  } else if (strcmp(name, "spoil") == 0) {
    /* PL011 says what was wrong with a byte; the nRF51 says that something was, and this byte is gone. */
    if (NRF51) plain_registers[0x124 / 4] = 1;
    else waiting[end_waiting++ % WAITING] = number;
    uart_interrupt();
    printf("1\n");
  } else if (strcmp(name, "take") == 0) {
    for (uint32_t left = number; left > 0; left--) {
      const int byte = ring_take();
      if (byte < 0) break;
      printf("%02x", (unsigned)byte);
    }
    printf(".\n");
  } else if (strcmp(name, "lost") == 0) {
    printf("%d\n", ring_lost());
  } else if (strcmp(name, "wait") == 0) {
    now += number;
    printf("1\n");
  } else if (strcmp(name, "poll") == 0) {
    sent[0] = 0;
    link_poll();
    printf("%s.\n", sent);
  } else {
    exit(1);
  }
}

int main(void) {
  static char line[16384], name[32], argument[16000];
  while (fgets(line, sizeof line, stdin)) {
    argument[0] = 0;
    if (sscanf(line, "%31s %15999s", name, argument) < 1) return 1;
    call(name, argument);
  }
  return 0;
}
