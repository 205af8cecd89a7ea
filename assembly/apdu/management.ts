/**
 * The management applet: who this token is, and everything that is written into it at
 * personalisation. Commands in PROTOCOL.md. No command returns a key.
 */

import { copy, same } from '../bytes';
import { ClockSet, clockIsSet, lastSet, now, setClock } from '../clock';
import { command, fields, MANAGEMENT_AID, SERIAL_TEXT, tlv } from '../memory';
import {
  counterOf,
  credential,
  credentialCount,
  findByName,
  freeSlot,
  isHeadValid,
  isOccupied,
  KEY_LENGTH_MAX,
  keyPlace,
  loadCredential,
  NAME,
  NAME_LENGTH_MAX,
  OathType,
  removeCredential,
  saveCredential,
} from '../oath/credential';
import { destroyKeys } from '../pin/destroy';
import { isUnlocked, policy } from '../pin/vault';
import { triesLeft } from '../pin/verify';
import { hasSerial, isSerial, readSerial, saveSerial } from '../serial';
import { exists, Stored } from '../store/log';
import { MASTER, PUK, SLOTS } from '../store/record';
import { FIRMWARE_MAJOR, FIRMWARE_MINOR, FIRMWARE_PATCH } from '../version';
import { setPolicy } from './pin';
import { Status } from './status';
import { putByte, putBytes, putNumber, putTag, readNumber, readTlv } from './tlv';

export const MANAGEMENT_AID_LENGTH: u32 = 8;

enum Instruction {
  WRITE_SERIAL = 0x01,
  PUT_CREDENTIAL = 0x02,
  SET_CLOCK = 0x03,
  SET_POLICY = 0x04,
  ERASE = 0x05,
  GET_INFO = 0x10,
  GET_CREDENTIAL = 0x11,
  DELETE_CREDENTIAL = 0x12,
}

enum Tag {
  NAME = 0x71,
  KEY = 0x73,
  COUNTER = 0x7a,
  PERIOD = 0x80,
  SERIAL = 0x81,
  VERSION = 0x82,
  CREDENTIALS = 0x83,
  CLOCK = 0x84,
  CLOCK_SET_AT = 0x85,
  PIN = 0x86,
}

/** Bytes of tag 73 in front of the key: type and algorithm, digits. */
const KEY_HEAD: u32 = 2;

export function isManagementAid(aid: usize, length: u32): bool {
  return length >= MANAGEMENT_AID_LENGTH && same(aid, MANAGEMENT_AID, MANAGEMENT_AID_LENGTH);
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
  if (instruction === Instruction.GET_CREDENTIAL) return getCredential(command.parameter1);
  if (instruction === Instruction.DELETE_CREDENTIAL) return deleteCredential(command.parameter1);
  if (instruction === Instruction.SET_POLICY) return setPolicy();
  if (instruction === Instruction.ERASE) return erase();
  if (command.parameter1 !== 0 || command.parameter2 !== 0) return Status.WRONG_PARAMETERS;
  if (instruction === Instruction.GET_INFO) return getInfo();
  if (instruction === Instruction.WRITE_SERIAL) return writeSerial();
  if (instruction === Instruction.PUT_CREDENTIAL) return putCredential();
  if (instruction === Instruction.SET_CLOCK) return setClockTo();
  return Status.UNKNOWN_INSTRUCTION;
}

