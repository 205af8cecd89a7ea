/* HMAC_DRBG with SHA-256 (NIST SP 800-90A §10.1.2), without prediction resistance and reseeding. */
#pragma once

#include <stdint.h>

#include "sha256.h"

struct hmac_drbg {
  uint8_t key[SHA256_BYTES];
  uint8_t value[SHA256_BYTES];
};

/* seed: entropy input, nonce and personalisation string, one behind the other. */
void drbg_instantiate(struct hmac_drbg *drbg, const uint8_t *seed, uint32_t length);
/* Any number of requests, each of at most 65,536 bytes; additional input is not used. */
void drbg_generate(struct hmac_drbg *drbg, uint8_t *target, uint32_t length);
