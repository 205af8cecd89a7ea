/**
 * The management applet: who this token is, and everything that is written into it at
 * personalisation. Commands in PROTOCOL.md. No command returns a key.
 */
import { ClockSet, clockIsSet, lastSet, now, setClock } from '../clock';
import { command, SERIAL_TEXT } from '../memory';
import {
  counterOf,
  credential,
  credentialCount,
  findByName,
  freeSlot,
  isOccupied,
  loadCredential,
  NAME,
  OathType,
  Placeholder,
  removeCredential,
} from '../oath/credential';
import { hasKey } from '../oath/secret';
import { adminTriesLeft, hasAdminKey } from '../pin/admin-key';
import { isUnlocked, policy } from '../pin/vault';
import { triesLeft } from '../pin/verify';
import { hasSerial, isSerial, readSerial, saveSerial } from '../serial';
import { exists } from '../store/log';
import { ACCESS, MASTER, PUK, RESPONDER, SLOTS } from '../store/record';
import { FIRMWARE_MAJOR, FIRMWARE_MINOR, FIRMWARE_PATCH } from '../version';
import { CARD_ID_LENGTH, putCardId } from './admin-key';
import { hasParameters } from './command';
import { KEY_HEAD, storeCredential, takeHead } from './credential-fields';
import { Tag as FieldTag, fieldLength, fieldValue, readFields, tagBit } from './fields';
import { deviceInformation } from './identity';
import { reset } from './oath';
import { setPolicy } from './pin';
import { Status, statusOf } from './status';
import { putByte, putBytes, putNumber, putTag, readNumber } from './tlv';

enum Instruction {
  WRITE_SERIAL = 0x01,
  PUT_CREDENTIAL = 0x02,
  SET_CLOCK = 0x03,
  SET_POLICY = 0x04,
  ERASE = 0x05,
  GET_INFO = 0x10,
  GET_CREDENTIAL = 0x11,
  DELETE_CREDENTIAL = 0x12,
  /** In class 00, as clients of other makers' keys ask for it. */
  DEVICE_INFORMATION = 0x1d,
}

/** Tags of GET INFO. */
enum Tag {
  SERIAL = 0x81,
  VERSION = 0x82,
  CREDENTIALS = 0x83,
  CLOCK = 0x84,
  CLOCK_SET_AT = 0x85,
  PIN = 0x86,
  SECRETS = 0x87,
  PROPERTIES = 0x88,
  QR_LENGTH = 0x89,
  CARD = 0x8a,
}

/** The answer to SELECT: the firmware version as text. */
export function selectManagement(): Status {
  putByte(0x30 + FIRMWARE_MAJOR);
  putByte(0x2e);
  putByte(0x30 + FIRMWARE_MINOR);
  putByte(0x2e);
  putByte(0x30 + FIRMWARE_PATCH);
  return Status.DONE;
}

export function runManagement(): Status {
  const instruction: u32 = command.instruction;
  if (command.classByte === 0) {
    if (instruction !== Instruction.DEVICE_INFORMATION) return Status.UNKNOWN_INSTRUCTION;
    return hasParameters(0, 0) ? deviceInformation() : Status.WRONG_PARAMETERS;
  }
  if (instruction === Instruction.GET_CREDENTIAL) return getCredential(command.parameter1);
  if (instruction === Instruction.DELETE_CREDENTIAL) return deleteCredential(command.parameter1);
  if (instruction === Instruction.SET_POLICY) return setPolicy();
  if (instruction === Instruction.ERASE) return reset();
  if (!hasParameters(0, 0)) return Status.WRONG_PARAMETERS;
  if (instruction === Instruction.GET_INFO) return getInfo();
  if (instruction === Instruction.WRITE_SERIAL) return writeSerial();
  if (instruction === Instruction.PUT_CREDENTIAL) return putCredential();
  if (instruction === Instruction.SET_CLOCK) return setClockTo();
  return Status.UNKNOWN_INSTRUCTION;
}

// --- reading ----------------------------------------------------------------------------------

function getInfo(): Status {
  const serialLength = readSerial();
  putTag(Tag.SERIAL, serialLength);
  putBytes(SERIAL_TEXT, serialLength);
  putTag(Tag.VERSION, 3);
  putByte(FIRMWARE_MAJOR);
  putByte(FIRMWARE_MINOR);
  putByte(FIRMWARE_PATCH);
  putTag(Tag.CREDENTIALS, 2);
  putByte(credentialCount());
  putByte(SLOTS);
  putTag(Tag.PIN, 4);
  putByte(policy());
  putByte(triesLeft(MASTER));
  putByte(<u32>exists(PUK));
  putByte(triesLeft(PUK));
  putSecrets();
  putCard();
  if (clockIsSet()) {
    putTag(Tag.CLOCK, 8);
    putNumber(now());
  }
  if (lastSet() !== 0) {
    putTag(Tag.CLOCK_SET_AT, 8);
    putNumber(lastSet());
  }
  return Status.DONE;
}

