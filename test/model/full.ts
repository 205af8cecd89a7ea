/**
 * The full run of the random histories, with power cuts inside. Prints one JSON object on
 * standard output, talk on standard error; exit code 1 when a history failed.
 *
 *     node test/power/run.js test/model/full.ts [HISTORIES [FIRST SEED]]
 */
import { addTo, emptyTally, openWalks, STEPS } from './walks.ts';

const FAILURES_SHOWN = 20;

const [count = 100_000, firstSeed = 0] = process.argv.slice(2).map(Number);
if (!(Number.isSafeInteger(count) && count > 0)) {
  throw new RangeError('histories: expected how many, 1 or more');
}

const walk = openWalks();
const total = emptyTally();
const failures: { history: string; problem: string }[] = [];
const started = performance.now();
for (let seed = firstSeed; seed < firstSeed + count; seed++) {
  try {
    addTo(total, walk(`W${seed}`));
  } catch (error) {
    failures.push({ history: `W${seed}`, problem: (error as Error).message });
  }
  if ((seed - firstSeed + 1) % 10_000 === 0) console.error(`${seed - firstSeed + 1} histories`);
}
const elapsedSeconds = (performance.now() - started) / 1000;

const report = {
  schema: 'oathfob.random-histories/1',
  histories: count,
  stepsEach: STEPS,
  ...total,
  failed: failures.length,
  elapsedSeconds: Math.round(elapsedSeconds),
  stepsPerSecond: Math.round(total.steps / elapsedSeconds),
  failures: failures.slice(0, FAILURES_SHOWN),
};
console.log(JSON.stringify(report, null, 2));
process.exitCode = failures.length > 0 ? 1 : 0;
