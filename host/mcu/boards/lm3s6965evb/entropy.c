/*
 * The chip has no random source. What keys and salts are drawn from is HMAC_DRBG, seeded for every
 * draw with
 *   - 32 secret bytes that the board got when it was made: nobody else can predict a draw;
 *   - a digest of the flash, the time and the count of draws: no draw that left something on the flash
 *     is ever repeated, not after a power cut either;
 *   - noise of an open ADC input and of the moment of the draw, which are credited with nothing.
 * It is generated and forgotten within the draw.
 */
#include "drivers/entropy.h"

#include <string.h>

#include "board.h"
#include "drivers/hmac-drbg.h"
#include "drivers/registers.h"
#include "drivers/wipe.h"
#include "keys-page.h"

#define ADC 0x40038000u
#define ADC_ACTIVE REGISTER(ADC + 0x00)
#define ADC_TRIGGER REGISTER(ADC + 0x14)
#define ADC_INPUT REGISTER(ADC + 0xa0)
#define ADC_SEQUENCE REGISTER(ADC + 0xa4)
#define ADC_RESULT REGISTER(ADC + 0xa8)
#define ADC_STATE REGISTER(ADC + 0xac)
/* Sequencer 3 takes one sample each time the timer triggers it. */
#define SEQUENCER_3 8u
#define TRIGGER_BY_TIMER (5u << 12)
#define ONE_SAMPLE 6u
#define RESULTS_EMPTY 0x100u

#define TIMER 0x40030000u
#define TIMER_CONFIGURATION REGISTER(TIMER + 0x00)
#define TIMER_MODE REGISTER(TIMER + 0x04)
#define TIMER_CONTROL REGISTER(TIMER + 0x0c)
#define TIMER_LOAD REGISTER(TIMER + 0x28)
#define PERIODIC 2u
#define RUN_AND_TRIGGER 0x21u
/* A sample takes a microsecond; these come every 20. */
#define SAMPLE_CYCLES 1000u
#define SAMPLES 64u
#define SAMPLING_MILLISECONDS 20u

#define SYSTICK_CURRENT REGISTER(0xe000e018)

struct seed {
  uint8_t secret[KEYS_PAGE_SEED_BYTES];
  uint8_t flash_digest[SHA256_BYTES];
  uint8_t noise_digest[SHA256_BYTES];
  uint64_t clock_seconds;
  uint32_t draw;
  uint32_t milliseconds;
  uint32_t cycles;
  uint32_t reserved;
};

static bool digest_flash(uint8_t digest[SHA256_BYTES]) {
  struct sha256 hash;
  uint8_t bytes[SHA256_BLOCK_BYTES];
  sha256_start(&hash);
  for (uint32_t address = 0; address < BOARD_FLASH_BYTES; address += sizeof bytes) {
    if (!board_flash_read(address, bytes, sizeof bytes)) return false;
    sha256_add(&hash, bytes, sizeof bytes);
  }
  sha256_finish(&hash, digest);
  return true;
}

/* What the ADC gives in time, and when it gave it; a part that gives nothing only takes time. */
static void digest_noise(uint8_t digest[SHA256_BYTES]) {
  struct sha256 hash;
  sha256_start(&hash);
  ADC_ACTIVE = 0;
  ADC_TRIGGER = TRIGGER_BY_TIMER;
  ADC_INPUT = 0;
  ADC_SEQUENCE = ONE_SAMPLE;
  ADC_ACTIVE = SEQUENCER_3;
  TIMER_CONTROL = 0;
  TIMER_CONFIGURATION = 0;
  TIMER_MODE = PERIODIC;
  TIMER_LOAD = SAMPLE_CYCLES;
  TIMER_CONTROL = RUN_AND_TRIGGER;
  const uint32_t since = board_milliseconds();
  for (uint32_t count = 0; count < SAMPLES;) {
    if (board_milliseconds() - since > SAMPLING_MILLISECONDS) break;
    if (ADC_STATE & RESULTS_EMPTY) continue;
    const uint32_t sample[] = {ADC_RESULT, SYSTICK_CURRENT};
    sha256_add(&hash, (const uint8_t *)sample, sizeof sample);
    count++;
  }
  TIMER_CONTROL = 0;
  ADC_ACTIVE = 0;
  sha256_finish(&hash, digest);
}

bool entropy_draw(uint8_t *target, uint32_t length) {
  static uint32_t draws;
  struct seed seed = {.draw = ++draws, .milliseconds = board_milliseconds(), .cycles = SYSTICK_CURRENT};
  struct hmac_drbg drbg;
  if (!keys_page_seed(seed.secret) || !digest_flash(seed.flash_digest)) {
    wipe(&seed, sizeof seed);
    return false;
  }
  digest_noise(seed.noise_digest);
  if (!board_clock_read(&seed.clock_seconds)) seed.clock_seconds = 0;
  drbg_instantiate(&drbg, (const uint8_t *)&seed, sizeof seed);
  drbg_generate(&drbg, target, length);
  wipe(&drbg, sizeof drbg);
  wipe(&seed, sizeof seed);
  return true;
}
