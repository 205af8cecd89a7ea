/** A token that asks for its PIN on the display gets it by its keys. */
import type { Token } from '../../../host/token.ts';
import { enterPin } from '../../board/enter-pin.ts';
import type { FileBoard } from '../../board/token-file.ts';
import { fault } from '../errors.ts';
import { screenLines } from '../token-session.ts';
import type { Session } from '../verb.ts';
import { PIN_KIND, type PinInput } from './input.ts';
import { blocked, pinStatusOf, waitForTry, wrong } from './tries.ts';

/** What the display says after a PIN that was not looked at. */
const REFUSALS = ['PIN NEEDED', 'PIN BLOCKED', 'TOO EARLY, WAIT', 'WRITE FAILED'];

/** Whether the display says that the PIN is needed. */
export function asksForPin(token: Token): boolean {
  return screenLines(token)[1] === 'PIN NEEDED';
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
