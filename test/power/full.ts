/**
 * The full run of the power-cut laboratory. Prints one JSON object on standard output, talk on
 * standard error; exit code 1 when a point failed or there were too few.
 *
 *     node test/run.js test/power/full.ts [SECONDS | all]
 *
 * `all` is every operation of every history with every outcome, and again every operation of the
 * recovery; with SECONDS each history gets an equal share of them and stops where it is.
 */
import { figure, printReport, type Row } from '../evidence/row.ts';
import { HISTORIES } from './histories.ts';
import { type Extent, type Failure, Laboratory, type Tally } from './laboratory.ts';
import { MEDIUM, NARROW, WIDE } from './outcomes.ts';
import { Survival } from './survival.ts';

const LEAST_POINTS = 1_000_000;
const FAILURES_SHOWN = 20;
/** Depth 2 is for every structured outcome of these histories, for some of the others. */
const SMALL = ['H1', 'H2', 'H3', 'H4', 'H6'];

function extentOf(id: string): Extent {
  const firstOfDepth2 = SMALL.includes(id) ? MEDIUM : NARROW;
  return { first: WIDE, firstOfDepth2, second: NARROW };
}

interface Lived extends Omit<Tally, 'failures'> {
  readonly id: string;
  readonly title: string;
  /** Whether every operation was tried. */
  readonly complete: boolean;
  readonly failures: readonly Failure[];
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

function pointsOf({ pointsDepth1, pointsDepth2 }: Omit<Tally, 'failures'>): number {
  return pointsDepth1 + pointsDepth2;
}

function rowOf(lives: readonly Lived[]): Row {
  const points = lives.reduce((sum, lived) => sum + pointsOf(lived), 0);
  const states = lives.reduce((sum, { states }) => sum + states, 0);
  const failures = lives.flatMap(({ failures }) => failures);
  const complete = lives.every((lived) => lived.complete);
  return {
    claim: 'Power cuts, and cut again during recovery',
    bar: `at every operation of the reference histories and of every recovery; ≥ ${figure(LEAST_POINTS)} points, none fails`,
    measured: `${figure(points)} points${complete ? '' : ', not every operation'}, ${failures.length} failed`,
    holds: complete && points >= LEAST_POINTS && failures.length === 0,
    details: [
      'A point fails when the token that comes up is none that its owner may expect: a counter that went back, a try that came back, a deleted seed of which there are bytes, a code shown for a minute that is not on record.',
      `Out of them came ${figure(states)} different states of flash and memory; each was examined and used further.`,
      ...lives.map(
        ({ id, title, operations, pointsDepth1, pointsDepth2 }) =>
          `${id}, ${title}: ${figure(operations)} operations, ${figure(pointsDepth1)} points, ${figure(pointsDepth2)} in recovery`,
      ),
      ...failures
        .slice(0, FAILURES_SHOWN)
        .map(({ point, problems }) => `${point}: ${problems.join()}`),
    ],
  };
}

const [limit = 'all'] = process.argv.slice(2);
const seconds = limit === 'all' ? Number.POSITIVE_INFINITY : Number(limit);
if (!(seconds > 0)) throw new RangeError(`seconds: expected a number or all, got ${limit}`);

const survival = new Survival();
const lives = exploreAll(seconds / HISTORIES.length, survival);
printReport({
  schema: 'oathfob.evidence.power/1',
  rows: [rowOf(lives)],
  survival: survival.rows,
});