function statusOf(stored: Stored): Status {
  if (stored === Stored.DONE) return Status.DONE;
  return stored === Stored.FULL ? Status.FULL : Status.WRITE_FAILED;
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

function getCredential(slot: u32): Status {
  if (command.parameter2 !== 0) return Status.WRONG_PARAMETERS;
  if (!isOccupied(slot)) return Status.NO_RECORD;
  loadCredential(slot);
  putTag(Tag.NAME, credential.nameLength);
  putBytes(NAME, credential.nameLength);
  putTag(Tag.KEY, KEY_HEAD);
  putByte(credential.typeAndAlgorithm);
  putByte(credential.digits);
  if (credential.type === OathType.HOTP) {
    putTag(Tag.COUNTER, 8);
    putNumber(counterOf(slot));
  } else {
    putTag(Tag.PERIOD, 2);
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
  if (!takeFields()) return Status.WRONG_DATA;
  if (!isUnlocked()) return Status.NOT_ALLOWED;
  if (findByName(fields.name, fields.nameLength) !== SLOTS) return Status.NAME_EXISTS;
  const slot = freeSlot();
  if (slot === SLOTS) return Status.FULL;
  fillRecord();
  const saved = statusOf(saveCredential(slot, fields.counter));
  if (saved === Status.DONE) putByte(slot);
  return saved;
}

function deleteCredential(slot: u32): Status {
  if (command.parameter2 !== 0) return Status.WRONG_PARAMETERS;
  if (!isOccupied(slot)) return Status.NO_RECORD;
  if (!isUnlocked()) return Status.NOT_ALLOWED;
  return statusOf(removeCredential(slot));
}

/** Destroys every key; needs no right, since it gives none, but two parameters that none hits by chance. */
function erase(): Status {
  if (command.parameter1 !== 0xde || command.parameter2 !== 0xad) return Status.WRONG_PARAMETERS;
  return statusOf(destroyKeys());
}

// --- the fields of a credential ---------------------------------------------------------------

/** Takes the data field apart into `fields`; false unless a credential can be made of it. */
function takeFields(): bool {
  fields.seen = 0;
  fields.counter = 0;
  fields.periodSeconds = 0;
  const end = command.data + command.dataLength;
  for (let at = command.data; at < end; at = tlv.value + tlv.length) {
    if (!readTlv(at, end) || !takeField()) return false;
  }
  return areFieldsValid();
}

/** One TLV; false when it is unknown, comes again, or has the wrong length. */
function takeField(): bool {
  const bit = seenBit(tlv.tag);
  if ((fields.seen & bit) !== 0) return false;
  fields.seen |= bit;
  if (tlv.tag === Tag.NAME) {
    fields.name = tlv.value;
    fields.nameLength = tlv.length;
    return tlv.length <= NAME_LENGTH_MAX;
  }
  if (tlv.tag === Tag.KEY) {
    if (tlv.length <= KEY_HEAD) return false;
    fields.typeAndAlgorithm = load<u8>(tlv.value);
    fields.digits = load<u8>(tlv.value, 1);
    fields.key = tlv.value + KEY_HEAD;
    fields.keyLength = tlv.length - KEY_HEAD;
    return fields.keyLength <= KEY_LENGTH_MAX;
  }
  if (tlv.tag === Tag.COUNTER) {
    fields.counter = readNumber(tlv.value, min<u32>(tlv.length, 8));
    return tlv.length === 8;
  }
  fields.periodSeconds = <u32>readNumber(tlv.value, min<u32>(tlv.length, 2));
  return tlv.tag === Tag.PERIOD && tlv.length === 2;
}

/** A bit of its own for each of the four tags: their low nibbles differ. */
function seenBit(tag: u32): u32 {
  return 1 << (tag & 0x0f);
}

/** Whether name and key are there, and what belongs to their type and nothing else, in its range. */
function areFieldsValid(): bool {
  const needed = seenBit(Tag.NAME) | seenBit(Tag.KEY);
  if ((fields.seen & needed) !== needed) return false;
  fillHead();
  const foreign = credential.type === OathType.HOTP ? seenBit(Tag.PERIOD) : seenBit(Tag.COUNTER);
  return isHeadValid() && (fields.seen & foreign) === 0;
}

function fillHead(): void {
  credential.typeAndAlgorithm = <u8>fields.typeAndAlgorithm;
  credential.digits = <u8>fields.digits;
  credential.periodSeconds = <u16>fields.periodSeconds;
  credential.nameLength = <u8>fields.nameLength;
  credential.keyLength = <u8>fields.keyLength;
  credential.reserved = 0;
}

/** Puts the whole credential in RECORD, its key open: saveCredential seals it. */
function fillRecord(): void {
  fillHead();
  copy(NAME, fields.name, fields.nameLength);
  copy(keyPlace(), fields.key, fields.keyLength);
}
