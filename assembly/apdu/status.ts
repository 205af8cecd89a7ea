import { BAD_LENGTH, BLOCKED, BROKEN, NOT_SET, RIGHT, TOO_EARLY, WRONG } from '../pin/verdict';
import { Stored } from '../store/log';

/** Status words of every answer (ISO 7816-4 §5.1.3), in one place. */
export enum Status {
  DONE = 0x9000,
  /** There is more of the answer: SEND REMAINING or GET RESPONSE brings it. */
  MORE_DATA = 0x6100,
  /** Wrong; the low nibble says how many tries are left. */
  TRIES_LEFT = 0x63c0,
  /** The flash holds bytes that no interrupted operation explains; nothing is given out. */
  DAMAGED = 0x6400,
  /** The flash was written by a core with another format version; nothing is changed. */
  OTHER_VERSION = 0x6401,
  /** The medium did not take a write; whether the change happened is seen after power-on. */
  WRITE_FAILED = 0x6581,
  /** Length of the command, or of a field in it. */
  WRONG_LENGTH = 0x6700,
  /** Commands in several parts are not taken. */
  CHAINING_NOT_SUPPORTED = 0x6884,
  /** A right is missing, or a key was not pressed. */
  NOT_ALLOWED = 0x6982,
  /** No tries are left; the secret was not looked at. */
  BLOCKED = 0x6983,
  /** No such name; no access code is set; the proof does not fit. */
  NO_SUCH_DATA = 0x6984,
  /** Not in this state: already written, or not there yet. */
  CONDITIONS_NOT_SATISFIED = 0x6985,
  /** The data field does not say what it should. */
  WRONG_DATA = 0x6a80,
  NO_APPLET = 0x6a82,
  NO_RECORD = 0x6a83,
  /** No room under the capacity formula, or no free slot. */
  FULL = 0x6a84,
  WRONG_PARAMETERS = 0x6a86,
  /** There is no such secret. */
  NO_REFERENCE = 0x6a88,
  /** The name is taken. */
  NAME_EXISTS = 0x6a89,
  UNKNOWN_INSTRUCTION = 0x6d00,
  UNKNOWN_CLASS = 0x6e00,
  /** A self-test failed; if it was that of power-on, the token does nothing else. */
  SELF_TEST_FAILED = 0x6f00,
  /** No status word: the answer is not there before a key was pressed. */
  PENDING = 0,
}

/** The status word for what became of a request to the store. */
export function statusOf(stored: Stored): Status {
  if (stored === Stored.DONE) return Status.DONE;
  if (stored === Stored.DAMAGED) return Status.DAMAGED;
  return stored === Stored.FULL ? Status.FULL : Status.WRITE_FAILED;
}

/** What a secret that was not given says of its tries; `left` 0 .. 15 are told. */
export function statusOfTries(left: u32): Status {
  return left === 0 ? Status.BLOCKED : wrongStatus(left);
}

/** The status word for what became of a check; `left` are the tries that are left after it. */
export function statusOfVerdict(verdict: u32, left: u32): Status {
  if (verdict === RIGHT) return Status.DONE;
  if (verdict === WRONG) return wrongStatus(left);
  if (verdict === BLOCKED) return Status.BLOCKED;
  if (verdict === BAD_LENGTH) return Status.WRONG_LENGTH;
  if (verdict === NOT_SET || verdict === TOO_EARLY) return Status.CONDITIONS_NOT_SATISFIED;
  return verdict === BROKEN ? Status.SELF_TEST_FAILED : Status.WRITE_FAILED;
}

function wrongStatus(left: u32): Status {
  return Status.TRIES_LEFT | min<u32>(left, 15);
}
