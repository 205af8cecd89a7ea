/**
 * Credentials: what they are made of, how they lie in the store, how their counters go up.
 *
 * Record, as payload of identity 20 + slot:
 *
 *     byte 0     type and algorithm, in the nibbles of YKOATH: 1_ HOTP, 2_ TOTP, _1 SHA-1, _2 SHA-256, _3 SHA-512;
 *                30 login QR code
 *     byte 1     digits, 6 .. 8; 0 for a login QR code
 *     byte 2, 3  period in seconds, 1 .. 3600; 0 for all but TOTP
 *     byte 4     length of the name, 1 .. 64
 *     byte 5     length of the key, 1 .. 128; 0 for a login QR code
 *     byte 6     properties: 01 only-increasing, 02 touch; 0 for a login QR code
 *     byte 7     length of the QR text, 1 .. 211; TOTP: 0 when it has none; HOTP: 0
 *     byte 8 …   name, tag (16), sealed key and QR text: store/seal.ts
 *
 * Name, key and QR text have 212 bytes at most. The QR text of a TOTP credential is a template:
 * screen/qr-screen.ts.
 */
import { copy, same } from '../bytes';
import { digestLength } from '../crypto/hash';
import { HMAC_STATE_LENGTH, hmacPrepare } from '../crypto/hmac';
import { wipe } from '../crypto/wipe';
import { COUNTER_VALUE, PREPARED, prepared, RECORD, SEAL_INPUT } from '../memory';
import { openUnderMaster, sealUnderMaster } from '../pin/vault';
import {
  append,
  exists,
  hasRoom,
  isLastSpent,
  payloadLength,
  readPayload,
  remove,
  Stored,
  spend,
  spent,
  supersede,
  tallyLength,
  wordsOf,
} from '../store/log';
import { COUNTER, CREDENTIAL, SLOTS, wordsFor } from '../store/record';
import { TAG_LENGTH } from '../store/seal';
import { LONGEST_PERIOD } from './totp';

export const NAME_LENGTH_MAX: u32 = 64;
export const KEY_LENGTH_MAX: u32 = 128;
export const QR_TEXT_LENGTH_MAX: u32 = 211;
const RECORD_LENGTH: u32 = 236;

/** Bytes of a live QR code's template that stand for something else. */
export enum Placeholder {
  SERIAL = 1,
  CODE = 2,
  STEP = 3,
}

/** The type nibble. */
export enum OathType {
  HOTP = 0x10,
  TOTP = 0x20,
  /** No account of OATH: a text to be shown as a QR code. */
  LOGIN = 0x30,
}

/** What a host may ask for with a credential; bits. */
export enum Property {
  /** The time step of a TOTP credential never goes back. */
  INCREASING = 1,
  /** A host gets a code only after OK was pressed. */
  TOUCH = 2,
}
const PROPERTIES_MAX: u32 = 3;

/** Bytes in front of the name. */
const HEAD_LENGTH: u32 = 8;
/** Steps of an HOTP counter that fit in one record; FORMAT.md, "Tally". */
const COUNTER_TALLY: u32 = 24;
/** Bytes of start value, or of the last time step. */
const COUNTER_LENGTH: u32 = 8;
/** Stands for the time step of an only-increasing credential that has given no code yet. */
const NO_STEP: u64 = 0;
/** A year of half minutes: a host must not lock a token out with a step from the far future. */
const STEPS_AHEAD_MAX: u64 = 1_051_200;

/** The head of the record in RECORD. */
@unmanaged
class CredentialHead {
  typeAndAlgorithm: u8;
  digits: u8;
  periodSeconds: u16;
  nameLength: u8;
  keyLength: u8;
  properties: u8;
  qrLength: u8;

  get type(): u32 {
    return this.typeAndAlgorithm & 0xf0;
  }

  get hash(): u32 {
    return this.typeAndAlgorithm & 0x0f;
  }
}

export const credential: CredentialHead = changetype<CredentialHead>(RECORD);
/** The name of the credential in RECORD. */
export const NAME: usize = RECORD + HEAD_LENGTH;

