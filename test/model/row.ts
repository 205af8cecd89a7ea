/** What the random histories have to say. */
import { figure, type Row } from '../evidence/row.ts';
import type { WalkTally } from './walk.ts';
import { STEPS } from './walks.ts';

export const LEAST_HISTORIES = 100_000;
const FAILURES_SHOWN = 20;

export interface Histories {
  /** How many were walked. */
  readonly count: number;
  readonly total: WalkTally;
  /** Each in a sentence. */
  readonly failures: readonly string[];
}

export function historiesRow({ count, total, failures }: Histories): Row {
  return {
    claim: `Random histories of ${STEPS} steps beside the model, with power cuts`,
    bar: `≥ ${figure(LEAST_HISTORIES)} histories; token and flash image say what the model says after every step`,
    measured: `${figure(count)} histories, ${figure(total.cuts)} cuts and ${figure(total.cutsInRecovery)} in recovery, ${failures.length} failed`,
    holds: count >= LEAST_HISTORIES && failures.length === 0,
    details: [
      `${figure(total.steps)} steps, of which the token refused ${figure(total.refusals)}, as the model expects.`,
      ...failures.slice(0, FAILURES_SHOWN),
    ],
  };
}
