/**
 * The door for commands: which applet is selected, and which one answers.
 * The answer is built in place of the command; what is left of the command is wiped, since it may
 * have carried a key.
 */

import { wipe } from '../crypto/wipe';
import { BUFFER, BUFFER_LENGTH, command, response, session } from '../memory';
import { lock } from '../pin/vault';
import { parseCommand } from './command';
import { isManagementAid, runManagement, selectManagement } from './management';
import { changeReference, resetRetryCounter, verify } from './pin';
import { Status } from './status';
import { putByte } from './tlv';

const CLASS_INTERINDUSTRY: u32 = 0x00;
const CLASS_PROPRIETARY: u32 = 0x80;
const SELECT: u32 = 0xa4;
const BY_NAME: u32 = 0x04;
const VERIFY: u32 = 0x20;
const CHANGE_REFERENCE_DATA: u32 = 0x24;
const RESET_RETRY_COUNTER: u32 = 0x2c;

/** What SELECT can choose; rights end with every SELECT and with power. */
export enum Applet {
  NONE,
  MANAGEMENT,
}

/**
 * Answers the command in BUFFER.
 * @param length   bytes of command
 * @param refusal  Status.DONE, or why the token answers nothing at all
 * @returns bytes of answer in BUFFER, status word included
 */
export function dispatch(length: u32, refusal: Status): u32 {
  response.length = 0;
  let status = refusal;
  if (status === Status.DONE) {
    status = length <= BUFFER_LENGTH && parseCommand(length) ? run() : Status.WRONG_LENGTH;
  }
  if (status !== Status.DONE) response.length = 0;
  putByte(status >> 8);
  putByte(status & 0xff);
  wipe(BUFFER + response.length, BUFFER_LENGTH - response.length);
  return response.length;
}

function run(): Status {
  if (command.classByte === CLASS_INTERINDUSTRY && command.instruction === SELECT) return select();
  if (session.applet !== Applet.MANAGEMENT) return Status.CONDITIONS_NOT_SATISFIED;
  if (command.classByte === CLASS_INTERINDUSTRY) return runInterindustry();
  return command.classByte === CLASS_PROPRIETARY ? runManagement() : Status.UNKNOWN_CLASS;
}

/** The commands about PIN and PUK, the same in every applet. */
function runInterindustry(): Status {
  if (command.instruction === VERIFY) return verify();
  if (command.instruction === CHANGE_REFERENCE_DATA) return changeReference();
  if (command.instruction === RESET_RETRY_COUNTER) return resetRetryCounter();
  return Status.UNKNOWN_INSTRUCTION;
}

/** SELECT by name (ISO 7816-4 §7.1.1). An applet that is not there leaves none selected. */
function select(): Status {
  session.applet = Applet.NONE;
  if (session.unlockedByHost !== 0) lock();
  session.unlockedByHost = 0;
  if (command.parameter1 !== BY_NAME) return Status.WRONG_PARAMETERS;
  if (!isManagementAid(command.data, command.dataLength)) return Status.NO_APPLET;
  session.applet = Applet.MANAGEMENT;
  return selectManagement();
}
