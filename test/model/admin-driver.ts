/** Does to a token what the model's actions say that an administrator does. */
import { createHmac } from 'node:crypto';
import {
  authenticateAdmin,
  changeAdminKey,
  getChallenge,
  setAdminKey,
  type Token,
} from '../../host/index.ts';
import { answerTo } from '../pin/admin.ts';
import type { Action, AdminAction } from './model.ts';

const KINDS: readonly Action['kind'][] = ['set admin key', 'answer', 'change admin key'];
const KEY_BYTES = 24;

export function isAdminAction(action: Action): action is AdminAction {
  return KINDS.includes(action.kind);
}

/** The admin key that stands for a word. */
export function adminKeyOf(word: string): Uint8Array {
  const stream = createHmac('sha256', 'oathfob test admin key').update(word).digest();
  return Uint8Array.from(stream.subarray(0, KEY_BYTES));
}

/** Acts on a token whose management applet is selected, and which is unlocked if it has to be. */
export function actAsAdmin(token: Token, action: AdminAction): void {
  if (action.kind === 'set admin key') {
    setAdminKey(token, adminKeyOf(action.to));
    return;
  }
  const answer = answerTo(getChallenge(token), adminKeyOf(action.key));
  if (action.kind === 'answer') authenticateAdmin(token, answer);
  else changeAdminKey(token, answer, adminKeyOf(action.to));
}
