/**
 * BER-TLV with one-byte tags (ISO 7816-4 §5.2.2): read without trusting a length, written in place.
 */
import { copy } from '../bytes';
import { BUFFER, response, tlv } from '../memory';

/** Reads the TLV at `at` into `tlv`; false unless all of it lies in front of `end`. */
export function readTlv(at: usize, end: usize): bool {
  if (end - at < 2) return false;
  tlv.tag = load<u8>(at);
  tlv.length = load<u8>(at, 1);
  tlv.value = at + 2;
  if (tlv.length === 0x81 && end - at >= 3) {
    tlv.length = load<u8>(at, 2);
    tlv.value = at + 3;
  } else if (tlv.length === 0x82 && end - at >= 4) {
    tlv.length = ((<u32>load<u8>(at, 2)) << 8) | load<u8>(at, 3);
    tlv.value = at + 4;
  } else if (tlv.length > 0x7f) {
    return false;
  }
  return tlv.length <= <u32>(end - tlv.value);
}

/** The big-endian number in `length` bytes at `bytes`, at most 8. */
export function readNumber(bytes: usize, length: u32): u64 {
  let value: u64 = 0;
  for (let index: u32 = 0; index < length; index++) {
    value = (value << 8) | load<u8>(bytes + index);
  }
  return value;
}

/** Appends one byte to the response. */
export function putByte(byte: u32): void {
  store<u8>(BUFFER + response.length, byte);
  response.length++;
}

/** Appends tag and length; the value, at most 127 bytes, follows with putByte or putBytes. */
export function putTag(tag: u32, length: u32): void {
  putByte(tag);
  putByte(length);
}

export function putBytes(bytes: usize, length: u32): void {
  copy(BUFFER + response.length, bytes, length);
  response.length += length;
}

/** Appends a big-endian 64-bit number. */
export function putNumber(value: u64): void {
  for (let shift: i32 = 56; shift >= 0; shift -= 8) putByte(<u32>(value >> shift));
}
