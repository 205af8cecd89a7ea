/** Many random lives of QR codes, and what they have to show. */
import { figure, type Row } from '../../evidence/row.ts';
import {
  emptyTally,
  type Failing,
  LifeError,
  live,
  openStage,
  type Stage,
  type Tally,
} from './sequence.ts';

/** Lives whose tokens come by a ticket; a fifth as many again have them by polling. */
export const LEAST_LIVES = 100_000;
const FAILURES_SHOWN = 20;

export interface Lives {
  readonly lives: number;
  readonly tally: Tally;
  readonly failures: readonly LifeError[];
}

/** Lives on one server, each life named by its seed. */
export async function liveMany(stage: Stage, count: number, firstSeed = 0): Promise<Lives> {
  const tally = emptyTally();
  const failures: LifeError[] = [];
  for (let seed = firstSeed; seed < firstSeed + count; seed++) {
    try {
      const lived = await live(stage, seed);
      for (const key of Object.keys(tally) as (keyof Tally)[]) tally[key] += lived[key];
    } catch (error) {
      if (!(error instanceof LifeError)) throw error;
      failures.push(error);
    }
    if ((seed - firstSeed + 1) % 10_000 === 0) console.error(`${seed - firstSeed + 1} lives`);
  }
  return { lives: count, tally, failures };
}

/** @param count lives by ticket; a fifth as many by polling */
export async function liveBoth(count: number): Promise<readonly [Lives, Lives]> {
  const byTicket = await liveMany(await openStage(false), count);
  return [byTicket, await liveMany(await openStage(true), Math.ceil(count / 5))];
}

/** What of it is a claim. @param least how many lives by ticket there have to be */
export function rowsOf([byTicket, polled]: readonly [Lives, Lives], least = LEAST_LIVES): Row[] {
  const failures = [...byTicket.failures, ...polled.failures];
  const failed = (failing: Failing) => failures.filter((failure) => failure.failing === failing);
  const sum = (key: keyof Tally) => byTicket.tally[key] + polled.tally[key];
  const isEnough = byTicket.lives >= least;
  // Lives are worth something only if all of it happens in them, and often.
  const isLively = [byTicket, polled].every(
    ({ lives, tally }) =>
      tally.tokenSets > lives / 10 &&
      tally.confirmations > lives / 4 &&
      tally.expiries > lives / 10 &&
      Math.min(tally.races, tally.refusals) > lives,
  );
  const promise = (claim: string, failing: Failing): Row => ({
    claim,
    bar: '0 of all token sets',
    measured: `${failed(failing).length} of ${figure(sum('tokenSets'))}`,
    holds: isEnough && sum('tokenSets') > 0 && failed(failing).length === 0,
  });
  return [
    {
      claim: 'Random sequences of QR logins beside a table of their states',
      bar: `≥ ${figure(least)} sequences whose tokens come by a ticket, and a fifth as many by polling; every answer is what the table says`,
      measured: `${figure(byTicket.lives)} and ${figure(polled.lives)} sequences, ${failures.length} failed`,
      holds: isEnough && isLively && failures.length === 0,
      details: [
        `${figure(sum('events'))} events, of which the server refused ${figure(sum('refusals'))}; ${figure(sum('confirmations'))} confirmations; ${figure(sum('races'))} pairs of requests at once; ${figure(sum('expiries'))} answers that a code has expired.`,
        ...failures.slice(0, FAILURES_SHOWN).map(({ message }) => message),
      ],
    },
    promise('Token sets without a confirmation', 'unconfirmed'),
    promise('Tickets good for a second token set, or other tokens for one confirmation', 'twice'),
  ];
}
