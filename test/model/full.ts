/**
 * The full run of the random histories, with power cuts inside. Prints one JSON object on
 * standard output, talk on standard error; exit code 1 when a history failed or there were too few.
 *
 *     node test/run.js test/model/full.ts [HISTORIES [FIRST SEED]]
 */
import { printReport } from '../evidence/row.ts';
import { historiesRow, LEAST_HISTORIES } from './row.ts';
import { addTo, emptyTally, openWalks } from './walks.ts';

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

const row = historiesRow({ count, total, failures });
printReport({ schema: 'oathfob.evidence.histories/1', rows: [row] });
