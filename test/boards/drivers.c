/*
 * Drivers of boards on this computer, against models of parts that do what QEMU's do not: an EEPROM that
 * takes its time for a write and wraps within its block, a bus that takes time for every byte, a clock
 * whose oscillator has stopped.
 * A line "name argument…" on stdin is a call, its answer is a line on stdout.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "board.h"
#include "drivers/clock-ds1338.h"
#include "drivers/eeprom-at24c128.h"
#include "drivers/health-tests.h"
#include "drivers/hmac-drbg.h"
#include "drivers/i2c-recovery.h"
#include "drivers/i2c.h"
#include "drivers/keys.h"
#include "drivers/oled-ssd0323.h"
#include "drivers/two-buttons.h"

enum { CLOCK = 0x68, EEPROM = 0x50, EEPROM_BYTES = 16384, BLOCK_BYTES = 64 };

static uint8_t clock_registers[64];
static uint8_t clock_pointer;
static uint8_t eeprom[EEPROM_BYTES];
static uint32_t eeprom_pointer;
/* How long the EEPROM does not acknowledge after a write, and until when. */
static uint64_t busy_milliseconds = 5, busy_until;
static int longest_write;
/* Time passes on the bus only: nine bits a byte, at 357 kHz. */
static uint64_t nanoseconds;
static uint64_t fed_at, longest_hunger;

enum { BIT_NANOSECONDS = 2800, BYTE_BITS = 9, MILLISECOND = 1000000 };

/* The address of the part and so many bytes more, with START and STOP. */
static void take_bus(uint32_t length) {
  nanoseconds += (uint64_t)BIT_NANOSECONDS * (BYTE_BITS * (1 + length) + 2);
}

uint32_t board_milliseconds(void) { return (uint32_t)(nanoseconds / MILLISECOND); }

void board_feed_watchdog(void) {
  if (nanoseconds - fed_at > longest_hunger) longest_hunger = nanoseconds - fed_at;
  fed_at = nanoseconds;
}

bool i2c_write(uint8_t part, const uint8_t *head, uint32_t head_length, const uint8_t *bytes,
               uint32_t length) {
  if (part == CLOCK && head_length == 1) {
    clock_pointer = head[0];
    for (uint32_t index = 0; index < length; index++) clock_registers[clock_pointer++ % 64] = bytes[index];
    return true;
  }
  const bool is_busy = part == EEPROM && nanoseconds < busy_until;
  take_bus(is_busy ? 0 : head_length + length);
  if (part != EEPROM || head_length != 2 || is_busy) return false;
  eeprom_pointer = (uint32_t)(head[0] << 8 | head[1]) % EEPROM_BYTES;
  /* A page write rolls over within its block (AT24C128 data sheet, "Page Write"). */
  const uint32_t block = eeprom_pointer - eeprom_pointer % BLOCK_BYTES;
  for (uint32_t index = 0; index < length; index++) {
    eeprom[block + (eeprom_pointer + index) % BLOCK_BYTES] = bytes[index];
  }
  if (length > 0) busy_until = nanoseconds + busy_milliseconds * MILLISECOND;
  if ((int)length > longest_write) longest_write = (int)length;
  return true;
}

bool i2c_read(uint8_t part, uint8_t *target, uint32_t length) {
  take_bus(length);
  for (uint32_t index = 0; index < length; index++) {
    if (part == CLOCK) target[index] = clock_registers[clock_pointer++ % 64];
    else target[index] = eeprom[eeprom_pointer++ % EEPROM_BYTES];
  }
  return part == CLOCK || nanoseconds >= busy_until;
}

/* A bus by hand, and a part that holds its data line for some clocks more. */
static struct {
  bool clock, data;
  uint32_t held_for, clocks;
  bool has_stopped;
} lines = {.clock = true, .data = true};

bool bus_data_is_high(void) { return lines.data && lines.held_for == 0; }

void bus_move_clock(bool is_high) {
  if (is_high && !lines.clock) {
    lines.clocks++;
    if (lines.held_for > 0) lines.held_for--;
  }
  lines.clock = is_high;
}

void bus_move_data(bool is_high) {
  const bool was_high = bus_data_is_high();
  lines.data = is_high;
  /* UM10204, section 3.1.4: data rises while the clock is high. */
  if (lines.clock && !was_high && bus_data_is_high()) lines.has_stopped = true;
}

void bus_wait(void) { nanoseconds += 5000; }

/* How many bytes follow a command of the SSD0323 (data sheet, "Command Table"); -1: there is none such. */
static int parameters_of(uint8_t command) {
  switch (command) {
    case 0x15: case 0x75: return 2;
    case 0x81: case 0xa0: case 0xa1: case 0xa2: case 0xa8: case 0xad: case 0xb1: case 0xb2: case 0xb3:
    case 0xbc: case 0xbe: case 0xbf: return 1;
    case 0xb8: return 8;
    case 0x84: case 0x85: case 0x86: case 0xa4: case 0xa5: case 0xa6: case 0xa7: case 0xae: case 0xaf: return 0;
    default: return -1;
  }
}

/* What the OLED was told, in words of a command and its parameters. */
static char oled_told[4096];
static uint32_t oled_bytes;

