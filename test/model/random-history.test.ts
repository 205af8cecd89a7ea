/** A slice of the random histories; the full run is test/model/full.ts. */
import { describe, expect, it } from 'vitest';
import { addTo, emptyTally, openWalks, STEPS } from './walks.ts';

const HISTORIES_IN_SLICE = 300;

describe('random histories', () => {
  const walk = openWalks();

  it.each([
    ['without a power cut', 'C'],
    ['with power cuts at any moment', 'W'],
  ])('agree with the model after every step, %s', (_, kind) => {
    const total = emptyTally();
    for (let seed = 0; seed < HISTORIES_IN_SLICE; seed++) addTo(total, walk(`${kind}${seed}`));
    expect(total.steps).toBe(HISTORIES_IN_SLICE * STEPS);
    expect(total.refusals).toBeGreaterThan(HISTORIES_IN_SLICE);
    expect(total.cuts > HISTORIES_IN_SLICE).toBe(kind === 'W');
    expect(total.cutsInRecovery > 0).toBe(kind === 'W');
  });
});
