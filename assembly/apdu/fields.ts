/**
 * The TLVs of a command, by tag: read once, whole, before anything is done with one of them.
 */
import { command, FIELDS, tlv } from '../memory';
import { readTlv } from './tlv';

/** Tags of the OATH applet, and of the management applet where it speaks of credentials. */
export enum Tag {
  NAME = 0x71,
  NAME_LIST = 0x72,
  KEY = 0x73,
  CHALLENGE = 0x74,
  RESPONSE = 0x75,
  TRUNCATED = 0x76,
  NOT_CALCULATED_HOTP = 0x77,
  PROPERTY = 0x78,
  VERSION = 0x79,
  COUNTER = 0x7a,
  ALGORITHM = 0x7b,
  NOT_CALCULATED_TOUCH = 0x7c,
  QR_TEXT = 0x7d,
  PERIOD = 0x80,
}

/** A bit of its own for each tag that a command may have: their low nibbles differ. */
export function tagBit(tag: u32): u32 {
  return 1 << (tag & 0x0f);
}

/**
 * Takes the data field apart.
 * @param allowed  tagBit of every tag that may come
 * @param needed   tagBit of every tag that has to
 * @returns false for a length that does not fit, a tag that is not allowed or comes twice, or one
 *          that is missing
 */
export function readFields(allowed: u32, needed: u32): bool {
  let seen: u32 = 0;
  const end = command.data + command.dataLength;
  for (let at = command.data; at < end; at = tlv.value + tlv.length) {
    if (!readField(at, end)) return false;
    const bit = tagBit(tlv.tag);
    if ((allowed & bit) === 0 || (seen & bit) !== 0) return false;
    seen |= bit;
    const place = FIELDS + <usize>((tlv.tag & 0x0f) << 3);
    store<u32>(place, <u32>tlv.value);
    store<u32>(place, tlv.length, 4);
  }
  for (let nibble: u32 = 0; nibble < 16; nibble++) {
    if (((seen >> nibble) & 1) === 0) store<u64>(FIELDS + <usize>(nibble << 3), 0);
  }
  return (seen & needed) === needed;
}

/** One TLV. PROPERTY has no length byte: one byte of value follows the tag. */
function readField(at: usize, end: usize): bool {
  if (load<u8>(at) === Tag.PROPERTY && end - at >= 2) {
    tlv.tag = Tag.PROPERTY;
    tlv.value = at + 1;
    tlv.length = 1;
    return true;
  }
  return readTlv(at, end) && (tlv.tag >> 4 === 7 || tlv.tag === Tag.PERIOD);
}

/** Where the value of a tag lies in the command; 0 when it did not come. */
export function fieldValue(tag: u32): usize {
  return <usize>load<u32>(FIELDS + <usize>((tag & 0x0f) << 3));
}

/** Bytes of the value of a tag; 0 when it did not come. */
export function fieldLength(tag: u32): u32 {
  return load<u32>(FIELDS + <usize>((tag & 0x0f) << 3), 4);
}
