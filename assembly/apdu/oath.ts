/**
 * The OATH applet: YKOATH, the protocol of Yubico's applet that other tokens and many clients speak
 * too. Commands in PROTOCOL.md. Here: what credentials there are; their codes are in
 * oath-codes.ts, the access code in oath-access.ts.
 *
 * Credentials are the ones of the management applet and of the display.
 */
import { command, tlv } from '../memory';
import {
  credential,
  freeSlot,
  hasRoomIn,
  loadCredential,
  NAME_LENGTH_MAX,
  OathType,
  removeCredential,
  renameCredential,
} from '../oath/credential';
import { findAccount, findByOathName, periodOf } from '../oath/names';
import { LONGEST_PERIOD } from '../oath/totp';
import { destroyKeys } from '../pin/destroy';
import { isUnlocked } from '../pin/vault';
import { Stored } from '../store/log';
import { SLOTS } from '../store/record';
import { hasParameters } from './command';
import { storeCredential, takeHead } from './credential-fields';
import { fieldLength, fieldValue, readFields, Tag, tagBit } from './fields';
import { isOathOpen, mayUseOath, setCode, validate } from './oath-access';
import { calculate } from './oath-codes';
import { calculateAll, list } from './oath-list';
import { Status, statusOf } from './status';
import { readNumber, readTlv } from './tlv';

enum Instruction {
  PUT = 0x01,
  DELETE = 0x02,
  SET_CODE = 0x03,
  RESET = 0x04,
  RENAME = 0x05,
  LIST = 0xa1,
  CALCULATE = 0xa2,
  VALIDATE = 0xa3,
  CALCULATE_ALL = 0xa4,
}

export function runOath(): Status {
  const instruction: i32 = command.instruction;
  if (instruction === Instruction.RESET) return reset();
  if (instruction === Instruction.VALIDATE) return validate();
  const isKnown =
    (instruction >= Instruction.PUT && instruction <= Instruction.RENAME) ||
    (instruction >= Instruction.LIST && instruction <= Instruction.CALCULATE_ALL);
  if (!isKnown) return Status.UNKNOWN_INSTRUCTION;
  if (!mayUseOath()) return Status.NOT_ALLOWED;
  // Asked once more, in another way: one fault must not be enough.
  if (!isOathOpen()) return Status.NOT_ALLOWED;
  if (instruction === Instruction.LIST) return list();
  if (!isUnlocked()) return Status.NOT_ALLOWED;
  if (instruction === Instruction.CALCULATE) return calculate();
  if (instruction === Instruction.CALCULATE_ALL) return calculateAll();
  if (!hasParameters(0, 0)) return Status.WRONG_PARAMETERS;
  if (instruction === Instruction.PUT) return put();
  if (instruction === Instruction.DELETE) return remove();
  return instruction === Instruction.RENAME ? rename() : setCode();
}

/** Destroys every key; needs no right, since it gives none. */
export function reset(): Status {
  return hasParameters(0xde, 0xad) ? statusOf(destroyKeys()) : Status.WRONG_PARAMETERS;
}

/** Adds a credential, or puts it in the place of the one with its name, which is destroyed first. */
function put(): Status {
  const needed = tagBit(Tag.NAME) | tagBit(Tag.KEY);
  if (!readFields(needed | tagBit(Tag.PROPERTY) | tagBit(Tag.COUNTER), needed)) {
    return Status.WRONG_DATA;
  }
  const name = fieldValue(Tag.NAME);
  const nameLength = fieldLength(Tag.NAME);
  const isHotp = (load<u8>(fieldValue(Tag.KEY)) & 0xf0) === OathType.HOTP;
  const period: u32 = isHotp ? 0 : periodOf(name, nameLength);
  const hasCounter = fieldValue(Tag.COUNTER) !== 0;
  const properties: u32 = fieldLength(Tag.PROPERTY) === 0 ? 0 : load<u8>(fieldValue(Tag.PROPERTY));
  if (!takeHead(period, properties)) return Status.WRONG_DATA;
  if (hasCounter && (!isHotp || fieldLength(Tag.COUNTER) !== 4)) return Status.WRONG_DATA;
  const counter = readNumber(fieldValue(Tag.COUNTER), hasCounter ? 4 : 0);
  let slot = findByOathName(name, nameLength);
  if (slot !== SLOTS && credential.type === OathType.LOGIN) return Status.NAME_EXISTS;
  const isThere = slot !== SLOTS;
  if (!isThere) slot = freeSlot();
  // Asked before anything is destroyed; the search has read other credentials.
  takeHead(period, properties);
  if (slot === SLOTS || !hasRoomIn(slot)) return Status.FULL;
  let result = isThere ? removeCredential(slot) : Stored.DONE;
  if (result === Stored.DONE) result = storeCredential(slot, period, properties, counter);
  return statusOf(result);
}

function remove(): Status {
  const needed = tagBit(Tag.NAME);
  if (!readFields(needed, needed)) return Status.WRONG_DATA;
  const slot = findAccount(fieldValue(Tag.NAME), fieldLength(Tag.NAME));
  return slot === SLOTS ? Status.NO_SUCH_DATA : statusOf(removeCredential(slot));
}

/** Two names, the old one first; what belongs to a TOTP name says its period again. */
function rename(): Status {
  const end = command.data + command.dataLength;
  if (!readTlv(command.data, end) || tlv.tag !== Tag.NAME) return Status.WRONG_DATA;
  const oldName = tlv.value;
  const oldLength = tlv.length;
  if (!readTlv(oldName + oldLength, end) || tlv.tag !== Tag.NAME) return Status.WRONG_DATA;
  const name = tlv.value;
  const length = tlv.length;
  if (name + length !== end || length - 1 >= NAME_LENGTH_MAX) return Status.WRONG_DATA;
  const isTaken = findByOathName(name, length) !== SLOTS;
  const slot = findAccount(oldName, oldLength);
  if (slot === SLOTS) return Status.NO_SUCH_DATA;
  loadCredential(slot);
  const isHotp = credential.type === OathType.HOTP;
  const period: u32 = isHotp ? 0 : periodOf(name, length);
  if (!isHotp && period - 1 >= LONGEST_PERIOD) return Status.WRONG_DATA;
  if (isTaken) return Status.CONDITIONS_NOT_SATISFIED;
  return statusOf(renameCredential(slot, name, length, period));
}
