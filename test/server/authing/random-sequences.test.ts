/**
 * Random lives of QR codes beside a plain table. `npm test` lives some thousand of them,
 * OATHFOB_FULL=1 a hundred thousand (minutes); a failure names its life, which `live` lives again.
 */
import { expect, test } from 'vitest';
import { emptyTally, live, openStage, type Tally } from './sequence.ts';

const LIVES = process.env.OATHFOB_FULL ? 100_000 : 1_500;
/** A hundred thousand lives are ten minutes of a processor, which may have other things to do. */
const PATIENCE_MILLISECONDS = 4 * 3600 * 1000;

test.each([
  ['a ticket', false, LIVES],
  ['polling', true, LIVES / 5],
])(
  'the server agrees with the table when tokens come by %s',
  async (_, polled, lives) => {
    const stage = await openStage(polled);
    const total = emptyTally();
    for (let seed = 0; seed < lives; seed++) {
      const tally = await live(stage, seed);
      for (const key of Object.keys(total) as (keyof Tally)[]) total[key] += tally[key];
    }
    if (process.env.OATHFOB_FULL) console.log(JSON.stringify({ lives, polled, ...total }));
    // The lives are worth something only if all of it happens in them, and often.
    expect(total.tokenSets).toBeGreaterThan(lives / 10);
    expect(total.confirmations).toBeGreaterThan(lives / 4);
    expect(total.expiries).toBeGreaterThan(lives / 10);
    expect(total.races).toBeGreaterThan(lives);
    expect(total.refusals).toBeGreaterThan(lives);
  },
  PATIENCE_MILLISECONDS,
);
