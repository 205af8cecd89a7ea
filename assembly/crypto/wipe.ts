/**
 * Zeroising. The stores cannot be optimised away: linear memory is exported, so a compiler has to
 * assume that the host reads every byte of it after the call.
 */

/**
 * Overwrites memory with zeros, eight bytes at a time where it is aligned.
 * @param pointer  first byte, any alignment
 * @param length   bytes, 0 or more; public
 */
export function wipe(pointer: usize, length: u32): void {
  const end = pointer + length;
  while (pointer < end && (pointer & 7) !== 0) {
    store<u8>(pointer, 0);
    pointer++;
  }
  while (pointer + 8 <= end) {
    store<u64>(pointer, 0);
    pointer += 8;
  }
  while (pointer < end) {
    store<u8>(pointer, 0);
    pointer++;
  }
}
