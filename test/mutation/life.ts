/** What scripts are made of: secrets, power-on, commands that may be refused, and looking around. */
import { concat } from '../../host/apdu.ts';
import {
  type NewCredential,
  putCredential,
  selectManagement,
  setClock,
  type Token,
  TokenError,
  verifyPin,
  writeSerialNumber,
} from '../../host/index.ts';
import { hex } from '../fixtures.ts';
import { ERASED, type Remains } from '../power/bench.ts';
import { NOON } from '../power/histories.ts';
import type { Subject } from './subject.ts';

/** What differs between two runs of a script that are to leave the same behind. */
export interface Secrets {
  readonly keySeed: number;
  readonly pin: string;
  readonly otherPin: string;
  readonly puk: string;
}

export const SECRETS: Secrets = {
  keySeed: 1,
  pin: '271828',
  otherPin: '3141592653589793',
  puk: '16180339',
};

/** Runs by name: each does the same on every firmware that does the same. */
export type Runs = [string, (subject: Subject) => void][];

export type Script = (subject: Subject, secrets: Secrets) => void;

export const digits = (text: string) => new TextEncoder().encode(text);
export const EMPTY: Remains = { words: ERASED, clock: NOON };

/** A key that depends on the seed. */
export function keyOf({ keySeed }: Secrets, length = 20): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => (index * 73 + keySeed * 57 + 11) & 0xff);
}

/** Does something that a token may refuse; a refusal is an event like others. */
export function attempt(action: () => unknown): void {
  try {
    action();
  } catch (error) {
    if (!(error instanceof TokenError)) throw error;
  }
}

/** Switches on, with the applet selected when the token is fit. */
export function powerOn(subject: Subject, remains: Remains = subject.bench.remains): Token {
  const token = subject.powerOn(remains);
  attempt(() => selectManagement(token));
  return token;
}

/** GET INFO, and GET CREDENTIAL of the slots that scripts and images use. */
const QUESTIONS = ['80100000', '80110000', '80110100', '80110200', '80111f00', '80112000'].map(hex);

/** What a token tells of itself by commands. */
export function tell(token: Token): void {
  for (const question of QUESTIONS) token.exchange(question);
}

/** Everything a token tells: by commands, and on each page of its display. */
export function lookAt(token: Token): void {
  tell(token);
  for (let stop = 0; stop < 4; stop++) {
    token.press('right');
    token.press('left');
    token.press('ok');
    token.press('down');
  }
}

export function personalise(token: Token, credentials: readonly NewCredential[]): void {
  writeSerialNumber(token, 'MUT-1');
  setClock(token, NOON);
  for (const credential of credentials) putCredential(token, { ...credential });
}

/** A secret as the commands take it: 16 bytes, padded with FF. */
export function block(secret: Uint8Array): Uint8Array {
  return concat(secret, new Uint8Array(16 - secret.length).fill(0xff));
}

/**
 * Powers on over an image twice, and looks at and uses what comes up.
 * @param guesses whether a wrong PIN is offered, for which the iterations of the image are done
 */
export function bootOver(subject: Subject, remains: Remains, guesses = true): void {
  const token = powerOn(subject, remains);
  if (token.fault === null) {
    tell(token);
    token.press('ok');
    token.press('ok');
    attempt(() => putCredential(token, { name: 'late', key: keyOf(SECRETS) }));
    attempt(() => putCredential(token, { name: 'last', type: 'hotp', key: keyOf(SECRETS) }));
    if (guesses) attempt(() => verifyPin(token, digits('000001')));
  }
  tell(powerOn(subject));
}
