#include "hmac-drbg.h"

#include <string.h>

#include "wipe.h"

#define INNER_PAD 0x36u
#define OUTER_PAD 0x5cu

static void start_padded(struct sha256 *hash, const uint8_t key[SHA256_BYTES], uint8_t pad) {
  sha256_start(hash);
  for (uint32_t index = 0; index < SHA256_BLOCK_BYTES; index++) {
    const uint8_t byte = (uint8_t)((index < SHA256_BYTES ? key[index] : 0) ^ pad);
    sha256_add(hash, &byte, 1);
  }
}

/* value = HMAC(key, value); key = HMAC(key, value || round || provided) when `round` is not NULL. */
static void mac(struct hmac_drbg *drbg, uint8_t *target, const uint8_t *round,
                const uint8_t *provided, uint32_t length) {
  struct sha256 hash;
  uint8_t inner[SHA256_BYTES];
  start_padded(&hash, drbg->key, INNER_PAD);
  sha256_add(&hash, drbg->value, SHA256_BYTES);
  if (round != NULL) sha256_add(&hash, round, 1);
  sha256_add(&hash, provided, length);
  sha256_finish(&hash, inner);
  start_padded(&hash, drbg->key, OUTER_PAD);
  sha256_add(&hash, inner, SHA256_BYTES);
  sha256_finish(&hash, target);
  wipe(inner, sizeof inner);
}

/* §10.1.2.2. */
static void update(struct hmac_drbg *drbg, const uint8_t *provided, uint32_t length) {
  for (uint8_t round = 0; round <= (length > 0 ? 1 : 0); round++) {
    mac(drbg, drbg->key, &round, provided, length);
    mac(drbg, drbg->value, NULL, NULL, 0);
  }
}

void drbg_instantiate(struct hmac_drbg *drbg, const uint8_t *seed, uint32_t length) {
  memset(drbg->key, 0x00, sizeof drbg->key);
  memset(drbg->value, 0x01, sizeof drbg->value);
  update(drbg, seed, length);
}

void drbg_generate(struct hmac_drbg *drbg, uint8_t *target, uint32_t length) {
  while (length > 0) {
    const uint32_t part = length < SHA256_BYTES ? length : SHA256_BYTES;
    mac(drbg, drbg->value, NULL, NULL, 0);
    memcpy(target, drbg->value, part);
    target += part;
    length -= part;
  }
  update(drbg, NULL, 0);
}
