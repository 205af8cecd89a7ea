/**
 * A prepared token: the secret's midstates behind a private field, and codes from them.
 */
import {
  checkCounter,
  checkDrift,
  checkLastUsedStep,
  checkLookAhead,
  checkTime,
  checkWindow,
  codeNumber,
} from './arguments.ts';
import { hotpCode, MISMATCH, type PreparedKey, REPLAYED, totpCode, verifyCode } from './engine.ts';
import type {
  CheckOptions,
  Digits,
  HashName,
  HotpVerdict,
  PreparedToken,
  Verdict,
} from './types.ts';

const TWO_TO_32 = 4294967296;
/** Farther than any window reaches, in steps. */
const BEYOND_WINDOW = 0x10000;

const numbersUpTo = (count: number, digits: number) =>
  Array.from({ length: count }, (_, value) => String(value).padStart(digits, '0'));
// Joining two entries of a table is five times as fast as padStart.
const ONE_DIGIT = numbersUpTo(10, 1);
const TWO_DIGITS = numbersUpTo(100, 2);
const THREE_DIGITS = numbersUpTo(1000, 3);

/** A code as text, leading zeros kept. */
export function formatCode(code: number, digits: number): string {
  const thousands = (code / 1000) | 0;
  const tail = THREE_DIGITS[code - thousands * 1000]!;
  if (digits === 6) return THREE_DIGITS[thousands]! + tail;
  const millions = (thousands / 1000) | 0;
  const head = digits === 7 ? ONE_DIGIT[millions]! : TWO_DIGITS[millions]!;
  return head + THREE_DIGITS[thousands - millions * 1000]! + tail;
}

/** Upper and lower 32 bits of a checked counter or time. */
export function upperHalf(value: number | bigint): number {
  return typeof value === 'number' ? (value / TWO_TO_32) | 0 : Number(value >> 32n) | 0;
}

export function lowerHalf(value: number | bigint): number {
  return typeof value === 'number' ? value | 0 : Number(value & 0xffffffffn) | 0;
}

/** The step of a time; exact to 2^53, where a rounded quotient would not be. */
export function stepOf(time: number, period: number): number {
  return (time - (time % period)) / period;
}

/** Wipes the midstates of tokens that were dropped without wipe(). */
const dropped = new FinalizationRegistry<Int32Array>((midstates) => midstates.fill(0));

export class Token implements PreparedToken {
  readonly hash: HashName;
  readonly digits: Digits;
  readonly period: number;
  #key: PreparedKey | null;

  constructor(key: PreparedKey, hash: HashName, digits: Digits, period: number) {
    this.#key = key;
    this.hash = hash;
    this.digits = digits;
    this.period = period;
    dropped.register(this, key.midstates, this);
  }

  hotp(counter: number | bigint): string {
    const value = checkCounter(counter);
    const { digits } = this;
    return formatCode(hotpCode(this.#usable(), upperHalf(value), lowerHalf(value), digits), digits);
  }

  totp(time?: number): string {
    const seconds = checkTime(time);
    const { digits, period } = this;
    const high = upperHalf(seconds);
    const code = totpCode(this.#usable(), high, lowerHalf(seconds), period, digits);
    return formatCode(code, digits);
  }

  verify(code: string, options: CheckOptions = {}): Verdict {
    const key = this.#usable();
    const now = stepOf(checkTime(options.time), this.period);
    const { behind, ahead } = checkWindow(options.window);
    const centre = now + checkDrift(options.driftSteps);
    const freshFrom = clamp(checkLastUsedStep(options.lastUsedStep) + 1 - centre);
    const offset = this.#search(key, code, centre, behind, ahead, freshFrom);
    if (offset === MISMATCH) return { valid: false, reason: 'mismatch' };
    if (offset === REPLAYED) return { valid: false, reason: 'replayed' };
    return { valid: true, step: centre + offset, driftSteps: centre + offset - now };
  }

  verifyHotp(code: string, counter: number | bigint, lookAhead?: number): HotpVerdict {
    const key = this.#usable();
    const first = checkCounter(counter);
    const ahead = checkLookAhead(lookAhead);
    const offset = this.#search(key, code, first, 0, ahead, 0);
    if (offset === MISMATCH) return { valid: false, reason: 'mismatch' };
    return { valid: true, counter: BigInt(first) + BigInt(offset) + 1n };
  }

  wipe(): void {
    if (this.#key === null) return;
    this.#key.midstates.fill(0);
    this.#key = null;
    dropped.unregister(this);
  }

  #usable(): PreparedKey {
    if (this.#key === null) throw new Error('this prepared token has been wiped');
    return this.#key;
  }

  /** A string that is no code matches nothing, and no step lies before 1970. */
  #search(
    key: PreparedKey,
    code: string,
    centre: number | bigint,
    behind: number,
    ahead: number,
    freshFrom: number,
  ): number {
    const value = codeNumber(code, this.digits);
    if (value < 0 || centre < 0) return MISMATCH;
    const high = upperHalf(centre);
    const low = lowerHalf(centre);
    return verifyCode(key, this.digits, value, high, low, behind, ahead, freshFrom);
  }
}

function clamp(offset: number): number {
  return Math.max(-BEYOND_WINDOW, Math.min(BEYOND_WINDOW, offset));
}
