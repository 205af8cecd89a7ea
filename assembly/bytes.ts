/** Moving and comparing public bytes; secrets are compared by crypto/constant-time.ts. */

/** Copies `length` bytes upwards; `to` may overlap `from` from below. */
export function copy(to: usize, from: usize, length: u32): void {
  for (let index: u32 = 0; index < length; index++) {
    store<u8>(to + index, load<u8>(from + index));
  }
}

/** Whether two runs of bytes are the same. */
export function same(a: usize, b: usize, length: u32): bool {
  for (let index: u32 = 0; index < length; index++) {
    if (load<u8>(a + index) !== load<u8>(b + index)) return false;
  }
  return true;
}
