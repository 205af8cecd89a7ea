/**
 * One function decides about PINs and PUKs: count, read back, compare, forgive.
 *
 * The order is the point. A try is spent, on flash and read back, before anything secret is
 * touched; so a power cut, at whatever moment, never gives one back. What a right secret brings is
 * not a yes but the master key: a decision that is skipped leaves every account sealed.
 */
import { uptime } from '../board';
import { EQUAL, UNEQUAL } from '../crypto/constant-time';
import { vault } from '../memory';
import { exists, Stored } from '../store/log';
import { MASTER, PIN_TRIES, PUK, PUK_TRIES } from '../store/record';
import { destroyKeys } from './destroy';
import { PIN_LENGTH_MAX, PIN_LENGTH_MIN, PUK_LENGTH_MIN } from './rules';
import { countTry, failedTries, settleTry, spendTry, triesOutOf } from './tries';
import { lock, openWith, Policy, policy } from './vault';
import {
  BAD_LENGTH,
  BLOCKED,
  COUNTED,
  NOT_SET,
  RIGHT,
  TOO_EARLY,
  WRITE_FAILED,
  WRONG,
} from './verdict';

export const PIN_TRIES_MAX: u32 = 8;
export const PUK_TRIES_MAX: u32 = 10;

const MORE_PUK_TRIES: u32 = PUK_TRIES_MAX - PIN_TRIES_MAX;
/** From the identity of a secret to that of its tries. */
const TRIES: u32 = PIN_TRIES - MASTER;

/** Wrong PINs before the token makes one wait, and for how long after the last of them. */
const FREE_TRIES: u32 = 3;
const FIRST_DELAY_MILLISECONDS: u32 = 15_000;

/** Whether there is a PIN. */
export function hasPin(): bool {
  return policy() !== Policy.NO_PIN;
}

/** Tries left of the PIN (identity MASTER) or the PUK. */
export function triesLeft(identity: u32): u32 {
  const most = identity === MASTER ? PIN_TRIES_MAX : PUK_TRIES_MAX;
  return triesOutOf(triesOf(identity), most);
}

function triesOf(identity: u32): u32 {
  return identity === MASTER ? PIN_TRIES : PUK_TRIES;
}

/**
 * Milliseconds until the next try is taken. From the 4th wrong PIN in a row they double, counted
 * from the last wrong one, or from power-on: switching the token off only makes it longer.
 */
export function delayLeft(identity: u32): u32 {
  const failed = failedTries(triesOf(identity));
  if (failed <= FREE_TRIES) return 0;
  const delay = FIRST_DELAY_MILLISECONDS << (failed - FREE_TRIES - 1);
  const waited = <u32>uptime() - vault.lastWrongAt;
  return waited < delay ? delay - waited : 0;
}

/**
 * Checks a PIN (identity MASTER) or PUK. RIGHT leaves the master key in MASTER_KEY: the caller
 * keeps it or wipes it. The tenth wrong PUK in a row destroys all keys.
 * @param secret  `length` bytes; any content, only the length is looked at before the try counts
 */
export function checkSecret(identity: u32, secret: usize, length: u32): u32 {
  const shortest = identity === MASTER ? PIN_LENGTH_MIN : PUK_LENGTH_MIN;
  vault.verdict = UNEQUAL;
  if (length < shortest || length > PIN_LENGTH_MAX) return BAD_LENGTH;
  if (identity === MASTER ? !hasPin() : !exists(PUK)) return NOT_SET;
  if (triesLeft(identity) === 0) return BLOCKED;
  if (delayLeft(identity) !== 0) return TOO_EARLY;
  lock();
  // The number is computed in another way than above: one fault must not give tries without end.
  const most = PIN_TRIES_MAX + MORE_PUK_TRIES * (identity - MASTER);
  const counted = spendTry(triesOf(identity), TRIES + identity, most);
  if (counted !== COUNTED) return counted;
  const verdict = openWith(identity, secret, length);
  vault.verdict = verdict;
  if (!settleTry(triesOf(identity), verdict)) {
    lock();
    return WRITE_FAILED;
  }
  if (verdict === EQUAL) return RIGHT;
  vault.lastWrongAt = uptime();
  if (identity === PUK && triesLeft(PUK) === 0 && destroyKeys() !== Stored.DONE)
    return WRITE_FAILED;
  return WRONG;
}

/**
 * Forgives the wrong PINs, after the PUK was right: what is written is what its comparison came to,
 * so that a decision that is skipped forgives nothing.
 */
export function forgivePin(): bool {
  return (
    failedTries(PIN_TRIES) === 0 || (countTry(PIN_TRIES) && settleTry(PIN_TRIES, vault.verdict))
  );
}
