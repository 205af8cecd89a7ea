/**
 * The OTP applet: two slots, as programs for disk encryption and password safes use them. A slot
 * answers challenges with HMAC-SHA1, or is an HOTP account of its own, `OTP slot 1` or `OTP slot 2`,
 * whose codes are read off the display and which the other applets know by that name.
 *
 * Keys that type (Yubico OTP, static passwords) and access codes of slots are refused: this token
 * has no keyboard. Commands in PROTOCOL.md.
 */
import { copy } from '../bytes';
import { Hash } from '../crypto/hash';
import { HMAC_STATE_LENGTH, hmac } from '../crypto/hmac';
import { wipe } from '../crypto/wipe';
import {
  BUFFER,
  command,
  OTP_SLOT_NAME,
  RECORD,
  response,
  SEAL_STATE,
  session,
  WAITING_CHALLENGE,
  waiting,
} from '../memory';
import {
  credential,
  findByName,
  freeSlot,
  keyPlace,
  NAME,
  OathType,
  removeCredential,
  saveCredential,
} from '../oath/credential';
import {
  openSecret,
  RESPONDER_KEY_LENGTH,
  RESPONDERS,
  Responder,
  SECRET_PLACE,
  saveSecret,
} from '../oath/secret';
import { isUnlocked } from '../pin/vault';
import { hasSerial } from '../serial';
import { exists, hasRoom, readPayload, remove, Stored, wordsOf } from '../store/log';
import { COUNTER, CREDENTIAL, RESPONDER, SLOTS } from '../store/record';
import { deviceInformation, putSerialNumber, putVersion } from './identity';
import { Status, statusOf } from './status';
import { putByte, readNumber } from './tlv';
import { askForTouch, isTouched } from './touch';

enum Instruction {
  OPERATE = 0x01,
  READ_STATUS = 0x03,
}

/** P1 of OPERATE. */
enum Operation {
  WRITE_FIRST = 0x01,
  WRITE_SECOND = 0x03,
  SERIAL_NUMBER = 0x10,
  DEVICE_INFORMATION = 0x13,
  RESPOND_FIRST = 0x30,
  RESPOND_SECOND = 0x38,
}

/** Where things lie in the 52 bytes of a configuration; the 6 bytes behind it are not used. */
enum Place {
  IDENTIFIER_KEY = 16,
  KEY = 22,
  ACCESS_CODE = 38,
  FIXED_LENGTH = 44,
  TICKET_FLAGS = 46,
  FLAGS = 47,
  END = 52,
}
const COMMAND_LENGTH: u32 = 58;
const KEY_LENGTH_FIRST: u32 = 16;
const CHALLENGE_LENGTH: u32 = 64;
const RESPONSE_LENGTH: u32 = 20;
/** Residue of a CRC-16 (reflected polynomial 8408) over data and its own inverted value. */
const CRC_RESIDUE: u32 = 0xf0b8;

const TICKET_OATH: u32 = 0x40;
const CHALLENGE_RESPONSE: u32 = 0x22;
const CHALLENGE_YUBICO: u32 = 0x20;
const VARIABLE_LENGTH: u32 = 0x04;
const WITH_TOUCH: u32 = 0x08;
const EIGHT_DIGITS: u32 = 0x02;
const OTP_NAME_LENGTH: u32 = 10;
/** Words on flash: an account with its counter; a key that answers challenges. */
const ACCOUNT_WORDS: u32 = 44;
const RESPONDER_WORDS: u32 = 13;

export function selectOtp(): Status {
  session.otpSequence = stateFlags() !== 0 ? 1 : 0;
  return putState();
}

export function runOtp(): Status {
  if (command.parameter2 !== 0) return Status.WRONG_PARAMETERS;
  const operation: u32 = command.parameter1;
  if (command.instruction === Instruction.READ_STATUS) {
    return operation === 0 ? putState() : Status.WRONG_PARAMETERS;
  }
  if (command.instruction !== Instruction.OPERATE) return Status.UNKNOWN_INSTRUCTION;
  if (operation === Operation.SERIAL_NUMBER) return serialNumber();
  if (operation === Operation.DEVICE_INFORMATION) return deviceInformation();
  if (operation === Operation.WRITE_FIRST) return write(0);
  if (operation === Operation.WRITE_SECOND) return write(1);
  if (operation === Operation.RESPOND_FIRST) return respond(0);
  if (operation === Operation.RESPOND_SECOND) return respond(1);
  return Status.WRONG_PARAMETERS;
}

