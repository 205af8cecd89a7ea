#include "sha256.h"

#include <string.h>

#include "wipe.h"

/* The first 32 bits of the fractional parts of the cube roots of the first 64 primes (§4.2.2). */
static const uint32_t K[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t rotate(uint32_t word, int bits) { return word >> bits | word << (32 - bits); }

/* One block (§6.2.2), the message schedule in a ring of 16 words. */
static void compress(uint32_t state[8], const uint8_t *block) {
  uint32_t w[16], v[8];
  memcpy(v, state, sizeof v);
  for (uint32_t t = 0; t < 64; t++) {
    if (t < 16) {
      w[t] = (uint32_t)block[4 * t] << 24 | (uint32_t)block[4 * t + 1] << 16 |
             (uint32_t)block[4 * t + 2] << 8 | block[4 * t + 3];
    } else {
      const uint32_t w15 = w[(t - 15) % 16], w2 = w[(t - 2) % 16];
      w[t % 16] += (rotate(w15, 7) ^ rotate(w15, 18) ^ w15 >> 3) + w[(t - 7) % 16] +
                   (rotate(w2, 17) ^ rotate(w2, 19) ^ w2 >> 10);
    }
    /* a .. h are v[0] .. v[7]. */
    const uint32_t t1 = v[7] + (rotate(v[4], 6) ^ rotate(v[4], 11) ^ rotate(v[4], 25)) +
                        ((v[4] & v[5]) ^ (~v[4] & v[6])) + K[t] + w[t % 16];
    const uint32_t t2 = (rotate(v[0], 2) ^ rotate(v[0], 13) ^ rotate(v[0], 22)) +
                        ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));
    memmove(v + 1, v, 7 * sizeof v[0]);
    v[4] += t1;
    v[0] = t1 + t2;
  }
  for (int word = 0; word < 8; word++) state[word] += v[word];
  wipe(w, sizeof w);
  wipe(v, sizeof v);
}

void sha256_start(struct sha256 *hash) {
  /* Fractional parts of the square roots of the first 8 primes (§5.3.3). */
  static const uint32_t initial[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                      0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  memcpy(hash->state, initial, sizeof initial);
  hash->length = 0;
}

void sha256_add(struct sha256 *hash, const uint8_t *bytes, uint32_t length) {
  for (uint32_t index = 0; index < length; index++) {
    hash->block[hash->length++ % SHA256_BLOCK_BYTES] = bytes[index];
    if (hash->length % SHA256_BLOCK_BYTES == 0) compress(hash->state, hash->block);
  }
}

void sha256_finish(struct sha256 *hash, uint8_t digest[SHA256_BYTES]) {
  const uint32_t bits = hash->length * 8;
  const uint8_t size[8] = {[4] = (uint8_t)(bits >> 24), (uint8_t)(bits >> 16), (uint8_t)(bits >> 8),
                           (uint8_t)bits};
  const uint8_t one = 0x80, zero = 0;
  sha256_add(hash, &one, 1);
  while (hash->length % SHA256_BLOCK_BYTES != SHA256_BLOCK_BYTES - sizeof size) {
    sha256_add(hash, &zero, 1);
  }
  sha256_add(hash, size, sizeof size);
  for (uint32_t index = 0; index < SHA256_BYTES; index++) {
    digest[index] = (uint8_t)(hash->state[index / 4] >> (24 - index % 4 * 8));
  }
  wipe(hash, sizeof *hash);
}
