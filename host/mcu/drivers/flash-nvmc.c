#include "flash-nvmc.h"

#include "registers.h"

#define NVMC 0x4001e000u
#define READY REGISTER(NVMC + 0x400)
#define CONFIGURATION REGISTER(NVMC + 0x504)
#define ERASE_PAGE REGISTER(NVMC + 0x508)

enum { READ_ONLY = 0, WRITE = 1, ERASE = 2 };

static void wait(void) {
  while (READY == 0) {
  }
}

bool nvmc_program(uint32_t address, uint32_t word) {
  if ((word & ~REGISTER(address)) != 0) return false;
  CONFIGURATION = WRITE;
  wait();
  REGISTER(address) = word;
  wait();
  /* A program that has gone astray writes nothing. */
  CONFIGURATION = READ_ONLY;
  wait();
  return true;
}

void nvmc_erase(uint32_t address) {
  CONFIGURATION = ERASE;
  wait();
  ERASE_PAGE = address;
  wait();
  CONFIGURATION = READ_ONLY;
  wait();
}
