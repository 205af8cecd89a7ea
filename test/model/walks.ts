/**
 * Random histories by name: `W417` is walk 417 with power cuts, `C417` the same one calm. They
 * start in turn from the flashes that the reference histories start from.
 */
import { newBench } from '../power/bench.ts';
import { historyOf } from '../power/histories.ts';
import { live } from '../power/recording.ts';
import { Walk, type WalkTally } from './walk.ts';

export const STEPS = 50;

/** Histories whose starts are taken in turn; a token that is full, or has a PIN, takes its time. */
const STARTS = ['H1', 'H2', 'H3', 'H4', 'H6', 'H5', 'H1', 'H2', 'H3', 'H4', 'H6', 'H8'];

/** @param wasm another build of the firmware; default: the one of this package */
export function openWalks(wasm?: BufferSource): (name: string) => WalkTally {
  const bench = newBench(wasm);
  const starts = STARTS.map((id) => live(bench, historyOf(id)));
  return (name) => {
    const [, kind, digits] = /^([WC])(\d+)$/.exec(name) ?? [];
    if (!digits) throw new RangeError(`walk ${name}: expected W or C and a number`);
    const seed = Number(digits);
    try {
      const walk = new Walk(bench, seed, starts[seed % starts.length]!);
      return walk.run({ steps: STEPS, cuts: kind === 'W' });
    } catch (error) {
      throw new Error(`${name}: ${(error as Error).message}`, { cause: error });
    } finally {
      bench.cutPower(0, null);
    }
  };
}

/** Adds what happened on a walk to what happened on others. */
export function addTo(total: WalkTally, tally: WalkTally): void {
  for (const key of Object.keys(total) as (keyof WalkTally)[]) total[key] += tally[key];
}

export function emptyTally(): WalkTally {
  return { steps: 0, refusals: 0, cuts: 0, cutsInRecovery: 0 };
}