/** Bytes of the record that are not sealed. */
function openLength(): u32 {
  return HEAD_LENGTH + credential.nameLength;
}

/** Bytes of the record that are: key and QR text. */
function sealedLength(): u32 {
  return <u32>credential.keyLength + credential.qrLength;
}

/** Where the key belongs in RECORD, once the length of the name is set. */
export function keyPlace(): usize {
  return RECORD + openLength() + TAG_LENGTH;
}

/** Where the QR text belongs in RECORD, once the length of the key is set, too. */
export function qrTextPlace(): usize {
  return keyPlace() + credential.keyLength;
}

/** Whether the credential in RECORD has a QR code that changes with its code. */
export function hasLiveQr(): bool {
  return credential.type === OathType.TOTP && credential.qrLength !== 0;
}

export function isOccupied(slot: u32): bool {
  return slot < SLOTS && exists(CREDENTIAL + slot);
}

export function credentialCount(): u32 {
  let count: u32 = 0;
  for (let slot: u32 = 0; slot < SLOTS; slot++) count += <u32>isOccupied(slot);
  return count;
}

/** The first slot without a credential, or SLOTS. */
export function freeSlot(): u32 {
  let slot: u32 = 0;
  while (slot < SLOTS && isOccupied(slot)) slot++;
  return slot;
}

/** Reads head and name of an occupied slot into RECORD; the key stays sealed. */
export function loadCredential(slot: u32): void {
  readPayload(CREDENTIAL + slot, RECORD);
}

/** Whether every credential on flash is one that this core could have written; asked at power-on. */
export function credentialsAreSound(): bool {
  for (let slot: u32 = 0; slot < SLOTS; slot++) {
    if (isOccupied(slot) && !isSound(slot)) return false;
  }
  return true;
}

function isSound(slot: u32): bool {
  const length = payloadLength(CREDENTIAL + slot);
  if (length <= HEAD_LENGTH || length > RECORD_LENGTH) return false;
  loadCredential(slot);
  if (length !== recordLength()) return false;
  return isHeadValid() && isCounterSound(slot, credential.type === OathType.HOTP);
}

/** The counter of an HOTP credential; the last time step of a TOTP credential, if one is kept. */
function isCounterSound(slot: u32, isHotp: bool): bool {
  if (!exists(COUNTER + slot)) return !isHotp;
  return (
    payloadLength(COUNTER + slot) === COUNTER_LENGTH &&
    tallyLength(COUNTER + slot) === (isHotp ? COUNTER_TALLY : 0)
  );
}

/** Whether the head in RECORD is within its ranges; the same question for host and flash. */
export function isHeadValid(): bool {
  return (
    <u32>credential.nameLength - 1 < NAME_LENGTH_MAX &&
    recordLength() <= RECORD_LENGTH &&
    (credential.type === OathType.LOGIN ? isLoginValid() : isOathValid())
  );
}

function isOathValid(): bool {
  const type = credential.type;
  const period: u32 = credential.periodSeconds;
  return (
    (type === OathType.HOTP
      ? period === 0 && credential.qrLength === 0
      : type === OathType.TOTP && period - 1 < LONGEST_PERIOD) &&
    digestLength(credential.hash) !== 0 &&
    <u32>credential.digits - 6 <= 2 &&
    <u32>credential.keyLength - 1 < KEY_LENGTH_MAX &&
    <u32>credential.properties <= PROPERTIES_MAX
  );
}

/** A login QR code has a text, and nothing that makes a code. */
function isLoginValid(): bool {
  return (
    credential.hash === 0 &&
    (<u32>credential.digits |
      credential.periodSeconds |
      credential.keyLength |
      credential.properties) ===
      0 &&
    credential.qrLength !== 0
  );
}

/** The slot of the credential whose name is `length` bytes at `name`, or SLOTS when there is none. */
export function findByName(name: usize, length: u32): u32 {
  for (let slot: u32 = 0; slot < SLOTS; slot++) {
    if (!isOccupied(slot)) continue;
    loadCredential(slot);
    if (credential.nameLength === length && same(NAME, name, length)) return slot;
  }
  return SLOTS;
}

