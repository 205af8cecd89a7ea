/**
 * A million spoilt images and chance commands. Prints one JSON object on standard output; exit code
 * 1 when something trapped, hung or answered nonsense.
 *
 *     node test/run.js test/fuzz/full.ts [RUNS]
 */
import { printReport } from '../evidence/row.ts';
import { liveAll } from './lives.ts';
import { fuzzRow, LEAST_RUNS } from './row.ts';

const [runs = LEAST_RUNS] = process.argv.slice(2).map(Number);
let failure: string | null = null;
try {
  liveAll(runs);
} catch (error) {
  failure = (error as Error).message;
}
printReport({ schema: 'oathfob.evidence.fuzz/1', rows: [fuzzRow(runs, failure)] });
