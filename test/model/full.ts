/**
 * The full run of the random histories, with power cuts inside. Prints one JSON object on
 * standard output, talk on standard error; exit code 1 when a history failed or there were too few.
 *
 *     node test/run.js test/model/full.ts [HISTORIES [FIRST SEED]]
 */
import { figure, printReport, type Row } from '../evidence/row.ts';
import { addTo, emptyTally, openWalks, STEPS } from './walks.ts';

const LEAST_HISTORIES = 100_000;
const FAILURES_SHOWN = 20;

const [count = LEAST_HISTORIES, firstSeed = 0] = process.argv.slice(2).map(Number);
if (!(Number.isSafeInteger(count) && count > 0)) {
  throw new RangeError('histories: expected how many, 1 or more');
}

const walk = openWalks();
const total = emptyTally();
const failures: string[] = [];
for (let seed = firstSeed; seed < firstSeed + count; seed++) {
  try {
    addTo(total, walk(`W${seed}`));
  } catch (error) {
    failures.push((error as Error).message);
  }
  if ((seed - firstSeed + 1) % 10_000 === 0) console.error(`${seed - firstSeed + 1} histories`);
}

const row: Row = {
  claim: `Random histories of ${STEPS} steps beside the model, with power cuts`,
  bar: `≥ ${figure(LEAST_HISTORIES)} histories; token and flash image say what the model says after every step`,
  measured: `${figure(count)} histories, ${figure(total.cuts)} cuts and ${figure(total.cutsInRecovery)} in recovery, ${failures.length} failed`,
  holds: count >= LEAST_HISTORIES && failures.length === 0,
  details: [
    `${figure(total.steps)} steps, of which the token refused ${figure(total.refusals)}, as the model expects.`,
    ...failures.slice(0, FAILURES_SHOWN),
  ],
};
printReport({ schema: 'oathfob.evidence.histories/1', rows: [row] });