function serialNumber(): Status {
  if (!hasSerial()) return Status.CONDITIONS_NOT_SATISFIED;
  putSerialNumber();
  return Status.DONE;
}

// --- state ------------------------------------------------------------------------------------

/** Version, number of writes, flags. */
function putState(): Status {
  putVersion();
  putByte(session.otpSequence);
  putByte(stateFlags());
  putByte(0);
  return Status.DONE;
}

/** 01 and 02: the slots in use; 04 and 08: those that OK makes a code of. */
function stateFlags(): u32 {
  let flags: u32 = 0;
  for (let slot: u32 = 0; slot < RESPONDERS; slot++) {
    if (exists(RESPONDER + slot)) flags |= 1 << slot;
    else if (findAccount(slot) !== SLOTS) flags |= 5 << slot;
  }
  return flags;
}

/** The account of a slot, or SLOTS. */
function findAccount(slot: u32): u32 {
  store<u8>(OTP_SLOT_NAME + OTP_NAME_LENGTH - 1, 0x31 + slot);
  return findByName(OTP_SLOT_NAME, OTP_NAME_LENGTH);
}

// --- writing ----------------------------------------------------------------------------------

/** Configures a slot, or empties it when all of the configuration is 0. */
function write(slot: u32): Status {
  if (command.dataLength !== COMMAND_LENGTH) return Status.WRONG_LENGTH;
  if (!isUnlocked()) return Status.NOT_ALLOWED;
  const isEmpty = isZero(command.data, Place.END);
  const account = isAccount();
  if (!isEmpty && !account && !isResponder()) return Status.WRONG_DATA;
  if (!isEmpty && !isConfigurationValid()) return Status.WRONG_DATA;
  // Asked before anything is destroyed.
  if (!isEmpty && !hasRoomFor(slot, account)) return Status.FULL;
  let result = empty(slot);
  if (result === Stored.DONE && !isEmpty) {
    result = account ? writeAccount(slot) : writeResponder(slot);
  }
  if (result !== Stored.DONE) return statusOf(result);
  session.otpSequence = stateFlags() === 0 ? 0 : session.otpSequence + 1;
  return putState();
}

/** Whether there is room for an account, or a key that answers challenges, in place of what is there. */
function hasRoomFor(slot: u32, account: bool): bool {
  const there = findAccount(slot);
  let freed = wordsOf(RESPONDER + slot);
  if (there !== SLOTS) freed += wordsOf(CREDENTIAL + there) + wordsOf(COUNTER + there);
  else if (account && freeSlot() === SLOTS) return false;
  return hasRoom(account ? ACCOUNT_WORDS : RESPONDER_WORDS, freed);
}

function flagsOf(place: u32): u32 {
  return load<u8>(command.data + place);
}

function isResponder(): bool {
  return (
    (flagsOf(Place.TICKET_FLAGS) & TICKET_OATH) !== 0 &&
    (flagsOf(Place.FLAGS) & CHALLENGE_RESPONSE) === CHALLENGE_RESPONSE
  );
}

function isAccount(): bool {
  return (
    (flagsOf(Place.TICKET_FLAGS) & TICKET_OATH) !== 0 &&
    (flagsOf(Place.FLAGS) & CHALLENGE_YUBICO) === 0
  );
}

/** No access code, nothing to be typed in front of a code, and a checksum that fits. */
function isConfigurationValid(): bool {
  if (flagsOf(Place.FIXED_LENGTH) !== 0) return false;
  return (
    isZero(command.data + Place.ACCESS_CODE, 6) && crcOf(command.data, Place.END) === CRC_RESIDUE
  );
}

function isZero(bytes: usize, length: u32): bool {
  let sum: u32 = 0;
  for (let index: u32 = 0; index < length; index++) sum |= load<u8>(bytes + index);
  return sum === 0;
}

