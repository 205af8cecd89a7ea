import { bytesOf, hexadecimal, isSame } from '../../../bytes.ts';
import type { Exchange, SlowExchange } from '../../exchange.ts';
import { randomDigits } from '../../random-digits.ts';
import { type Pin, type QrMethod, qrMethods } from './records.ts';

/**
 * PINs: which may be chosen, how they are kept, and how one is tried.
 *
 * What it does not protect against: a PIN has eight digits, so whoever has the database file can
 * try them all, PBKDF2 or not. The file is its owner's only; what the hash prevents is reading one.
 */

const FEWEST_DIGITS = 8;
const MOST_DIGITS = 20;
/** Rounds of PBKDF2 for a new PIN. */
export const PIN_ITERATIONS = 100_000;
const SALT_BYTES = 16;
const HASH_BITS = 256;
const RUNS = ['0123456789', '9876543210'];
/** A block of three digits twice in a row, or one of two digits three times. */
const REPEATED_BLOCK = /(\d{3})\1|(\d{2})\2\2/;
/** Doubling a lock-out ends here. */
const LONGEST_LOCKOUT_MILLISECONDS = 24 * 3_600_000;

/** Whether it has the form of a PIN; what has not is refused without costing an attempt. */
export function isPin(digits: string): boolean {
  return /^[0-9]+$/.test(digits) && digits.length >= FEWEST_DIGITS && digits.length <= MOST_DIGITS;
}

/** Whether a PIN may be chosen under a policy that asks for at least `pinLength` digits. */
export function mayChoose(digits: string, pinLength: number): boolean {
  return (
    isPin(digits) &&
    digits.length >= pinLength &&
    !RUNS.some((run) => digits.includes(run)) &&
    !REPEATED_BLOCK.test(digits)
  );
}

/** A random PIN that may be chosen. */
export function randomPin(pinLength: number): string {
  for (;;) {
    const digits = randomDigits(pinLength);
    if (mayChoose(digits, pinLength)) return digits;
  }
}

export type HashedPin = Pick<Pin, 'hash' | 'salt' | 'iterations'>;

/** Takes some 20 ms of another thread with the usual number of iterations. */
export async function hashPin(digits: string, iterations: number): Promise<HashedPin> {
  const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES));
  const hash = hexadecimal(await derive(digits, salt, iterations));
  return { hash, salt: hexadecimal(salt), iterations };
}

async function derive(
  digits: string,
  salt: Uint8Array<ArrayBuffer>,
  iterations: number,
): Promise<Uint8Array> {
  const bytes = new TextEncoder().encode(digits);
  const key = await crypto.subtle.importKey('raw', bytes, 'PBKDF2', false, ['deriveBits']);
  bytes.fill(0);
  const parameters = { name: 'PBKDF2', hash: 'SHA-256', salt, iterations };
  return new Uint8Array(await crypto.subtle.deriveBits(parameters, key, HASH_BITS));
}

/** A PIN as it is after it was made or replaced. */
export function newPin(
  hashed: HashedPin,
  options: { id: string; forceChange: boolean; createdAt: number; updatedAt: number },
): Pin {
  return { ...hashed, ...options, attemptCount: 0, retryAt: 0 };
}

/** How a try ended; `changed` is one whose PIN was replaced while it was being looked at. */
export type PinVerdict =
  | { readonly verdict: 'right'; readonly method: QrMethod }
  | { readonly verdict: 'wrong' | 'changed' }
  | { readonly verdict: 'locked'; readonly milliseconds: number };

/**
 * Tries a PIN. The attempt is on disk before anything is compared, so that neither a killed server
 * nor a hundred attempts at once get one for nothing; a right PIN takes the count back.
 * @returns the verdict, and the method as it is after it
 * @throws StoreError when the attempt cannot be counted; nothing was compared then
 */
export async function tryPin(
  { decide, timeMilliseconds }: SlowExchange,
  method: QrMethod,
  digits: string,
): Promise<PinVerdict> {
  const { pin } = method;
  if (timeMilliseconds < pin.retryAt) {
    return { verdict: 'locked', milliseconds: pin.retryAt - timeMilliseconds };
  }
  const { counting } = decide((exchange) => count(exchange, method));
  await counting;
  const presented = await derive(digits, bytesOf(pin.salt), pin.iterations);
  const isRight = isSame(presented, bytesOf(pin.hash));
  return decide(({ state }): PinVerdict => {
    const now = qrMethods(state).get(method.id);
    if (now?.pin.hash !== pin.hash) return { verdict: 'changed' };
    if (!isRight) return { verdict: 'wrong' };
    const forgiven = { ...now, pin: { ...now.pin, attemptCount: 0, retryAt: 0 } };
    qrMethods(state).save(forgiven);
    return { verdict: 'right', method: forgiven };
  });
}

/** Commits the attempt without waiting for the other requests of this turn. */
function count(exchange: Exchange, method: QrMethod) {
  const { state } = exchange;
  const { pin } = method;
  qrMethods(state).save({ ...method, pin: { ...pin, ...counted(exchange, pin) } });
  const counting = state.durable();
  state.commitNow();
  return { counting };
}

function counted({ state, timeMilliseconds }: Exchange, pin: Pin) {
  const { pinAttemptCap, pinLockoutSeconds } = state.settings;
  const attemptCount = pin.attemptCount + 1;
  if (attemptCount < pinAttemptCap) return { attemptCount };
  const lockout = pinLockoutSeconds * 1000 * 2 ** (attemptCount - pinAttemptCap);
  return {
    attemptCount,
    retryAt: timeMilliseconds + Math.min(lockout, LONGEST_LOCKOUT_MILLISECONDS),
  };
}
