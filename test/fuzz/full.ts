/**
 * A million spoilt images and chance commands. Prints one JSON object on standard output; exit code
 * 1 when something trapped, hung or answered nonsense.
 *
 *     node test/run.js test/fuzz/full.ts [RUNS]
 */
import { figure, printReport } from '../evidence/row.ts';
import { LOOPS_MAX } from '../power/mortal-bench.ts';
import { liveAll } from './lives.ts';

const LEAST_RUNS = 1_000_000;

const [runs = LEAST_RUNS] = process.argv.slice(2).map(Number);
let failure: string | null = null;
try {
  liveAll(runs);
} catch (error) {
  failure = (error as Error).message;
}
printReport({
  schema: 'oathfob.evidence.fuzz/1',
  rows: [
    {
      claim: 'Spoilt images, commands and keys by chance',
      bar: `≥ ${figure(LEAST_RUNS)} lives; 0 traps, 0 hangs, 0 answers that are none`,
      measured: `${figure(runs)} lives, ${failure === null ? 'none' : 'one'} failed`,
      holds: failure === null && runs >= LEAST_RUNS,
      details: [
        'A life is power-on over an image that a token had used, with bits flipped, words overwritten, pages copied, records changed together with their checks, or records that no token has written: of any identity, length and tally, with right guard and check. Then come some commands and keys.',
        `A hang is a call of more than ${figure(LOOPS_MAX)} loops. A trap is also what breaks the contract of the flash, and what writes to memory that the firmware does not claim, or over its constants.`,
        ...(failure === null ? [] : [failure]),
      ],
    },
  ],
});
