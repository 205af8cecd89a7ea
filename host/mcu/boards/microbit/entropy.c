/*
 * What keys and salts are drawn from: HMAC_DRBG, seeded for every draw with
 *   - 96 bytes of the chip's noise source, after the health tests of SP 800-90B: 256 bits of entropy and
 *     128 for the nonce (SP 800-90A §8.6.7), as four bits of each byte are counted on;
 *   - the secret of the keys page, which is credited with nothing, and helps where the source does not.
 * It is generated and forgotten within the draw.
 */
#include "drivers/entropy.h"

#include <string.h>

#include "board.h"
#include "drivers/health-tests.h"
#include "drivers/hmac-drbg.h"
#include "drivers/rng-nrf51.h"
#include "drivers/wipe.h"
#include "keys-page.h"

#define STRENGTH_BITS 256u
#define NOISE_BYTES ((STRENGTH_BITS + STRENGTH_BITS / 2) / HEALTH_BITS_A_SAMPLE)

struct seed {
  uint8_t noise[NOISE_BYTES];
  uint8_t secret[KEYS_PAGE_SEED_BYTES];
};

static struct health health;
static bool has_started;

/* Each byte of the source goes through the tests; `target` NULL for those of the start-up. */
static bool sample(uint8_t *target, uint32_t count) {
  for (uint32_t index = 0; index < count; index++) {
    uint8_t byte;
    if (!rng_read(&byte) || !health_take(&health, byte)) return false;
    if (target != NULL) target[index] = byte;
  }
  return true;
}

/* The first draw waits 0.7 s for the samples of the start-up; there may be none until power-off. */
static bool take_noise(uint8_t *target) {
  rng_start();
  if (!has_started) has_started = sample(NULL, HEALTH_START_UP_SAMPLES);
  const bool is_taken = has_started && sample(target, NOISE_BYTES);
  rng_stop();
  return is_taken;
}

bool entropy_draw(uint8_t *target, uint32_t length) {
  struct seed seed;
  struct hmac_drbg drbg;
  memset(seed.secret, 0, sizeof seed.secret);
  keys_page_seed(seed.secret);
  const bool is_taken = take_noise(seed.noise);
  if (is_taken) {
    drbg_instantiate(&drbg, (const uint8_t *)&seed, sizeof seed);
    drbg_generate(&drbg, target, length);
    wipe(&drbg, sizeof drbg);
  }
  wipe(&seed, sizeof seed);
  return is_taken;
}
