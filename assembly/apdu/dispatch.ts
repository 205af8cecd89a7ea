/**
 * The door for commands: which applet is selected, and which one answers.
 * The answer is built in place of the command; what is left of the command is wiped, since it may
 * have carried a key.
 */
import { same } from '../bytes';
import { wipe } from '../crypto/wipe';
import { AID_PREFIX, BUFFER, BUFFER_LENGTH, command, response, session } from '../memory';
import { ageChallenge, dropChallenge } from '../pin/admin-key';
import { lock } from '../pin/vault';
import { externalAuthenticate, getChallenge } from './admin-key';
import { parseCommand } from './command';
import { runManagement, selectManagement } from './management';
import { runOath } from './oath';
import { forgetAccess, selectOath } from './oath-access';
import { finishCalculation } from './oath-codes';
import { forgetParts, sendRemaining } from './oath-list';
import { finishResponse, runOtp, selectOtp } from './otp-slots';
import { changeReference, resetRetryCounter, verify } from './pin';
import { Status } from './status';
import { putByte, readNumber } from './tlv';
import { cancelTouch, Touch, touchState } from './touch';

const CLASS_INTERINDUSTRY: u32 = 0x00;
const CLASS_CHAINED: u32 = 0x10;
const CLASS_PROPRIETARY: u32 = 0x80;
const SELECT: u32 = 0xa4;
const BY_NAME: u32 = 0x04;
const VERIFY: u32 = 0x20;
const CHANGE_REFERENCE_DATA: u32 = 0x24;
const RESET_RETRY_COUNTER: u32 = 0x2c;
const EXTERNAL_AUTHENTICATE: u32 = 0x82;
const GET_CHALLENGE: u32 = 0x84;
const SEND_REMAINING: u32 = 0xa5;
const GET_RESPONSE: u32 = 0xc0;

/** What SELECT can choose; rights end with every SELECT and with power. */
export enum Applet {
  NONE,
  MANAGEMENT,
  OATH,
  OTP,
}

const AID_PREFIX_LENGTH: u32 = 5;
/** What follows the prefix: 3 bytes for the management applet, 2 for the others. */
const AID_MANAGEMENT: u64 = 0x471117;
const AID_OATH: u64 = 0x2101;
const AID_OTP: u64 = 0x2001;

/** No answer yet: a key has to be pressed, and the answer to be fetched. */
export const ANSWER_PENDING: i32 = -2;

/**
 * Answers the command in BUFFER; a command that waits for a key is given up.
 * @param length   bytes of command; 0 fetches the answer of a command that waits
 * @param refusal  Status.DONE, or why the token answers nothing at all
 * @returns bytes of answer in BUFFER, status word included; or ANSWER_PENDING
 */
export function dispatch(length: u32, refusal: Status): i32 {
  response.length = 0;
  ageChallenge();
  let status = Status.SELF_TEST_FAILED;
  const touch = touchState();
  if (length === 0 && touch !== Touch.NONE) {
    if (touch === Touch.ASKED) return ANSWER_PENDING;
    status = touch === Touch.ALLOWED ? finish() : Status.NOT_ALLOWED;
    cancelTouch();
  } else if (refusal === Status.DONE) {
    cancelTouch();
    status = length <= BUFFER_LENGTH && parseCommand(length) ? run() : Status.WRONG_LENGTH;
  } else if (refusal !== Status.DONE) {
    // A command that was not run must not look like one that was, though one decision was wrong.
    status = refusal;
  }
  if (status !== Status.DONE && status !== Status.MORE_DATA) response.length = 0;
  if (status !== Status.MORE_DATA) forgetParts();
  if (status !== Status.PENDING) {
    putByte(status >> 8);
    putByte(status & 0xff);
  }
  dropChallenge();
  wipe(BUFFER + response.length, BUFFER_LENGTH - response.length);
  const answered = <i32>response.length;
  // Here and at the beginning: what has been answered must not stand in front of the next answer.
  response.length = 0;
  return status === Status.PENDING ? ANSWER_PENDING : answered;
}

/** The answer of a command whose wait was allowed. */
function finish(): Status {
  return session.applet === Applet.OTP ? finishResponse() : finishCalculation();
}

function run(): Status {
  const instruction: u32 = command.instruction;
  const isInterindustry = command.classByte === CLASS_INTERINDUSTRY;
  if (isInterindustry && instruction === SELECT && !isCalculateAll()) return select();
  if (isInterindustry && (instruction === SEND_REMAINING || instruction === GET_RESPONSE)) {
    return sendRemaining();
  }
  if (session.applet === Applet.NONE) return Status.CONDITIONS_NOT_SATISFIED;
  if (isInterindustry) return runInterindustry();
  if (command.classByte === CLASS_CHAINED) return Status.CHAINING_NOT_SUPPORTED;
  const isOurs = session.applet === Applet.MANAGEMENT && command.classByte === CLASS_PROPRIETARY;
  return isOurs ? runManagement() : Status.UNKNOWN_CLASS;
}

/** SELECT and CALCULATE ALL of the OATH applet share an instruction and differ in P1. */
function isCalculateAll(): bool {
  return session.applet === Applet.OATH && command.parameter1 === 0;
}

/** The commands about PIN, PUK and admin key, the same in every applet; and those of that one. */
function runInterindustry(): Status {
  if (command.instruction === VERIFY) return verify();
  if (command.instruction === CHANGE_REFERENCE_DATA) return changeReference();
  if (command.instruction === RESET_RETRY_COUNTER) return resetRetryCounter();
  if (command.instruction === GET_CHALLENGE) return getChallenge();
  if (command.instruction === EXTERNAL_AUTHENTICATE) return externalAuthenticate();
  if (session.applet === Applet.OATH) return runOath();
  return session.applet === Applet.OTP ? runOtp() : runManagement();
}

/** SELECT by name (ISO 7816-4 §7.1.1). An applet that is not there leaves none selected. */
function select(): Status {
  forgetSession();
  if (command.parameter1 !== BY_NAME) return Status.WRONG_PARAMETERS;
  session.applet = appletOf(command.data, command.dataLength);
  if (session.applet === Applet.MANAGEMENT) return selectManagement();
  if (session.applet === Applet.OTP) return selectOtp();
  return session.applet === Applet.OATH ? selectOath() : Status.NO_APPLET;
}

/** Ends every right that was given since the last SELECT; also at power-on. */
export function forgetSession(): void {
  session.applet = Applet.NONE;
  if (session.unlockedByHost !== 0) lock();
  session.unlockedByHost = 0;
  forgetAccess();
  forgetParts();
  cancelTouch();
}

/** The applet with this identifier, which may go on behind ours. */
function appletOf(aid: usize, length: u32): Applet {
  if (length < AID_PREFIX_LENGTH + 2 || !same(aid, AID_PREFIX, AID_PREFIX_LENGTH)) {
    return Applet.NONE;
  }
  const two = readNumber(aid + AID_PREFIX_LENGTH, 2);
  if (two === AID_OATH) return Applet.OATH;
  if (two === AID_OTP) return Applet.OTP;
  const isManagement =
    length > AID_PREFIX_LENGTH + 2 && readNumber(aid + AID_PREFIX_LENGTH, 3) === AID_MANAGEMENT;
  return isManagement ? Applet.MANAGEMENT : Applet.NONE;
}
