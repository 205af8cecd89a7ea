/** A slice of the random histories; the full run is test/model/full.ts. */
import { describe, expect, it } from 'vitest';
import { newBench } from '../power/bench.ts';
import { HISTORIES, live } from '../power/histories.ts';
import { Walk } from './walk.ts';

const HISTORIES_IN_SLICE = 300;
const STEPS = 50;

describe('random histories', () => {
  const bench = newBench();
  const starts = HISTORIES.map((history) => live(bench, history));

  it.each([
    ['without a power cut', false],
    ['with power cuts at any moment', true],
  ])('agree with the model after every step, %s', (_, cuts) => {
    const total = { steps: 0, refusals: 0, cuts: 0, cutsInRecovery: 0 };
    for (let seed = 0; seed < HISTORIES_IN_SLICE; seed++) {
      const walk = new Walk(bench, seed, starts[seed % starts.length]!);
      try {
        const tally = walk.run({ steps: STEPS, cuts });
        for (const key of Object.keys(total) as (keyof typeof total)[]) total[key] += tally[key];
      } catch (error) {
        throw new Error(`walk ${seed}: ${(error as Error).message}`, { cause: error });
      }
    }
    expect(total.steps).toBe(HISTORIES_IN_SLICE * STEPS);
    expect(total.refusals).toBeGreaterThan(HISTORIES_IN_SLICE);
    if (cuts) expect(total.cutsInRecovery).toBeGreaterThan(0);
  });
});
