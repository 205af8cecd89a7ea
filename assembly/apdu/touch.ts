/**
 * Commands that wait for a key. The core never blocks: `exchange` says that the answer is not there
 * yet, keys and ticks go on, and the answer is computed when it is fetched (docs/abi.md).
 *
 * OK allows, left refuses; without a key the wait is over after a while. Another command ends it.
 */
import { uptime } from '../board';
import { copy } from '../bytes';
import { WAITING_CHALLENGE, waiting } from '../memory';
import { Key } from '../screen/keys';
import { Status } from './status';

/** How a wait stands. */
export enum Touch {
  NONE,
  ASKED,
  ALLOWED,
  REFUSED,
}

/** How long OK may take, and then how long its answer stays to be fetched. */
const WAIT_MILLISECONDS: u32 = 15_000;

/**
 * Begins to wait.
 * @param slot       what is asked for, as the selected applet numbers it
 * @param whole      not 0 when the whole MAC is asked for
 * @param challenge  `length` bytes, at most 64
 */
export function askForTouch(slot: u32, whole: u32, challenge: usize, length: u32): Status {
  waiting.state = Touch.ASKED;
  waiting.key = 0;
  waiting.since = uptime();
  waiting.slot = slot;
  waiting.whole = whole;
  waiting.challengeLength = length;
  copy(WAITING_CHALLENGE, challenge, length);
  return Status.PENDING;
}

export function cancelTouch(): void {
  waiting.state = Touch.NONE;
}

/** How the wait stands now. */
export function touchState(): Touch {
  const isOver = <u32>uptime() - waiting.since >= WAIT_MILLISECONDS;
  if (isOver && waiting.state !== Touch.NONE) waiting.state = Touch.REFUSED;
  return waiting.state as Touch;
}

/**
 * Whether OK was pressed for what is being answered; the wait is over only after its answer. Asks the
 * key as well: one fault must not be enough.
 */
export function isTouched(): bool {
  return waiting.state === Touch.ALLOWED && (waiting.key ^ Key.OK) === 0;
}

/** Acts on a key while a command waits. */
export function pressInTouch(key: i32): void {
  waiting.key = key;
  if (key === Key.OK) {
    waiting.state = Touch.ALLOWED;
    waiting.since = uptime();
  } else if (key === Key.LEFT) {
    waiting.state = Touch.REFUSED;
  }
}
