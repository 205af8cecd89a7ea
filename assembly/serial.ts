/** The serial number: written once, shown on the display, printed on the back. */
import { copy } from './bytes';
import { SERIAL_TEXT } from './memory';
import { append, exists, payloadLength, readPayload, Stored } from './store/log';
import { SERIAL } from './store/record';

export const SERIAL_LENGTH_MAX: u32 = 32;

export function hasSerial(): bool {
  return exists(SERIAL);
}

/** Reads the serial number into SERIAL_TEXT; its length, 0 when there is none. */
export function readSerial(): u32 {
  if (!hasSerial()) return 0;
  readPayload(SERIAL, SERIAL_TEXT);
  return payloadLength(SERIAL);
}

/** Whether the record on flash is one that this core could have written; asked at power-on. */
export function serialIsSound(): bool {
  return (
    !hasSerial() ||
    (payloadLength(SERIAL) <= SERIAL_LENGTH_MAX && isSerial(SERIAL_TEXT, readSerial()))
  );
}

/** Letters, digits, `.`, `_` and `-`, 1 to 32 of them: what activation servers take. */
export function isSerial(text: usize, length: u32): bool {
  if (length === 0 || length > SERIAL_LENGTH_MAX) return false;
  for (let index: u32 = 0; index < length; index++) {
    if (!isSerialCharacter(load<u8>(text + index))) return false;
  }
  return true;
}

function isSerialCharacter(character: u32): bool {
  const letter = (character | 0x20) - 0x61;
  return (
    letter < 26 ||
    character - 0x30 < 10 ||
    character === 0x2d ||
    character === 0x2e ||
    character === 0x5f
  );
}

/** Stores the serial number; the caller has checked that there is none yet. */
export function saveSerial(text: usize, length: u32): Stored {
  copy(SERIAL_TEXT, text, length);
  return append(SERIAL, SERIAL_TEXT, length, 0);
}
