/**
 * Every check of the one-time code library, and every message: a wrong type is a TypeError, a
 * wrong value a RangeError, and the text says what was expected and what came, never a secret.
 */
import { integer, wrongType, wrongValue } from '../arguments.ts';
import { LONGEST_SECRET } from './engine.ts';
import type { Digits, HashName } from './types.ts';

const LARGEST_COUNTER = 0xffff_ffff_ffff_ffffn;
/** Widest search on one side, steps (assembly/oath/verify.ts). */
const WIDEST_WINDOW = 65_535;

/** A secret: 1..LONGEST_SECRET bytes; a string is Base32 and is read when it is decoded. */
export function checkSecret(secret: unknown): asserts secret is Uint8Array | string {
  if (typeof secret === 'string') return;
  if (!(secret instanceof Uint8Array)) throw wrongType('secret', 'Uint8Array or string', secret);
  if (secret.length < 1 || secret.length > LONGEST_SECRET) {
    throw wrongValue('secret', `1..${LONGEST_SECRET} bytes`, secret.length);
  }
}

export function checkHash(hash: unknown): HashName {
  if (hash === undefined) return 'SHA1';
  if (hash === 'SHA1' || hash === 'SHA256' || hash === 'SHA512') return hash;
  const expected = "'SHA1', 'SHA256' or 'SHA512'";
  if (typeof hash !== 'string') throw wrongType('hash', expected, hash);
  throw new RangeError(`hash: expected ${expected}, got another string`);
}

export function checkDigits(digits: unknown): Digits {
  if (digits === undefined) return 6;
  return integer('digits', digits, 6, 8) as Digits;
}

export function checkPeriod(period: unknown): number {
  return period === undefined ? 30 : integer('period', period, 1, 3600);
}

/** Seconds since 1970, cut to a whole number; the clock is read only when none is given. */
export function checkTime(time: unknown): number {
  const seconds = time === undefined ? Date.now() / 1000 : time;
  if (typeof seconds !== 'number') throw wrongType('time', 'seconds since 1970', time);
  const whole = Math.floor(seconds);
  if (whole >= 0 && whole <= Number.MAX_SAFE_INTEGER) return whole;
  throw wrongValue('time', 'seconds since 1970, 0..2^53-1', time);
}

/** A counter, 0..2^64-1; numbers only as far as they are exact. */
export function checkCounter(counter: unknown): number | bigint {
  if (typeof counter === 'number') {
    if (Number.isSafeInteger(counter) && counter >= 0) return counter;
    throw wrongValue('counter', 'an integer 0..2^53-1, or a bigint 0..2^64-1', counter);
  }
  if (typeof counter !== 'bigint') throw wrongType('counter', 'number or bigint', counter);
  if (counter >= 0n && counter <= LARGEST_COUNTER) return counter;
  throw wrongValue('counter', 'a bigint 0..2^64-1', counter);
}

/** Steps on each side of the centre. */
export function checkWindow(window: unknown): { behind: number; ahead: number } {
  if (window === undefined) return { behind: 1, ahead: 1 };
  if (typeof window === 'object' && window !== null) {
    const { behind, ahead } = window as { behind: unknown; ahead: unknown };
    return {
      behind: integer('window.behind', behind, 0, WIDEST_WINDOW),
      ahead: integer('window.ahead', ahead, 0, WIDEST_WINDOW),
    };
  }
  const steps = integer('window', window, 0, WIDEST_WINDOW);
  return { behind: steps, ahead: steps };
}

export function checkLookAhead(lookAhead: unknown): number {
  return lookAhead === undefined ? 10 : integer('lookAhead', lookAhead, 0, WIDEST_WINDOW);
}

export function checkDrift(driftSteps: unknown): number {
  if (driftSteps === undefined) return 0;
  return integer('driftSteps', driftSteps, -0x7fffffff, 0x7fffffff);
}

/** The last used step; -1 when there is none. */
export function checkLastUsedStep(step: unknown): number {
  if (step === undefined || step === null) return -1;
  return integer('lastUsedStep', step, 0, Number.MAX_SAFE_INTEGER);
}

/**
 * The number a typed code stands for, or -1 for a string that is no code of this length: what
 * users type is not the caller's mistake, so it is answered and not thrown.
 */
export function codeNumber(code: unknown, digits: number): number {
  if (typeof code !== 'string') throw wrongType('code', `a string of ${digits} digits`, code);
  if (code.length !== digits) return -1;
  let value = 0;
  for (let index = 0; index < digits; index++) {
    const digit = code.charCodeAt(index) - 0x30;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}