/**
 * Stores the credential in RECORD, key and QR text still open in their places; RECORD is wiped.
 * @param slot     a free slot
 * @param counter  the first counter of an HOTP credential; used for HOTP only
 */
export function saveCredential(slot: u32, counter: u64): Stored {
  let result = Stored.FULL;
  if (hasRoomIn(slot)) result = sealUnderMaster(CREDENTIAL + slot, openLength(), sealedLength());
  if (result === Stored.DONE) {
    // The counter goes first: without its credential it means nothing, the other way round a
    // power cut would leave a credential that has lost its place.
    result = startCounter(slot, counter);
    if (result === Stored.DONE) result = append(CREDENTIAL + slot, RECORD, recordLength(), 0);
  }
  wipe(RECORD, RECORD_LENGTH);
  return result;
}

/** Whether the credential in RECORD and its counter have room in `slot`, in place of what is there. */
export function hasRoomIn(slot: u32): bool {
  const words = wordsFor(recordLength(), 0);
  const counterWords = hasCounter() ? wordsFor(COUNTER_LENGTH, counterTally()) : 0;
  return hasRoom(words + counterWords, wordsOf(CREDENTIAL + slot) + wordsOf(COUNTER + slot));
}

/** Bytes of the record in RECORD. */
function recordLength(): u32 {
  return openLength() + TAG_LENGTH + sealedLength();
}

/**
 * Gives a credential another name; the record with the old one is erased. FULL when its QR text
 * leaves no room for the name.
 * @param slot           an occupied slot; the token is unlocked
 * @param name           `length` bytes, 1 .. 64, outside of RECORD
 * @param periodSeconds  what the name says, 0 for HOTP
 */
export function renameCredential(slot: u32, name: usize, length: u32, periodSeconds: u32): Stored {
  loadCredential(slot);
  if (recordLength() - credential.nameLength + length > RECORD_LENGTH) return Stored.FULL;
  let result = Stored.DAMAGED;
  if (openRecord(slot)) {
    copy(SEAL_INPUT, keyPlace(), sealedLength());
    credential.nameLength = <u8>length;
    credential.periodSeconds = <u16>periodSeconds;
    copy(NAME, name, length);
    copy(keyPlace(), SEAL_INPUT, sealedLength());
    result = sealUnderMaster(CREDENTIAL + slot, openLength(), sealedLength());
    if (result === Stored.DONE) result = supersede(CREDENTIAL + slot, RECORD, recordLength());
  }
  wipe(RECORD, RECORD_LENGTH);
  return result;
}

/** Removes a credential; its bytes are erased, then those of its counter. */
export function removeCredential(slot: u32): Stored {
  forgetPrepared();
  const result = remove(CREDENTIAL + slot);
  return result === Stored.DONE ? dropCounter(slot) : result;
}

// --- counters ---------------------------------------------------------------------------------

/** The next counter of the HOTP credential in `slot`. */
export function counterOf(slot: u32): u64 {
  readPayload(COUNTER + slot, COUNTER_VALUE);
  return load<u64>(COUNTER_VALUE) + spent(COUNTER + slot);
}

/**
 * Whether the step of `counter` is the last one taken, looked up and not counted: a second opinion
 * before its code is seen, so that one fault does not give a code twice.
 */
export function isUsedUp(slot: u32, counter: u64): bool {
  readPayload(COUNTER + slot, COUNTER_VALUE);
  const step = counter - load<u64>(COUNTER_VALUE);
  return step < COUNTER_TALLY && isLastSpent(COUNTER + slot, <u32>step);
}

/**
 * Moves the counter of `slot` beyond `counter`, durably and read back; only then may the code of
 * `counter` be computed.
 * @param counter  what counterOf(slot) returned
 */
export function advanceCounter(slot: u32, counter: u64): bool {
  if (counter === u64.MAX_VALUE) return false; // It never wraps (RFC 4226 §7.2).
  if (spent(COUNTER + slot) === COUNTER_TALLY) {
    if (!isUsedUp(slot, counter - 1) || saveCounter(slot, counter) !== Stored.DONE) return false;
  }
  return spend(COUNTER + slot) && counterOf(slot) === counter + 1;
}