/** Whether there is an access code, and which slots answer challenges; nothing when neither is. */
function putSecrets(): void {
  const hasCode = <u32>hasKey(ACCESS);
  const responders = <u32>exists(RESPONDER) | ((<u32>exists(RESPONDER + 1)) << 1);
  if ((hasCode | responders) === 0) return;
  putTag(Tag.SECRETS, 2);
  putByte(hasCode);
  putByte(responders);
}

/** Which smart card the token is, and the tries left of its admin key, if it has one. */
function putCard(): void {
  if (!hasAdminKey()) return;
  putTag(Tag.CARD, CARD_ID_LENGTH + 1);
  putCardId();
  putByte(adminTriesLeft());
}

function getCredential(slot: u32): Status {
  if (command.parameter2 !== 0) return Status.WRONG_PARAMETERS;
  if (!isOccupied(slot)) return Status.NO_RECORD;
  loadCredential(slot);
  putTag(FieldTag.NAME, credential.nameLength);
  putBytes(NAME, credential.nameLength);
  putTag(FieldTag.KEY, KEY_HEAD);
  putByte(credential.typeAndAlgorithm);
  putByte(credential.digits);
  if (credential.properties !== 0) {
    putTag(Tag.PROPERTIES, 1);
    putByte(credential.properties);
  }
  if (credential.qrLength !== 0) {
    putTag(Tag.QR_LENGTH, 1);
    putByte(credential.qrLength);
  }
  if (credential.type === OathType.HOTP) {
    putTag(FieldTag.COUNTER, 8);
    putNumber(counterOf(slot));
  } else if (credential.type === OathType.TOTP) {
    putTag(FieldTag.PERIOD, 2);
    putByte(credential.periodSeconds >> 8);
    putByte(credential.periodSeconds & 0xff);
  }
  return Status.DONE;
}

// --- personalisation --------------------------------------------------------------------------

function writeSerial(): Status {
  if (hasSerial()) return Status.CONDITIONS_NOT_SATISFIED;
  if (!isSerial(command.data, command.dataLength)) return Status.WRONG_DATA;
  return statusOf(saveSerial(command.data, command.dataLength));
}

function setClockTo(): Status {
  if (command.dataLength !== 8) return Status.WRONG_LENGTH;
  const result = setClock(readNumber(command.data, 8));
  if (result === ClockSet.DONE) return Status.DONE;
  if (result === ClockSet.OUT_OF_RANGE) return Status.WRONG_DATA;
  return result === ClockSet.NOT_ALLOWED ? Status.NOT_ALLOWED : Status.WRITE_FAILED;
}

function putCredential(): Status {
  const needed = tagBit(FieldTag.NAME) | tagBit(FieldTag.KEY);
  const optional = tagBit(FieldTag.COUNTER) | tagBit(FieldTag.PERIOD) | tagBit(FieldTag.QR_TEXT);
  if (!readFields(needed | optional, needed)) return Status.WRONG_DATA;
  const hasPeriod = fieldValue(FieldTag.PERIOD) !== 0;
  const hasCounter = fieldValue(FieldTag.COUNTER) !== 0;
  const period = <u32>readNumber(fieldValue(FieldTag.PERIOD), hasPeriod ? 2 : 0);
  const counter = readNumber(fieldValue(FieldTag.COUNTER), hasCounter ? 8 : 0);
  if (hasPeriod && fieldLength(FieldTag.PERIOD) !== 2) return Status.WRONG_DATA;
  if (hasCounter && fieldLength(FieldTag.COUNTER) !== 8) return Status.WRONG_DATA;
  if (!takeHead(period, 0)) return Status.WRONG_DATA;
  // Even an empty field of another type is one too many.
  if (hasPeriod && credential.type !== OathType.TOTP) return Status.WRONG_DATA;
  if (hasCounter && credential.type !== OathType.HOTP) return Status.WRONG_DATA;
  if (!isQrTextValid()) return Status.WRONG_DATA;
  if (!isUnlocked()) return Status.NOT_ALLOWED;
  const isTaken = findByName(fieldValue(FieldTag.NAME), fieldLength(FieldTag.NAME)) !== SLOTS;
  if (isTaken) return Status.NAME_EXISTS;
  const slot = freeSlot();
  if (slot === SLOTS) return Status.FULL;
  const saved = statusOf(storeCredential(slot, period, 0, counter));
  if (saved === Status.DONE) putByte(slot);
  return saved;
}

/** Whether the QR text of the command, if there is one, is not empty, and a live one has a code. */
function isQrTextValid(): bool {
  const text = fieldValue(FieldTag.QR_TEXT);
  const length = fieldLength(FieldTag.QR_TEXT);
  if (credential.type === OathType.LOGIN || text === 0) return true;
  let index: u32 = 0;
  while (index < length && load<u8>(text + index) !== Placeholder.CODE) index++;
  return index < length;
}

function deleteCredential(slot: u32): Status {
  if (command.parameter2 !== 0) return Status.WRONG_PARAMETERS;
  if (!isOccupied(slot)) return Status.NO_RECORD;
  if (!isUnlocked()) return Status.NOT_ALLOWED;
  return statusOf(removeCredential(slot));
}
