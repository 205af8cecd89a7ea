/*
 * The continuous health tests of a noise source (NIST SP 800-90B §4.4) that gives bytes of at least four
 * bits of entropy each. They find a source that has stuck or grown a favourite, not one that somebody
 * has replaced by a good generator of his own.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Samples before anything may be drawn (§4.3). */
#define HEALTH_START_UP_SAMPLES 1024u
/* Entropy that is counted on, of the eight bits of a sample. */
#define HEALTH_BITS_A_SAMPLE 4u

/* Zeroed at power-on. */
struct health {
  /* Repetition count (§4.4.1): a sample, and how often it has come in a row. */
  uint32_t repeated;
  uint32_t repetitions;
  /* Adaptive proportion (§4.4.2): the first sample of a window, how often it has come, how many have. */
  uint32_t watched;
  uint32_t occurrences;
  uint32_t seen;
  bool has_failed;
};

/* Takes a sample. False from the first failure on, for good: a source that was broken once is not trusted. */
bool health_take(struct health *health, uint8_t sample);