/** Whether the credential in RECORD has a counter: of its codes, or its last time step. */
function hasCounter(): bool {
  return credential.type === OathType.HOTP || (credential.properties & Property.INCREASING) !== 0;
}

/** Words of tally of the counter of the credential in RECORD. */
function counterTally(): u32 {
  return credential.type === OathType.HOTP ? COUNTER_TALLY : 0;
}

/** The first counter of the credential in RECORD; it has its room from the beginning. */
function startCounter(slot: u32, counter: u64): Stored {
  if (credential.type === OathType.HOTP) return saveCounter(slot, counter);
  return hasCounter() ? saveStep(slot, NO_STEP) : dropCounter(slot);
}

function saveCounter(slot: u32, counter: u64): Stored {
  store<u64>(COUNTER_VALUE, counter);
  // Read back: what stood there before is a counter as well, and a lower one.
  if (load<u64>(COUNTER_VALUE) !== counter) return Stored.WRITE_FAILED;
  return append(COUNTER + slot, COUNTER_VALUE, COUNTER_LENGTH, COUNTER_TALLY);
}

function saveStep(slot: u32, step: u64): Stored {
  store<u64>(COUNTER_VALUE, step);
  return append(COUNTER + slot, COUNTER_VALUE, COUNTER_LENGTH, 0);
}

function dropCounter(slot: u32): Stored {
  return exists(COUNTER + slot) ? remove(COUNTER + slot) : Stored.DONE;
}

/**
 * Whether an only-increasing credential may go on to a time step: it is the last one, or up to
 * STEPS_AHEAD_MAX later.
 */
export function isStepNext(slot: u32, step: u64): bool {
  const last = lastStep(slot);
  if (last === NO_STEP) return true;
  return step >= last && step - last <= STEPS_AHEAD_MAX;
}

/**
 * Moves the last time step of an only-increasing credential up to `step`, durably and read back;
 * only then may the code of that step be computed. False when it may not go there.
 */
export function raiseStep(slot: u32, step: u64): bool {
  if (!isStepNext(slot, step)) return false;
  if (lastStep(slot) === step) return true;
  return saveStep(slot, step) === Stored.DONE && counterOf(slot) === step;
}

/** The last time step of an only-increasing credential, or NO_STEP. */
function lastStep(slot: u32): u64 {
  return exists(COUNTER + slot) ? counterOf(slot) : NO_STEP;
}

// --- the prepared key -------------------------------------------------------------------------

/**
 * Reads the credential of an occupied slot into RECORD and sees to it that its key is prepared.
 * @returns false when the token is locked, or the record does not open: another board, changed bytes
 */
export function prepareCredential(slot: u32): bool {
  loadCredential(slot);
  if (prepared.slotPlusOne === slot + 1) return true;
  forgetPrepared();
  if (!openCredential(slot, PREPARED)) return false;
  prepared.slotPlusOne = slot + 1;
  return true;
}

/**
 * Reads the credential of an occupied slot into RECORD and prepares its key for its hash.
 * @param state  HMAC_STATE_LENGTH bytes; the caller wipes them
 * @returns as prepareCredential
 */
export function openCredential(slot: u32, state: usize): bool {
  const opened = openRecord(slot);
  if (opened) hmacPrepare(credential.hash, keyPlace(), credential.keyLength, state);
  closeRecord();
  return opened;
}

/**
 * Reads the credential of an occupied slot into RECORD and opens key and QR text in their places;
 * closeRecord() ends that, whatever came of it.
 * @returns as prepareCredential
 */
export function openRecord(slot: u32): bool {
  loadCredential(slot);
  return openUnderMaster(CREDENTIAL + slot, openLength(), sealedLength());
}

/** Wipes key and QR text in RECORD; head and name stay. */
export function closeRecord(): void {
  wipe(keyPlace(), sealedLength());
}

/** Wipes the prepared key. */
export function forgetPrepared(): void {
  wipe(PREPARED, HMAC_STATE_LENGTH);
  prepared.slotPlusOne = 0;
}
