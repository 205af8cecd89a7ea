/**
 * LIST and CALCULATE ALL: answers that are longer than a buffer. They come in parts of whole
 * entries; what is kept in between is the place where to go on, and every part asks for its rights
 * anew. Any other command in between ends the answer.
 */

import { digestLength } from '../crypto/hash';
import { command, cursor, response } from '../memory';
import {
  credential,
  isOccupied,
  loadCredential,
  NAME,
  OathType,
  Property,
} from '../oath/credential';
import { DEFAULT_PERIOD, unsaidPeriod } from '../oath/names';
import { timeStep } from '../oath/totp';
import { isUnlocked, Policy, policy } from '../pin/vault';
import { SLOTS } from '../store/record';
import { hasParameters } from './command';
import { fieldLength, fieldValue, readFields, Tag, tagBit } from './fields';
import { isOathOpen, mayUseOath } from './oath-access';
import { areCodeParametersValid, isStepAllowed, putCode } from './oath-codes';
import { Status } from './status';
import { putByte, putBytes, putTag, readNumber } from './tlv';

enum Parts {
  NONE,
  NAMES,
  TRUNCATED_CODES,
  WHOLE_CODES,
}

/** Bytes in a part: what an answer without extended length can hold (ISO 7816-4 §5.1). */
const PART_LENGTH_MAX: u32 = 256;
const CHALLENGE_LENGTH: u32 = 8;
const SLASH: u32 = 0x2f;

export function list(): Status {
  if (!hasParameters(0, 0)) return Status.WRONG_PARAMETERS;
  if (command.dataLength !== 0) return Status.WRONG_LENGTH;
  return begin(Parts.NAMES);
}

export function calculateAll(): Status {
  if (!areCodeParametersValid()) return Status.WRONG_PARAMETERS;
  const needed = tagBit(Tag.CHALLENGE);
  if (!readFields(needed, needed)) return Status.WRONG_DATA;
  if (fieldLength(Tag.CHALLENGE) !== CHALLENGE_LENGTH) return Status.WRONG_DATA;
  cursor.challenge = readNumber(fieldValue(Tag.CHALLENGE), CHALLENGE_LENGTH);
  return begin(command.parameter2 === 0 ? Parts.WHOLE_CODES : Parts.TRUNCATED_CODES);
}

function begin(parts: Parts): Status {
  cursor.kind = parts;
  cursor.slot = 0;
  return putPart();
}

/** SEND REMAINING and GET RESPONSE. */
export function sendRemaining(): Status {
  if (!hasParameters(0, 0)) return Status.WRONG_PARAMETERS;
  if (cursor.kind === Parts.NONE) return Status.CONDITIONS_NOT_SATISFIED;
  if (!isOathOpen()) return Status.NOT_ALLOWED;
  if (!mayUseOath() || (cursor.kind !== Parts.NAMES && !isUnlocked())) return Status.NOT_ALLOWED;
  return putPart();
}

export function forgetParts(): void {
  cursor.kind = Parts.NONE;
}

/** As many entries as a part holds, from the next one on. */
function putPart(): Status {
  for (; cursor.slot < SLOTS; cursor.slot++) {
    if (!isOccupied(cursor.slot)) continue;
    loadCredential(cursor.slot);
    if (credential.type === OathType.LOGIN) continue;
    if (response.length + entryLengthMax() > PART_LENGTH_MAX) return Status.MORE_DATA;
    if (cursor.kind === Parts.NAMES) putName();
    else putEntry();
  }
  forgetParts();
  return Status.DONE;
}

/** Bytes that the entry of the credential in RECORD may need. */
function entryLengthMax(): u32 {
  const code = cursor.kind === Parts.WHOLE_CODES ? digestLength(credential.hash) : 4;
  return 2 + oathNameLength() + 3 + code;
}

function putName(): void {
  putTag(Tag.NAME_LIST, 1 + oathNameLength());
  putByte(credential.typeAndAlgorithm);
  putOathName();
}

/** Name and code; or name and why there is none. A credential that refuses is left out. */
function putEntry(): void {
  const start = response.length;
  putTag(Tag.NAME, oathNameLength());
  putOathName();
  const slot = cursor.slot;
  if (credential.type === OathType.HOTP) {
    putReason(Tag.NOT_CALCULATED_HOTP);
    return;
  }
  // One PIN, one code: CALCULATE asks for it.
  if ((credential.properties & Property.TOUCH) !== 0 || policy() === Policy.EACH_CODE) {
    putReason(Tag.NOT_CALCULATED_TOUCH);
    return;
  }
  const step = stepOf(cursor.challenge, credential.periodSeconds);
  const whole: u32 = cursor.kind === Parts.WHOLE_CODES ? 1 : 0;
  if (!isStepAllowed(slot, step) || putCode(slot, whole, step) !== Status.DONE) {
    response.length = start;
  }
}

/** The step of a credential in the half minute that a host asks for. */
function stepOf(challenge: u64, periodSeconds: u32): u64 {
  const isDefault = periodSeconds === DEFAULT_PERIOD;
  return isDefault ? challenge : timeStep(challenge * DEFAULT_PERIOD, periodSeconds);
}

function putReason(tag: Tag): void {
  putTag(tag, 1);
  putByte(credential.digits);
}

// --- names ------------------------------------------------------------------------------------

/** Bytes of the name of the credential in RECORD, with its period in front where it is not said. */
function oathNameLength(): u32 {
  let length: u32 = credential.nameLength;
  const period = unsaidPeriod();
  for (let rest = period; rest !== 0; rest /= 10) length++;
  return period === 0 ? length : length + 1;
}

function putOathName(): void {
  const period = unsaidPeriod();
  if (period !== 0) {
    let divisor: u32 = 1000;
    while (divisor > period) divisor /= 10;
    for (; divisor !== 0; divisor /= 10) putByte(0x30 + ((period / divisor) % 10));
    putByte(SLASH);
  }
  putBytes(NAME, credential.nameLength);
}
