/** A program of somebody else, in strict TypeScript: compiled by types.test.ts, never run. */
import { type Board, putCredential, Token, type TokenInfo } from 'oathfob';
import { hotp, type PreparedToken, prepare, type Verdict, verify } from 'oathfob/otp';
import type { createApp } from 'oathfob/server';
import { DrivenClock, frameToTerminal, VirtualBoard } from 'oathfob/simulator';

export const code: string = hotp(new Uint8Array(20), 2n ** 63n, { hash: 'SHA512', digits: 8 });
export const prepared: PreparedToken = prepare('GEZDGNBVGY3TQOJQ');
export const verdict: Verdict = verify('GEZDGNBVGY3TQOJQ', code, {
  window: { behind: 1, ahead: 0 },
});
export const step: number | string = verdict.valid ? verdict.step : verdict.reason;

export const board: Board = new VirtualBoard({ clock: new DrivenClock(0) });
export const token = new Token(board);
export const slot: number = putCredential(token, { name: 'a', key: new Uint8Array(20) });
export const serial = (info: TokenInfo): string | null => info.serialNumber;
export const picture: string = frameToTerminal(token.frame, { color: false });
export type App = ReturnType<typeof createApp>;

// @ts-expect-error: nine digits are not on offer
hotp(new Uint8Array(20), 0, { digits: 9 });
// @ts-expect-error: there is no such key
token.press('enter');
