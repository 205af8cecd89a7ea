/**
 * Zeroising. The stores cannot be optimised away: linear memory is exported, so a compiler has to
 * assume that the host reads every byte of it after the call.
 */

/**
 * Overwrites memory with zeros, word by word where it is aligned.
 * @param pointer  first byte, any alignment
 * @param length   bytes, 0 or more; public
 */
export function wipe(pointer: usize, length: u32): void {
  const end = pointer + length;
  while (pointer < end && (pointer & 3) !== 0) {
    store<u8>(pointer, 0);
    pointer++;
  }
  while (pointer + 4 <= end) {
    store<u32>(pointer, 0);
    pointer += 4;
  }
  while (pointer < end) {
    store<u8>(pointer, 0);
    pointer++;
  }
}
