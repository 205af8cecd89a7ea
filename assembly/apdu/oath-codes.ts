/**
 * CALCULATE: one code for a host, under the conditions of its credential.
 *
 * The host says for which time step. A token that knows the time gives no code for one that is
 * further than STEPS_TOLERATED from now, so that nobody harvests codes of next week; one that does
 * not know it only goes on from the latest moment that had a code.
 */
import { clockIsSet, Moment, markMoment, now, TIME_MAX } from '../clock';
import { digestLength } from '../crypto/hash';
import { HMAC_STATE_LENGTH, hmac } from '../crypto/hmac';
import { wipe } from '../crypto/wipe';
import {
  BUFFER,
  COUNTER_VALUE,
  command,
  response,
  SEAL_STATE,
  WAITING_CHALLENGE,
  waiting,
} from '../memory';
import {
  advanceCounter,
  counterOf,
  credential,
  isStepNext,
  isUsedUp,
  loadCredential,
  OathType,
  openCredential,
  Property,
  raiseStep,
} from '../oath/credential';
import { truncatedMac } from '../oath/hotp';
import { findAccount } from '../oath/names';
import { timeStep } from '../oath/totp';
import { isUnlocked, lock, Policy, policy } from '../pin/vault';
import { SLOTS } from '../store/record';
import { fieldLength, fieldValue, readFields, Tag, tagBit } from './fields';
import { isOathOpen } from './oath-access';
import { Status } from './status';
import { putByte, putTag, readNumber } from './tlv';
import { askForTouch, isTouched } from './touch';

const STEPS_TOLERATED: u64 = 3;
const CHALLENGE_LENGTH: u32 = 8;

/** P1 P2 of both commands that calculate: 00 00 whole MACs, 00 01 truncated ones. */
export function areCodeParametersValid(): bool {
  return command.parameter1 === 0 && command.parameter2 <= 1;
}

export function calculate(): Status {
  if (!areCodeParametersValid()) return Status.WRONG_PARAMETERS;
  const needed = tagBit(Tag.NAME) | tagBit(Tag.CHALLENGE);
  if (!readFields(needed, needed)) return Status.WRONG_DATA;
  const slot = findAccount(fieldValue(Tag.NAME), fieldLength(Tag.NAME));
  if (slot === SLOTS) return Status.NO_SUCH_DATA;
  const length = fieldLength(Tag.CHALLENGE);
  // A counter needs no challenge; some clients send the time all the same.
  if (length !== CHALLENGE_LENGTH && (length !== 0 || credential.type !== OathType.HOTP)) {
    return Status.WRONG_DATA;
  }
  const whole = command.parameter2 ^ 1;
  const challenge = fieldValue(Tag.CHALLENGE);
  if ((credential.properties & Property.TOUCH) !== 0) {
    return askForTouch(slot, whole, challenge, length);
  }
  return answer(slot, whole, readNumber(challenge, length));
}

/** The answer of a CALCULATE whose wait was allowed. */
export function finishCalculation(): Status {
  // The token may have been locked in the meantime.
  if (!isUnlocked()) return Status.NOT_ALLOWED;
  const step = readNumber(WAITING_CHALLENGE, waiting.challengeLength);
  return answer(waiting.slot, waiting.whole, step);
}

function answer(slot: u32, whole: u32, step: u64): Status {
  loadCredential(slot);
  const isHotp = credential.type === OathType.HOTP;
  if (!isHotp && !isStepAllowed(slot, step)) return Status.NOT_ALLOWED;
  const status = isHotp ? putNextCode(slot, whole) : putCode(slot, whole, step);
  if (policy() === Policy.EACH_CODE) lock();
  return status;
}

/**
 * Whether a host may have the code of a step; it is on record then: the moment, as for a code on the
 * display, and the step of an only-increasing credential.
 */
export function isStepAllowed(slot: u32, step: u64): bool {
  const isIncreasing = (credential.properties & Property.INCREASING) !== 0;
  const period: u32 = credential.periodSeconds;
  // Without a clock the host's word has to do: it goes on record, so that whoever harvested codes of
  // next week leaves a token that shows none until then.
  let seconds = step * period;
  if (clockIsSet()) {
    seconds = now();
    const own = timeStep(seconds, period);
    if ((step > own ? step - own : own - step) > STEPS_TOLERATED) return false;
  } else if (step > timeStep(TIME_MAX, period)) {
    return false;
  }
  // Asked before anything is written: a refusal leaves no mark.
  if (isIncreasing && !isStepNext(slot, step)) return false;
  if (markMoment(seconds) !== Moment.ALLOWED) return false;
  return !isIncreasing || raiseStep(slot, step);
}

/** The next code of an HOTP credential; the counter has moved on, durably, before it is computed. */
function putNextCode(slot: u32, whole: u32): Status {
  const counter = counterOf(slot);
  if (counter === u64.MAX_VALUE) return Status.CONDITIONS_NOT_SATISFIED;
  if (!advanceCounter(slot, counter)) return Status.WRITE_FAILED;
  return putCode(slot, whole, counter);
}

/**
 * Appends tag 75 or 76 to the response. What may leave is asked once more, in front of every code: one
 * fault must not be enough.
 * @param whole    not 0 for the whole MAC, which some hosts make codes of another alphabet of
 * @param counter  the counter or time step
 */
export function putCode(slot: u32, whole: u32, counter: u64): Status {
  loadCredential(slot);
  const needsTouch = (credential.properties & Property.TOUCH) !== 0;
  if (!isOathOpen() || (needsTouch && !isTouched())) return Status.NOT_ALLOWED;
  const isHotp = credential.type === OathType.HOTP;
  if (!openCredential(slot, SEAL_STATE)) return Status.DAMAGED;
  const used = whole !== 0 ? putMac(counter) : putTruncated(counter);
  wipe(SEAL_STATE, HMAC_STATE_LENGTH);
  return isHotp && !isUsedUp(slot, used) ? Status.WRITE_FAILED : Status.DONE;
}

/** Appends a whole MAC. @returns the counter once more, as it stood where the MAC was made of it */
function putMac(counter: u64): u64 {
  const length = digestLength(credential.hash);
  putTag(Tag.RESPONSE, length + 1);
  putByte(credential.digits);
  store<u64>(COUNTER_VALUE, bswap<u64>(counter));
  hmac(credential.hash, SEAL_STATE, COUNTER_VALUE, 8, BUFFER + response.length);
  response.length += length;
  return bswap<u64>(load<u64>(COUNTER_VALUE));
}

/** Appends the bits of a code. @returns the counter once more, put together from what they are of */
function putTruncated(counter: u64): u64 {
  const high = <u32>(counter >> 32);
  const low = <u32>counter;
  const bits = truncatedMac(credential.hash, SEAL_STATE, high, low);
  putTag(Tag.TRUNCATED, 5);
  putByte(credential.digits);
  // Byte by byte: what comes before has any length, and a word across a boundary is a fault on some
  // processors.
  for (let shift: i32 = 24; shift >= 0; shift -= 8) putByte(bits >>> shift);
  return ((<u64>high) << 32) | low;
}
