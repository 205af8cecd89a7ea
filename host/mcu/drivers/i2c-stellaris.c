/* I2C master of the Stellaris family (LM3S6965 data sheet, chapter "Inter-Integrated Circuit"). */
#include "i2c-stellaris.h"

#include "i2c.h"
#include "registers.h"

#define I2C0 0x40020000u
#define SLAVE_ADDRESS REGISTER(I2C0 + 0x00)
#define CONTROL REGISTER(I2C0 + 0x04)
#define DATA REGISTER(I2C0 + 0x08)
#define TIMER_PERIOD REGISTER(I2C0 + 0x0c)
#define CONFIGURATION REGISTER(I2C0 + 0x20)

enum { RUN = 1, START = 2, STOP = 4, ACKNOWLEDGE = 8 };
enum { BUSY = 1, ERROR = 2, ARBITRATION_LOST = 0x10, BUS_BUSY = 0x40 };
#define MASTER_ENABLE 0x10u
#define BUS_HERTZ 400000u
/* A byte takes 23 microseconds; the loop below is a few cycles of 20 nanoseconds. */
#define PATIENCE 50000u

void i2c_start(uint32_t clock_hertz) {
  CONFIGURATION = MASTER_ENABLE;
  /* A bit takes 20 x (1 + period) cycles; rounded up, so that the bus is never too fast. */
  TIMER_PERIOD = (clock_hertz + 20 * BUS_HERTZ - 1) / (20 * BUS_HERTZ) - 1;
}

static bool wait_for_end_of(uint32_t state) {
  for (uint32_t patience = PATIENCE; CONTROL & state; patience--) {
    if (patience == 0) return false;
  }
  return true;
}

/* Lets the bus go after an error, unless another master has it; the next START must not come earlier. */
static void give_up(uint32_t command) {
  if ((CONTROL & ARBITRATION_LOST) == 0 && (command & STOP) == 0) CONTROL = STOP;
  wait_for_end_of(BUSY);
  wait_for_end_of(BUS_BUSY);
}

static bool step(uint32_t command) {
  CONTROL = command;
  if (!wait_for_end_of(BUSY)) return false;
  if ((CONTROL & (ERROR | ARBITRATION_LOST)) == 0) return true;
  give_up(command);
  return false;
}

bool i2c_write(uint8_t part, const uint8_t *head, uint32_t head_length, const uint8_t *bytes,
               uint32_t length) {
  const uint32_t total = head_length + length;
  SLAVE_ADDRESS = (uint32_t)part << 1;
  for (uint32_t index = 0; index < total; index++) {
    DATA = index < head_length ? head[index] : bytes[index - head_length];
    const uint32_t first = index == 0 ? START : 0;
    const uint32_t last = index + 1 == total ? STOP : 0;
    if (!step(RUN | first | last)) return false;
  }
  return true;
}

bool i2c_read(uint8_t part, uint8_t *target, uint32_t length) {
  SLAVE_ADDRESS = (uint32_t)part << 1 | 1;
  for (uint32_t index = 0; index < length; index++) {
    const uint32_t first = index == 0 ? START : 0;
    const uint32_t last = index + 1 == length ? STOP : ACKNOWLEDGE;
    if (!step(RUN | first | last)) return false;
    target[index] = (uint8_t)DATA;
  }
  return true;
}
