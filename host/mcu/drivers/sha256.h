/* SHA-256 (FIPS 180-4), for the random numbers of the board; the core has its own for everything else. */
#pragma once

#include <stdint.h>

#define SHA256_BYTES 32u
#define SHA256_BLOCK_BYTES 64u

struct sha256 {
  uint32_t state[8];
  uint32_t length;
  uint8_t block[SHA256_BLOCK_BYTES];
};

void sha256_start(struct sha256 *hash);
/* At most 2^29 - 1 bytes in all. */
void sha256_add(struct sha256 *hash, const uint8_t *bytes, uint32_t length);
/* Leaves nothing behind in `hash`. */
void sha256_finish(struct sha256 *hash, uint8_t digest[SHA256_BYTES]);
