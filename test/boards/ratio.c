/*
 * HOTP of the translated module beside an own plain C of the same shape, for the same compiler and flags:
 * midstates cached, both blocks of SHA-1 written out with their constant words, the code picked with masks
 * and reduced without a division. ratio.ts counts the instructions between the marks.
 */
#include "otp.tuned.c"

#define MARK(name) \
  void name(void); \
  __attribute__((noinline, externally_visible)) void name(void) { __asm__ volatile(""); }
MARK(core_begins)
MARK(core_ends)
MARK(plain_begins)
MARK(plain_ends)

/* ---- plain C ---- */

#define ALWAYS static inline __attribute__((always_inline))

ALWAYS uint32_t rotate(uint32_t word, int bits) { return word << bits | word >> (32 - bits); }

#define CHOOSE(b, c, d) (d ^ (b & (c ^ d)))
#define PARITY(b, c, d) (b ^ c ^ d)
#define MAJORITY(b, c, d) ((b & c) | (d & (b | c)))

#define ROUND(f, k, a, b, c, d, e, word) \
  e += rotate(a, 5) + f(b, c, d) + k + (word); \
  b = rotate(b, 30);
/* FIPS 180-4 §6.1.3: the schedule in a ring of 16. */
#define NEXT(t) \
  (w[(t) & 15] = rotate(w[((t) + 13) & 15] ^ w[((t) + 8) & 15] ^ w[((t) + 2) & 15] ^ w[(t) & 15], 1))
#define FIVE(f, k, t, word) \
  ROUND(f, k, a, b, c, d, e, word(t)) \
  ROUND(f, k, e, a, b, c, d, word((t) + 1)) \
  ROUND(f, k, d, e, a, b, c, word((t) + 2)) \
  ROUND(f, k, c, d, e, a, b, word((t) + 3)) \
  ROUND(f, k, b, c, d, e, a, word((t) + 4))
#define GIVEN(t) w[t]

ALWAYS void rounds(const uint32_t *state, uint32_t *digest, uint32_t w[16]) {
  uint32_t a = state[0], b = state[1], c = state[2], d = state[3], e = state[4];
  FIVE(CHOOSE, 0x5a827999u, 0, GIVEN)
  FIVE(CHOOSE, 0x5a827999u, 5, GIVEN)
  FIVE(CHOOSE, 0x5a827999u, 10, GIVEN)
  ROUND(CHOOSE, 0x5a827999u, a, b, c, d, e, w[15])
  ROUND(CHOOSE, 0x5a827999u, e, a, b, c, d, NEXT(16))
  ROUND(CHOOSE, 0x5a827999u, d, e, a, b, c, NEXT(17))
  ROUND(CHOOSE, 0x5a827999u, c, d, e, a, b, NEXT(18))
  ROUND(CHOOSE, 0x5a827999u, b, c, d, e, a, NEXT(19))
  FIVE(PARITY, 0x6ed9eba1u, 20, NEXT)
  FIVE(PARITY, 0x6ed9eba1u, 25, NEXT)
  FIVE(PARITY, 0x6ed9eba1u, 30, NEXT)
  FIVE(PARITY, 0x6ed9eba1u, 35, NEXT)
  FIVE(MAJORITY, 0x8f1bbcdcu, 40, NEXT)
  FIVE(MAJORITY, 0x8f1bbcdcu, 45, NEXT)
  FIVE(MAJORITY, 0x8f1bbcdcu, 50, NEXT)
  FIVE(MAJORITY, 0x8f1bbcdcu, 55, NEXT)
  FIVE(PARITY, 0xca62c1d6u, 60, NEXT)
  FIVE(PARITY, 0xca62c1d6u, 65, NEXT)
  FIVE(PARITY, 0xca62c1d6u, 70, NEXT)
  FIVE(PARITY, 0xca62c1d6u, 75, NEXT)
  digest[0] = state[0] + a;
  digest[1] = state[1] + b;
  digest[2] = state[2] + c;
  digest[3] = state[3] + d;
  digest[4] = state[4] + e;
}

/* RFC 4226 §5.3, step 2: from two neighbours of five words. */
ALWAYS uint32_t truncate(const uint32_t *mac) {
  const uint32_t offset = mac[4] & 15, index = offset >> 2, shift = (offset & 3) << 3;
  uint32_t upper = 0, lower = 0;
  for (uint32_t word = 0; word < 4; word++) {
    const uint32_t keep = -(((index ^ word) - 1) >> 31);
    upper |= mac[word] & keep;
    lower |= mac[word + 1] & keep;
  }
  return (upper << shift | lower >> 1 >> (31 - shift)) & 0x7fffffffu;
}

/* value mod 10^6 by a reciprocal, 2^51 / 10^6 rounded up, from halves of words. */
ALWAYS uint32_t reduce(uint32_t value) {
  const uint32_t y = 2251799814u, low = value & 0xffff, high = value >> 16;
  const uint32_t middle = high * (y & 0xffff) + (low * (y & 0xffff) >> 16);
  const uint32_t product = high * (y >> 16) + (middle >> 16) + ((low * (y >> 16) + (middle & 0xffff)) >> 16);
  return value - (product >> 19) * 1000000u;
}

static uint32_t chain[5];

__attribute__((noinline)) static uint32_t plain_hotp(const uint32_t *inner, const uint32_t *outer,
                                                     uint32_t high, uint32_t low) {
  uint32_t first[16] = {high, low, 0x80000000u, [15] = (64 + 8) * 8};
  rounds(inner, chain, first);
  uint32_t second[16] = {chain[0], chain[1],    chain[2], chain[3], chain[4],
                         0x80000000u, [15] = (64 + 20) * 8};
  rounds(outer, chain, second);
  const uint32_t code = reduce(truncate(chain));
  for (int word = 0; word < 5; word++) *(volatile uint32_t *)&chain[word] = 0;
  return code;
}

/* ---- both ---- */

static Z_otp_instance_t instance;
extern uint32_t stack_top[], bss_start[], bss_end[];

_Noreturn void wasm_rt_trap(wasm_rt_trap_t trap) {
  for (;;) __asm__ volatile("" ::"r"(trap));
}

static void prepare(void) {
  static const char key[] = "12345678901234567890";
  Z_otp_init_module();
  Z_otp_instantiate(&instance);
  for (uint32_t at = 0; at < 20; at += 4) {
    uint32_t word;
    memcpy(&word, key + at, sizeof word);
    Z_otpZ_put32(&instance, at / 4, word);
  }
  Z_otpZ_prepareKey(&instance, 1, 20);
}

/* RFC 4226, appendix D: the mark behind a code is reached when the code is right. */
static void run(uint32_t counter, uint32_t expected) {
  const uint32_t *prepared = (const uint32_t *)&instance.w2c_memory.data[Z_otpZ_preparedOffset(&instance)];
  core_begins();
  const uint32_t core = Z_otpZ_hotpCode(&instance, 1, 0, counter, 6);
  if (core == expected) core_ends();
  plain_begins();
  const uint32_t plain = plain_hotp(prepared, prepared + 16, 0, counter);
  if (plain == expected) plain_ends();
}

void reset(void);
__attribute__((section(".vectors"), used)) static void (*const vectors[])(void) = {
    (void (*)(void))stack_top, reset};

__attribute__((externally_visible)) void reset(void) {
  for (uint32_t *word = bss_start; word < bss_end; word++) *(volatile uint32_t *)word = 0;
  prepare();
  run(0, 755224);
  run(9, 520489);
  for (;;) {
  }
}
