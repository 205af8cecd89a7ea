/**
 * The full run of the power-cut laboratory. Prints one JSON object on standard output, talk on
 * standard error; exit code 1 when a point failed.
 *
 *     node test/power/run.js test/power/full.ts [SECONDS | all]
 *
 * `all` is every operation of every history with every outcome, and again every operation of the
 * recovery; with SECONDS each history gets an equal share of them and stops where it is.
 */
import { HISTORIES } from './histories.ts';
import { type Extent, Laboratory, type Tally } from './laboratory.ts';
import { MEDIUM, NARROW, WIDE } from './outcomes.ts';

/** Depth 1 is complete everywhere, depth 2 for every structured outcome of these histories. */
const SMALL = ['H1', 'H2', 'H3', 'H4', 'H6'];

function extentOf(id: string): Extent {
  const firstOfDepth2 = SMALL.includes(id) ? MEDIUM : NARROW;
  return { first: WIDE, firstOfDepth2, second: NARROW };
}

const FAILURES_SHOWN = 20;

interface HistoryReport extends Omit<Tally, 'failures'> {
  readonly id: string;
  readonly title: string;
  /** Whether every operation was tried. */
  readonly complete: boolean;
  readonly failed: number;
}

function exploreAll(secondsEach: number) {
  const laboratory = new Laboratory();
  const failures: Tally['failures'] = [];
  const histories: HistoryReport[] = [];
  for (const { id, title } of HISTORIES) {
    const end = performance.now() + secondsEach * 1000;
    const tally = laboratory.explore(id, { ...extentOf(id), goOn: () => performance.now() < end });
    const complete = tally.operations === laboratory.recording(id).operations.length;
    const { failures: found, ...counts } = tally;
    failures.push(...found);
    histories.push({ id, title, complete, failed: found.length, ...counts });
    console.error(
      `${id}: ${tally.pointsDepth1} + ${tally.pointsDepth2} points, ${found.length} failed`,
    );
  }
  return { histories, failures };
}

const [limit = 'all'] = process.argv.slice(2);
const seconds = limit === 'all' ? Number.POSITIVE_INFINITY : Number(limit);
if (!(seconds > 0)) throw new RangeError(`seconds: expected a number or all, got ${limit}`);

const started = performance.now();
const { histories, failures } = exploreAll(seconds / HISTORIES.length);
const elapsedSeconds = (performance.now() - started) / 1000;
const sum = (key: 'pointsDepth1' | 'pointsDepth2' | 'states') =>
  histories.reduce((total, history) => total + history[key], 0);
const points = sum('pointsDepth1') + sum('pointsDepth2');
const report = {
  schema: 'oathfob.power-cuts/1',
  points,
  pointsDepth1: sum('pointsDepth1'),
  pointsDepth2: sum('pointsDepth2'),
  /** Different tokens, to the last bit, that came out of them. */
  states: sum('states'),
  failed: failures.length,
  complete: histories.every(({ complete }) => complete),
  elapsedSeconds: Math.round(elapsedSeconds),
  pointsPerSecond: Math.round(points / elapsedSeconds),
  histories,
  failures: failures.slice(0, FAILURES_SHOWN),
};
console.log(JSON.stringify(report, null, 2));
process.exitCode = failures.length > 0 ? 1 : 0;