/** CRC-16 of ISO 13239, as clients compute it over a configuration. */
function crcOf(bytes: usize, length: u32): u32 {
  let crc: u32 = 0xffff;
  for (let index: u32 = 0; index < length; index++) {
    crc ^= load<u8>(bytes + index);
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (0x8408 & -(crc & 1));
  }
  return crc;
}

/** Destroys what is in a slot. */
function empty(slot: u32): Stored {
  const account = findAccount(slot);
  if (account !== SLOTS) return removeCredential(account);
  return exists(RESPONDER + slot) ? remove(RESPONDER + slot) : Stored.DONE;
}

/** The key: 16 bytes in one place, the last 4 in another. */
function takeKey(target: usize): void {
  copy(target, command.data + Place.KEY, KEY_LENGTH_FIRST);
  copy(
    target + KEY_LENGTH_FIRST,
    command.data + Place.IDENTIFIER_KEY,
    RESPONDER_KEY_LENGTH - KEY_LENGTH_FIRST,
  );
}

function writeResponder(slot: u32): Stored {
  const flags = flagsOf(Place.FLAGS);
  const touch: u32 = (flags & WITH_TOUCH) !== 0 ? Responder.TOUCH : 0;
  const padded: u32 = (flags & VARIABLE_LENGTH) !== 0 ? Responder.PADDED : 0;
  store<u64>(RECORD, touch | padded);
  takeKey(SECRET_PLACE);
  return saveSecret(RESPONDER + slot);
}

/** An HOTP account; the first counter is what the last two bytes in front of the key say, times 16. */
function writeAccount(slot: u32): Stored {
  const target = freeSlot();
  findAccount(slot);
  credential.periodSeconds = 0;
  credential.properties = 0;
  credential.qrLength = 0;
  credential.typeAndAlgorithm = <u8>(OathType.HOTP | Hash.SHA1);
  credential.digits = (flagsOf(Place.FLAGS) & EIGHT_DIGITS) !== 0 ? 8 : 6;
  credential.nameLength = <u8>OTP_NAME_LENGTH;
  credential.keyLength = <u8>RESPONDER_KEY_LENGTH;
  copy(NAME, OTP_SLOT_NAME, OTP_NAME_LENGTH);
  takeKey(keyPlace());
  return saveCredential(target, readNumber(command.data + Place.KEY - 2, 2) << 4);
}

// --- challenge and response -------------------------------------------------------------------

/** HMAC-SHA1 of a challenge of 64 bytes. */
function respond(slot: u32): Status {
  const identity = RESPONDER + slot;
  if (!exists(identity)) return Status.CONDITIONS_NOT_SATISFIED;
  if (command.dataLength !== CHALLENGE_LENGTH) return Status.WRONG_LENGTH;
  if (!isUnlocked()) return Status.NOT_ALLOWED;
  readPayload(identity, RECORD);
  const flags: u32 = load<u8>(RECORD);
  const isPadded = (flags & Responder.PADDED) !== 0;
  const length = isPadded ? lengthWithoutPadding(command.data) : CHALLENGE_LENGTH;
  if ((flags & Responder.TOUCH) !== 0) return askForTouch(slot, 1, command.data, length);
  return putResponse(slot, command.data, length);
}

/** The response whose wait was allowed. */
export function finishResponse(): Status {
  if (!isUnlocked()) return Status.NOT_ALLOWED;
  return putResponse(waiting.slot, WAITING_CHALLENGE, waiting.challengeLength);
}

function lengthWithoutPadding(challenge: usize): u32 {
  let length = CHALLENGE_LENGTH;
  const padding = load<u8>(challenge + length - 1);
  while (length > 0 && load<u8>(challenge + length - 1) === padding) length--;
  return length;
}

function putResponse(slot: u32, challenge: usize, length: u32): Status {
  // Asked once more: one fault must not be enough.
  readPayload(RESPONDER + slot, RECORD);
  if ((load<u8>(RECORD) & Responder.TOUCH) !== 0 && !isTouched()) return Status.NOT_ALLOWED;
  if (!openSecret(RESPONDER + slot, SEAL_STATE)) return Status.DAMAGED;
  hmac(Hash.SHA1, SEAL_STATE, challenge, length, BUFFER + response.length);
  response.length += RESPONSE_LENGTH;
  wipe(SEAL_STATE, HMAC_STATE_LENGTH);
  return Status.DONE;
}
