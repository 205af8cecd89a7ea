/** What the lives over spoilt images have to say. */
import { figure, type Row } from '../evidence/row.ts';
import { LOOPS_MAX } from '../power/mortal-bench.ts';

export const LEAST_RUNS = 1_000_000;

/** @param failure the life that failed, and how; the run ends with it */
export function fuzzRow(runs: number, failure: string | null): Row {
  return {
    claim: 'Spoilt images, commands and keys by chance',
    bar: `≥ ${figure(LEAST_RUNS)} lives; 0 traps, 0 hangs, 0 answers that are none`,
    measured:
      failure === null
        ? `${figure(runs)} lives, none failed`
        : `one of ${figure(runs)} lives failed`,
    holds: failure === null && runs >= LEAST_RUNS,
    details: [
      'A life is power-on over an image that a token had used, with bits flipped, words overwritten, pages copied, records changed together with their checks, or records that no token has written: of any identity, length and tally, with right guard and check. Then come some commands and keys.',
      `A hang is a call of more than ${figure(LOOPS_MAX)} loops. A trap is also what breaks the contract of the flash, and what writes to memory that the firmware does not claim, or over its constants.`,
      ...(failure === null ? [] : [failure]),
    ],
  };
}
