/**
 * Tries: counted before the comparison, forgiven after it, durably and read back both times.
 *
 * A try is a pair of tally words. The first is spent before the secret is looked at; the second
 * takes the verdict. A pair without the exact word EQUAL, a torn one included, is a failed try, so
 * that no power cut, at any moment, gives one back.
 */
import { EQUAL } from '../crypto/constant-time';
import { TRY_CARRY } from '../memory';
import {
  append,
  exists,
  isLasting,
  mark,
  payloadLength,
  readPayload,
  Stored,
  spent,
  tallyLength,
  tallyWord,
} from '../store/log';
import { ADMIN_TRIES, PIN_TRIES } from '../store/record';
import { BLOCKED, COUNTED, WRITE_FAILED } from './verdict';

/** Tries in one record; then a new one begins, and carries the failed ones. */
const PAIRS: u32 = 12;
/** Bytes of payload: the failed tries that a record carries. */
const CARRY_LENGTH: u32 = 4;

/** Whether the records on flash are ones that this core could have written; asked at power-on. */
export function triesAreSound(): bool {
  for (let identity = PIN_TRIES; identity <= ADMIN_TRIES; identity++) {
    if (!exists(identity)) continue;
    if (payloadLength(identity) !== CARRY_LENGTH || tallyLength(identity) !== 2 * PAIRS)
      return false;
  }
  return true;
}

/** Failed tries in a row of the secret whose tries are kept under `identity`. */
export function failedTries(identity: u32): u32 {
  if (!exists(identity)) return 0;
  let failed: u32 = 0;
  for (let pair = pairsUsed(identity); pair > 0; pair--) {
    if (tallyWord(identity, 2 * pair - 1) === EQUAL) return failed;
    failed++;
  }
  readPayload(identity, TRY_CARRY);
  return failed + load<u32>(TRY_CARRY);
}

/**
 * The same, counted the other way and from what power-on would find: a second opinion, so that one
 * fault does not make a try free. No failed tries while nothing lasting says so.
 */
export function recountTries(identity: u32): u32 {
  if (!exists(identity) || !isLasting(identity)) return 0;
  readPayload(identity, TRY_CARRY);
  let failed = load<u32>(TRY_CARRY);
  const pairs = pairsUsed(identity);
  for (let pair: u32 = 0; pair < pairs; pair++) {
    failed = tallyWord(identity, 2 * pair + 1) === EQUAL ? 0 : failed + 1;
  }
  return failed;
}

/** Tries left in a row of `most`. */
export function triesOutOf(identity: u32, most: u32): u32 {
  const failed = failedTries(identity);
  return failed < most ? most - failed : 0;
}

/**
 * Spends a try, and counts it once more, in another way: a fault must not make one free.
 * @param identity  of the tries
 * @param again     the same, computed in another way
 * @param most      tries in a row
 * @returns COUNTED, and only then may the secret be compared; BLOCKED or WRITE_FAILED
 */
export function spendTry(identity: u32, again: u32, most: u32): u32 {
  const failed = recountTries(again);
  if (!countTry(identity)) return WRITE_FAILED;
  const counted = recountTries(again);
  if (counted !== failed + 1) return WRITE_FAILED;
  return counted > most ? BLOCKED : COUNTED;
}

/** Spends a try; only then may the secret be compared. False when the medium did not take it. */
export function countTry(identity: u32): bool {
  const failed = failedTries(identity);
  if (!exists(identity) || pairsUsed(identity) === PAIRS) {
    store<u32>(TRY_CARRY, failed);
    if (append(identity, TRY_CARRY, CARRY_LENGTH, 2 * PAIRS) !== Stored.DONE) return false;
  }
  return mark(identity, 2 * pairsUsed(identity), 0) && failedTries(identity) === failed + 1;
}

/**
 * Writes the verdict of the try that was counted last, as it came out of the comparison: EQUAL
 * forgives all before it, and there is no decision on the way that a fault could turn.
 */
export function settleTry(identity: u32, verdict: u32): bool {
  const failed = failedTries(identity);
  const taken = mark(identity, 2 * pairsUsed(identity) - 1, verdict);
  return taken && failedTries(identity) === (verdict === EQUAL ? 0 : failed);
}

function pairsUsed(identity: u32): u32 {
  return (spent(identity) + 1) >>> 1;
}
