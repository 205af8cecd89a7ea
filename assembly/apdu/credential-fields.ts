/**
 * A credential from the TLVs of a command: name in tag 71; type and algorithm, digits and key in 73;
 * the text of its QR code in 7D.
 * What else belongs to it comes from elsewhere in each applet.
 */
import { copy } from '../bytes';
import {
  credential,
  isHeadValid,
  KEY_LENGTH_MAX,
  keyPlace,
  NAME,
  NAME_LENGTH_MAX,
  QR_TEXT_LENGTH_MAX,
  qrTextPlace,
  saveCredential,
} from '../oath/credential';
import { Stored } from '../store/log';
import { fieldLength, fieldValue, Tag } from './fields';

/** Bytes of tag 73 in front of the key: type and algorithm, digits. */
export const KEY_HEAD: u32 = 2;

/**
 * Puts the head of the credential in RECORD.
 * @param periodSeconds  any; 0 for HOTP
 * @returns false unless a credential can be made of it
 */
export function takeHead(periodSeconds: u32, properties: u32): bool {
  const key = fieldValue(Tag.KEY);
  const keyLength = fieldLength(Tag.KEY) - KEY_HEAD;
  const nameLength = fieldLength(Tag.NAME);
  const qrLength = fieldLength(Tag.QR_TEXT);
  // The record has less room for lengths than a command.
  if (keyLength > KEY_LENGTH_MAX || nameLength > NAME_LENGTH_MAX) return false;
  if (qrLength > QR_TEXT_LENGTH_MAX) return false;
  credential.typeAndAlgorithm = load<u8>(key);
  credential.digits = load<u8>(key, 1);
  credential.periodSeconds = <u16>min<u32>(periodSeconds, 0xffff);
  credential.nameLength = <u8>nameLength;
  credential.keyLength = <u8>keyLength;
  credential.properties = <u8>properties;
  credential.qrLength = <u8>qrLength;
  return isHeadValid();
}

/** Stores the credential in a free slot; `takeHead` has accepted it. */
export function storeCredential(
  slot: u32,
  periodSeconds: u32,
  properties: u32,
  counter: u64,
): Stored {
  takeHead(periodSeconds, properties);
  copy(NAME, fieldValue(Tag.NAME), credential.nameLength);
  copy(keyPlace(), fieldValue(Tag.KEY) + KEY_HEAD, credential.keyLength);
  copy(qrTextPlace(), fieldValue(Tag.QR_TEXT), credential.qrLength);
  return saveCredential(slot, counter);
}
