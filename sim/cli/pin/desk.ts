/** A token with its PIN, as commands about it need it. */
import { type PinStatus, verifyPin } from '../../../host/pin.ts';
import { fault } from '../errors.ts';
import { shellWord } from '../output.ts';
import type { Session } from '../verb.ts';
import { PIN_KIND } from './input.ts';
import type { LockedToken } from './keys.ts';
import { attempt, blocked, waitForTry } from './tries.ts';

/** What a verb works with: the token, its secrets, and what it said of its PIN before. */
export interface Desk extends LockedToken {
  readonly status: PinStatus;
  readonly session: Session;
}

/** Unlocks the token by the PIN, which costs a try when it is wrong. */
export async function verifyFirst(desk: Desk): Promise<void> {
  const { token, board, input, file, status, session } = desk;
  demandTries(desk);
  const pin = await input.read('pin', PIN_KIND);
  await waitForTry(board.clock, status, 'PIN', session);
  attempt('PIN', null, file, status, () => verifyPin(token, pin));
}

/** @throws CliError PIN_NOT_SET, PIN_BLOCKED */
export function demandTries(desk: Desk): void {
  demandPin(desk);
  if (desk.status.triesLeft === 0) throw blocked('PIN', desk.file, desk.status);
}

/** @throws CliError PIN_NOT_SET */
export function demandPin({ file, status }: Desk): void {
  if (status.policy !== 'off') return;
  throw fault('PIN_NOT_SET', 'the token has no PIN', `oathfob token pin set ${shellWord(file)}`);
}