void oled_send(const uint8_t *bytes, uint32_t length, int is_data) {
  if (is_data) oled_bytes += length;
  for (uint32_t index = 0; !is_data && index < length;) {
    char *end = oled_told + strlen(oled_told);
    const int count = parameters_of(bytes[index]);
    if (count < 0 || index + (uint32_t)count >= length) {
      strcpy(end, "? ");
      return;
    }
    for (int part = 0; part <= count; part++) end += sprintf(end, "%02x", bytes[index++]);
    strcpy(end, " ");
  }
}

static uint32_t from_hex(const char *text, uint8_t *bytes) {
  uint32_t length = 0;
  for (unsigned byte; sscanf(text + 2 * length, "%2x", &byte) == 1;) bytes[length++] = (uint8_t)byte;
  return length;
}

static void print_hex(const uint8_t *bytes, uint32_t length) {
  for (uint32_t index = 0; index < length; index++) printf("%02x", bytes[index]);
  printf("\n");
}

static void call(const char *name, const char *first, const char *second) {
  static uint8_t bytes[EEPROM_BYTES], made[4096];
  const uint64_t a = strtoull(first, NULL, 0), b = strtoull(second, NULL, 0);
  if (strcmp(name, "clock-write") == 0) {
    printf("%d\n", ds1338_write(a));
  } else if (strcmp(name, "clock-read") == 0) {
    uint64_t seconds;
    if (ds1338_read(&seconds)) printf("%" PRIu64 "\n", seconds);
    else printf("lost\n");
  } else if (strcmp(name, "clock-registers") == 0) {
    print_hex(clock_registers, 8);
  } else if (strcmp(name, "clock-register") == 0) {
    clock_registers[a] = (uint8_t)b;
    printf("1\n");
  } else if (strcmp(name, "busy-for") == 0) {
    busy_milliseconds = a;
    printf("1\n");
  } else if (strcmp(name, "took") == 0) {
    printf("%u\n", board_milliseconds());
  } else if (strcmp(name, "forget-hunger") == 0) {
    board_feed_watchdog();
    longest_hunger = 0;
    printf("1\n");
  } else if (strcmp(name, "hunger") == 0) {
    /* The longest time, in milliseconds, for which the watchdog was not fed until now. */
    board_feed_watchdog();
    printf("%" PRIu64 "\n", longest_hunger / MILLISECOND);
  } else if (strcmp(name, "program") == 0) {
    printf("%d\n", eeprom_program((uint32_t)a, (uint32_t)b));
  } else if (strcmp(name, "erase") == 0) {
    printf("%d\n", eeprom_erase((uint32_t)a, (uint32_t)b));
  } else if (strcmp(name, "read") == 0) {
    if (eeprom_read((uint32_t)a, bytes, (uint32_t)b)) print_hex(bytes, (uint32_t)b);
    else printf("0\n");
  } else if (strcmp(name, "longest-write") == 0) {
    printf("%d\n", longest_write);
  } else if (strcmp(name, "recover") == 0) {
    lines.held_for = (uint32_t)a;
    bus_recover();
    const char *state = lines.clock && bus_data_is_high() ? "free" : "held";
    printf("%u %s %s\n", lines.clocks, lines.has_stopped ? "stop" : "-", state);
  } else if (strcmp(name, "oled") == 0) {
    oled_start();
    printf("%s%u\n", oled_told, oled_bytes);
  } else if (strcmp(name, "keys") == 0) {
    printf("%u\n", keys_pressed((uint32_t)a, (uint32_t)b));
  } else if (strcmp(name, "buttons") == 0) {
    printf("%u\n", buttons_pressed((uint32_t)a, (uint32_t)b));
  } else if (strcmp(name, "health") == 0) {
    /* How many of the samples a source may give, as often as the second argument says. */
    static struct health health;
    const uint32_t length = from_hex(first, bytes);
    uint64_t taken = 0;
    while (taken < length * b && health_take(&health, bytes[taken % length])) taken++;
    printf("%" PRIu64 "\n", taken);
  } else if (strcmp(name, "sha256") == 0) {
    struct sha256 hash;
    sha256_start(&hash);
    /* In two parts, the first of which is as long as the second argument says. */
    const uint32_t length = from_hex(first, bytes);
    sha256_add(&hash, bytes, (uint32_t)b);
    sha256_add(&hash, bytes + b, length - (uint32_t)b);
    sha256_finish(&hash, made);
    print_hex(made, SHA256_BYTES);
  } else if (strcmp(name, "drbg") == 0) {
    struct hmac_drbg drbg;
    drbg_instantiate(&drbg, bytes, from_hex(first, bytes));
    /* Twice, since the state moves on in between. */
    drbg_generate(&drbg, made, (uint32_t)b);
    drbg_generate(&drbg, made, (uint32_t)b);
    print_hex(made, (uint32_t)b);
  } else {
    exit(1);
  }
}

int main(void) {
  static char line[16384], name[32], first[16000], second[64];
  memset(eeprom, 0xff, sizeof eeprom);
  while (fgets(line, sizeof line, stdin)) {
    first[0] = second[0] = 0;
    if (sscanf(line, "%31s %15999s %63s", name, first, second) < 1) return 1;
    if (strcmp(first, "-") == 0) first[0] = 0;
    call(name, first, second);
  }
  return 0;
}
