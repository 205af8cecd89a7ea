#include "health-tests.h"

/*
 * A good source fails either test once in 2^20 windows: 1 + 20 / 4, and the critical value of the binomial
 * distribution for 512 samples of probability 2^-4. test/boards/drivers.test.ts works both out.
 */
#define REPETITION_CUTOFF 6u
#define PROPORTION_CUTOFF 62u
#define WINDOW 512u

static void count_repetitions(struct health *health, uint8_t sample) {
  const bool is_again = health->repetitions > 0 && sample == health->repeated;
  health->repetitions = is_again ? health->repetitions + 1 : 1;
  health->repeated = sample;
  if (health->repetitions >= REPETITION_CUTOFF) health->has_failed = true;
}

static void watch_proportion(struct health *health, uint8_t sample) {
  if (health->seen == 0) {
    health->watched = sample;
    health->occurrences = 0;
  }
  if (sample == health->watched) health->occurrences++;
  if (health->occurrences >= PROPORTION_CUTOFF) health->has_failed = true;
  health->seen = (health->seen + 1) % WINDOW;
}

bool health_take(struct health *health, uint8_t sample) {
  count_repetitions(health, sample);
  watch_proportion(health, sample);
  return !health->has_failed;
}
