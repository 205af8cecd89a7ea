/**
 * Search for a code around the expected step (RFC 4226 §7.4, RFC 6238 §5.2 and §6).
 */
import { hotp } from './hotp';

/** Most steps that are searched on one side of the centre. */
export const LONGEST_SEARCH: u32 = 65535;

/** No step in the window has this code. */
export const MISMATCH: i32 = i32.MIN_VALUE;
/** Steps in the window have this code, but all of them are before the first fresh one. */
export const REPLAYED: i32 = i32.MIN_VALUE + 1;

/**
 * The fresh step nearest to the centre that has this code; the earlier of two equally near ones,
 * because a code on its way gets older. Steps below 0 and above 2^64 - 1 do not exist.
 *
 * The whole window is always computed: how long it takes says nothing about where, or whether,
 * the code matched.
 *
 * @param hash, state, digits  as for hotp
 * @param code                 the code to find; secret
 * @param behind, ahead        steps to search on each side, 0 .. LONGEST_SEARCH
 * @param freshFrom            first offset from the centre that may still be accepted
 * @returns the offset -behind .. ahead, MISMATCH or REPLAYED
 */
export function searchSteps(
  hash: u32,
  state: usize,
  digits: u32,
  code: u32,
  centre: u64,
  behind: u32,
  ahead: u32,
  freshFrom: i32,
): i32 {
  let result = MISMATCH;
  const farthest = max<u32>(behind, ahead);
  for (let distance: u32 = 0; distance <= farthest; distance++) {
    if (distance <= behind && distance <= centre) {
      const step = centre - distance;
      result = keepNearest(result, -distance, freshFrom, codeOf(hash, state, step, digits) ^ code);
    }
    if (distance !== 0 && distance <= ahead && distance <= ~centre) {
      const step = centre + distance;
      result = keepNearest(result, distance, freshFrom, codeOf(hash, state, step, digits) ^ code);
    }
  }
  return result;
}

function codeOf(hash: u32, state: usize, step: u64, digits: u32): u32 {
  return hotp(hash, state, <u32>(step >> 32), <u32>step, digits);
}

/** Masks instead of branches: `difference` is 0 for a match, and secret, and so is `result`. */
function keepNearest(result: i32, offset: i32, freshFrom: i32, difference: u32): i32 {
  // Codes are below 2^27 and offsets within +-2^16, so signs tell all there is to know.
  const matches = <i32>(difference - 1) >> 31;
  const undecided = (result - (REPLAYED + 1)) >> 31;
  const found = offset < freshFrom ? REPLAYED : offset;
  return result ^ ((result ^ found) & matches & undecided);
}
