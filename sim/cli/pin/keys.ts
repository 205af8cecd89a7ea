/** The PIN by the keys of the device, as a person enters it (assembly/screen/pin-entry.ts). */
import type { Token } from '../../../host/token.ts';
import type { FileBoard } from '../../board/token-file.ts';
import { fault } from '../errors.ts';
import { screenLines } from '../token-session.ts';
import type { Session } from '../verb.ts';
import { PIN_KIND, type PinInput } from './input.ts';
import { blocked, pinStatusOf, waitForTry, wrong } from './tries.ts';

/** 0 to 9, and "done" behind them. */
const WHEEL_PLACES = 11;
const DONE_PLACE = 10;
/** With so many digits the token checks the PIN without being told that it is done. */
const MOST_DIGITS = 16;
/** What the display says after a PIN that was not looked at. */
const REFUSALS = ['PIN NEEDED', 'PIN BLOCKED', 'TOO EARLY, WAIT', 'WRITE FAILED'];

/** Whether the display says that the PIN is needed. */
export function asksForPin(token: Token): boolean {
  return screenLines(token)[1] === 'PIN NEEDED';
}

/**
 * Enters a PIN from the screen that asks for it, the shorter way round the wheel. The display tells
 * what came of it.
 * @param pin  6 to 16 ASCII digits
 */
export function enterPin(token: Token, pin: Uint8Array): void {
  token.press('ok');
  if (!screenLines(token)[1]?.startsWith('PIN 0')) return;
  for (const digit of pin) takePlace(token, digit - 0x30);
  if (pin.length < MOST_DIGITS) takePlace(token, DONE_PLACE);
}

function takePlace(token: Token, place: number): void {
  const isUpShorter = place <= WHEEL_PLACES / 2;
  const turns = isUpShorter ? place : WHEEL_PLACES - place;
  for (let turn = 0; turn < turns; turn++) token.press(isUpShorter ? 'up' : 'down');
  token.press('ok');
}

/** A token that may ask for its PIN, and the way to it. */
export interface LockedToken {
  readonly token: Token;
  readonly board: FileBoard;
  readonly file: string;
  /** Reads the option `pin`. */
  readonly input: PinInput;
}

/**
 * Unlocks the token if its display asks for the PIN.
 * @throws CliError PIN_NEEDED when there is none to enter, PIN_WRONG, PIN_BLOCKED, NO_CODE
 */
export async function unlock(
  { token, board, file, input }: LockedToken,
  session: Session,
): Promise<void> {
  if (!asksForPin(token)) return;
  const status = pinStatusOf(token);
  if (status.triesLeft === 0) throw blocked('PIN', file, status);
  if (!input.canRead('pin')) {
    throw fault(
      'PIN_NEEDED',
      'the token asks for its PIN',
      'give it with --pin - for standard input, or --pin @FILE',
    );
  }
  const pin = await input.read('pin', PIN_KIND);
  await waitForTry(board.clock, status, 'PIN', session);
  board.keep();
  enterPin(token, pin);
  const [, said = '', more = ''] = screenLines(token);
  if (said === 'WRONG PIN') throw wrong('PIN', Number.parseInt(more, 10), file, status);
  if (!REFUSALS.includes(said)) return;
  throw fault('NO_CODE', `the token did not take the PIN: ${said}`, 'oathfob token info FILE');
}
