/**
 * The QR code of a credential: a login QR code shows its text as it is; the live one of a TOTP
 * credential is filled in afresh at each time step, so that a photograph of it is soon worth nothing.
 *
 * The text is composed on the screen's own text and encoded from there. How long that takes depends
 * on it, and tells no more than the display does (docs/threat-model.md).
 */
import { CODE, SERIAL_TEXT, TEXT, text } from '../memory';
import {
  closeRecord,
  credential,
  hasLiveQr,
  openRecord,
  Placeholder,
  qrTextPlace,
} from '../oath/credential';
import { readSerial } from '../serial';
import { putName, showMessage } from './message';
import { drawQr } from './qr';
import {
  clearText,
  newLine,
  putCharacter,
  putDecimal,
  putText,
  putWord,
  TEXT_LENGTH_MAX,
} from './text';
import * as words from './words';

/**
 * Shows the QR code of the credential in RECORD, whose name is on the screen; or says why not.
 * @param slot  its slot; the token is unlocked
 * @param step  the time step of a live one, whose code is in CODE
 */
export function showQr(slot: u32, step: u64): void {
  putWord(words.QR_CODE);
  newLine();
  const start = text.length;
  const opened = openRecord(slot);
  if (opened) putContent(step);
  closeRecord();
  // A text that ends where the room does has been cut.
  const isWhole = opened && text.length < TEXT_LENGTH_MAX;
  if (isWhole && drawQr(TEXT + start, text.length - start) > 0) return;
  clearText();
  putName();
  if (opened) showMessage(words.QR_TOO_LONG, words.QR_TOO_LONG_HINT);
  else showMessage(words.KEY_DOES_NOT_OPEN, words.NO_CODE_HINT);
}

function putContent(step: u64): void {
  const place = qrTextPlace();
  const length: u32 = credential.qrLength;
  if (hasLiveQr()) putFilledIn(place, length, step);
  else putText(place, length);
}

function putFilledIn(template: usize, length: u32, step: u64): void {
  for (let index: u32 = 0; index < length; index++) {
    const byte: u32 = load<u8>(template + index);
    if (byte === Placeholder.SERIAL) putText(SERIAL_TEXT, readSerial());
    else if (byte === Placeholder.CODE) putText(CODE, credential.digits);
    else if (byte === Placeholder.STEP) putDecimal(step, 1);
    else putCharacter(byte);
  }
}
