/** Who the token is, in the form that clients of other makers' keys read: DEVICE INFORMATION. */
import { SERIAL_TEXT } from '../memory';
import { readSerial } from '../serial';
import { BLANK } from '../store/flash';
import { crcWord } from '../store/guard';
import { PROTOCOL_MAJOR, PROTOCOL_MINOR, PROTOCOL_PATCH } from '../version';
import { Status } from './status';
import { putByte, putTag } from './tlv';

enum Tag {
  SUPPORTED = 0x01,
  SERIAL = 0x02,
  ENABLED = 0x03,
  FORM_FACTOR = 0x04,
  VERSION = 0x05,
}

/** OTP slots, 01, and OATH, 20. */
const CAPABILITIES: u32 = 0x0021;
const FORM_FACTOR_UNKNOWN: u32 = 0x00;
const LENGTH_WITHOUT_SERIAL: u32 = 16;
const SERIAL_FIELD_LENGTH: u32 = 6;

/** One byte of length, then TLVs. */
export function deviceInformation(): Status {
  const hasNumber = readSerial() !== 0;
  putByte(hasNumber ? LENGTH_WITHOUT_SERIAL + SERIAL_FIELD_LENGTH : LENGTH_WITHOUT_SERIAL);
  putCapabilities(Tag.SUPPORTED);
  if (hasNumber) {
    putTag(Tag.SERIAL, 4);
    putSerialNumber();
  }
  putCapabilities(Tag.ENABLED);
  putTag(Tag.FORM_FACTOR, 1);
  putByte(FORM_FACTOR_UNKNOWN);
  putTag(Tag.VERSION, 3);
  putVersion();
  return Status.DONE;
}

function putCapabilities(tag: Tag): void {
  putTag(tag, 2);
  putByte(CAPABILITIES >> 8);
  putByte(CAPABILITIES & 0xff);
}

export function putVersion(): void {
  putByte(PROTOCOL_MAJOR);
  putByte(PROTOCOL_MINOR);
  putByte(PROTOCOL_PATCH);
}

/**
 * The serial number as 4 bytes: its CRC-32, the text padded with FF to whole words, as on flash.
 * Serial numbers that differ only within four neighbouring characters never share one.
 */
export function putSerialNumber(): void {
  let crc = BLANK;
  for (let at: u32 = 0; at < readSerial(); at += 4) {
    crc = crcWord(crc, load<u32>(SERIAL_TEXT + <usize>at));
  }
  for (let shift: i32 = 24; shift >= 0; shift -= 8) putByte(~crc >>> shift);
}
