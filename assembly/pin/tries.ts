/**
 * Tries: counted before the comparison, forgiven after it, durably and read back both times.
 *
 * A try is a pair of tally words. The first is spent before the secret is looked at; the second
 * takes the verdict. A pair without the exact word RIGHT, a torn one included, is a failed try, so
 * that no power cut, at any moment, gives one back.
 */
import { EQUAL, UNEQUAL } from '../crypto/constant-time';
import { TRY_CARRY } from '../memory';
import {
  append,
  exists,
  isLasting,
  mark,
  readPayload,
  Stored,
  spent,
  tallyWord,
} from '../store/log';

/** Tries in one record; then a new one begins, and carries the failed ones. */
const PAIRS: u32 = 12;
const RIGHT: u32 = EQUAL;
const WRONG: u32 = UNEQUAL;

/** Failed tries in a row of the secret whose tries are kept under `identity`. */
export function failedTries(identity: u32): u32 {
  if (!exists(identity)) return 0;
  let failed: u32 = 0;
  for (let pair = pairsUsed(identity); pair > 0; pair--) {
    if (tallyWord(identity, 2 * pair - 1) === RIGHT) return failed;
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
    failed = tallyWord(identity, 2 * pair + 1) === RIGHT ? 0 : failed + 1;
  }
  return failed;
}

/** Spends a try; only then may the secret be compared. False when the medium did not take it. */
export function countTry(identity: u32): bool {
  const failed = failedTries(identity);
  if (!exists(identity) || pairsUsed(identity) === PAIRS) {
    store<u32>(TRY_CARRY, failed);
    if (append(identity, TRY_CARRY, 4, 2 * PAIRS) !== Stored.DONE) return false;
  }
  return mark(identity, 2 * pairsUsed(identity), 0) && failedTries(identity) === failed + 1;
}

/** Writes the verdict of the try that was counted last: a right one forgives all before it. */
export function settleTry(identity: u32, right: bool): bool {
  const failed = failedTries(identity);
  const taken = mark(identity, 2 * pairsUsed(identity) - 1, right ? RIGHT : WRONG);
  return taken && failedTries(identity) === (right ? 0 : failed);
}

function pairsUsed(identity: u32): u32 {
  return (spent(identity) + 1) >>> 1;
}
