/**
 * The full run of the power-cut laboratory. Prints one JSON object on standard output, talk on
 * standard error; exit code 1 when a point failed or there were too few.
 *
 *     node test/run.js test/power/full.ts [SECONDS | all]
 *
 * `all` is every operation of every history with every outcome, and again every operation of the
 * recovery; with SECONDS each history gets an equal share of them and stops where it is.
 */
import { printReport } from '../evidence/row.ts';
import { HISTORIES } from './histories.ts';
import { type Extent, Laboratory } from './laboratory.ts';
import { MEDIUM, NARROW, WIDE } from './outcomes.ts';
import { type Lived, pointsOf, powerRow } from './row.ts';
import { Survival } from './survival.ts';

/** Depth 2 is for every structured outcome of these histories, for some of the others. */
const SMALL = ['H1', 'H2', 'H3', 'H4', 'H6'];

function extentOf(id: string): Extent {
  const firstOfDepth2 = SMALL.includes(id) ? MEDIUM : NARROW;
  return { first: WIDE, firstOfDepth2, second: NARROW };
}

function exploreAll(secondsEach: number, survival: Survival): Lived[] {
  const laboratory = new Laboratory();
  return HISTORIES.map(({ id, title }) => {
    const end = performance.now() + secondsEach * 1000;
    const goOn = () => performance.now() < end;
    const tally = laboratory.explore(id, { ...extentOf(id), goOn, survival });
    const complete = tally.operations === laboratory.recording(id).operations.length;
    console.error(`${id}: ${pointsOf(tally)} points, ${tally.failures.length} failed`);
    return { id, title, complete, ...tally };
  });
}

const [limit = 'all'] = process.argv.slice(2);
const seconds = limit === 'all' ? Number.POSITIVE_INFINITY : Number(limit);
if (!(seconds > 0)) throw new RangeError(`seconds: expected a number or all, got ${limit}`);

const survival = new Survival();
const lives = exploreAll(seconds / HISTORIES.length, survival);
printReport({
  schema: 'oathfob.evidence.power/1',
  rows: [powerRow(lives)],
  survival: survival.rows,
});
