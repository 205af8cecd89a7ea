/** What the power-cut laboratory has to say. */
import { figure, type Row } from '../evidence/row.ts';
import type { Failure, Tally } from './laboratory.ts';

const LEAST_POINTS = 1_000_000;
const FAILURES_SHOWN = 20;

/** What came of a history. */
export interface Lived extends Omit<Tally, 'failures'> {
  readonly id: string;
  readonly title: string;
  /** Whether every operation was tried. */
  readonly complete: boolean;
  readonly failures: readonly Failure[];
}

export function pointsOf({ pointsDepth1, pointsDepth2 }: Omit<Tally, 'failures'>): number {
  return pointsDepth1 + pointsDepth2;
}

export function powerRow(lives: readonly Lived[]): Row {
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
