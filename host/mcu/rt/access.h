/*
 * Loads and stores of the translated module, in place of those that wasm2c writes: always inlined,
 * against a constant bound, and declared aligned. WebAssembly allows any address. The core keeps words to
 * natural alignment, which CHECK_ALIGNMENT proves and a Cortex-M0 enforces; half-words may lie anywhere, as
 * the alignment patterns of a QR code do in their rows, and go byte by byte on a chip that enforces it.
 *
 * Addresses are 64 bits wide since base plus offset may pass 2^32 (WebAssembly §4.4.7).
 */
#pragma once

#define RANGE_CHECK(memory, offset, length) \
  if (UNLIKELY((offset) + (uint64_t)(length) > MODULE_MEMORY_BYTES)) TRAP(OOB);

#define ALIGNMENT(type) (sizeof(type) == 2 ? 1 : sizeof(type))

#ifdef CHECK_ALIGNMENT
#define ALIGNMENT_CHECK(address, type) \
  if (UNLIKELY((address) % ALIGNMENT(type) != 0)) TRAP(MISALIGNED);
#else
#define ALIGNMENT_CHECK(address, type)
#endif

#define LOAD_DATA(memory, offset, bytes, length) \
  do { \
    RANGE_CHECK(memory, offset, length) \
    memcpy(&(memory).data[offset], bytes, length); \
  } while (0)

#define ALWAYS_INLINE static inline __attribute__((always_inline))

/* Something that lies aligned so, and may be looked at as another type. */
#define ALIASED(type) \
  typedef struct { \
    type value; \
  } __attribute__((packed, aligned(ALIGNMENT(type)), may_alias)) aliased;

#define DEFINE_LOAD(name, stored, widened, result) \
  ALWAYS_INLINE result name(wasm_rt_memory_t *memory, u64 address) { \
    RANGE_CHECK(memory, address, sizeof(stored)) \
    ALIGNMENT_CHECK(address, stored) \
    ALIASED(stored) \
    return (result)(widened)((const aliased *)&memory->data[address])->value; \
  }

#define DEFINE_STORE(name, stored, given) \
  ALWAYS_INLINE void name(wasm_rt_memory_t *memory, u64 address, given value) { \
    RANGE_CHECK(memory, address, sizeof(stored)) \
    ALIGNMENT_CHECK(address, stored) \
    ALIASED(stored) \
    ((aliased *)&memory->data[address])->value = (stored)value; \
  }
