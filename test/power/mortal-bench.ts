/** A bench whose firmware ends with a trap when a call loops for ever, at the same place every time. */
import { type Core, type CoreExports, firmwareBytes } from '../../host/core.ts';
import { splice } from '../wasm/code.ts';
import { FUEL, fuelEdits, withFuelGlobal } from '../wasm/fuel.ts';
import { Bench } from './bench.ts';

/** Loops that a call may go through: the longest, a deletion on a full token, needs a third of them. */
export const LOOPS_MAX = 3_000_000;

/** A call went through LOOPS_MAX loops. */
export class EndlessLoop extends Error {
  override readonly name = 'EndlessLoop';
}

/** @param wasm another build of the firmware; default: the one of this package */
export function newMortalBench(wasm: Uint8Array = firmwareBytes()): Bench {
  const { module, fuelIndex } = withFuelGlobal(wasm);
  const bytes = splice(module, fuelEdits(module, fuelIndex));
  return new Bench(new WebAssembly.Module(bytes), { imports: (imports) => imports, core: fueled });
}

function fueled({ exports, memory }: Core): Core {
  const fuel = (exports as CoreExports & { [FUEL]: WebAssembly.Global })[FUEL];
  const run = (call: () => number) => {
    fuel.value = LOOPS_MAX;
    try {
      return call();
    } catch (error) {
      if (fuel.value !== 0) throw error;
      throw new EndlessLoop(`more than ${LOOPS_MAX} loops in one call`, { cause: error });
    }
  };
  return {
    memory,
    exports: {
      ...exports,
      boot: () => run(() => exports.boot()),
      tick: () => run(() => exports.tick()),
      press: (key) => run(() => exports.press(key)),
      exchange: (length) => run(() => exports.exchange(length)),
    },
  };
}
