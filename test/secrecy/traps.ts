/**
 * Calls that do not return: a board that throws at any of the core's calls to it, which is also what
 * a power cut is to a host. The core was in the middle of something then; what its host keeps of it
 * has to be nothing.
 */
import type { Core } from '../../host/core.ts';
import { TokenError } from '../../host/index.ts';
import { Body, owner } from './body.ts';
import { knownSecrets, sealedSecrets } from './derived.ts';
import { Watch } from './leftovers.ts';
import { LIFE, type Step, take } from './life.ts';
import { type Firmware, freshMemory } from './pair.ts';

class Thrown extends Error {}

export interface TrapReport {
  /** Calls to the board at which it threw. */
  traps: number;
  /** Traps at which memory was searched before it was wiped. */
  looks: number;
  /** Of them, those at which a secret was in it that no export may leave behind. */
  withSecrets: number;
  /** What was wrong afterwards, each in a sentence. */
  readonly problems: string[];
}

/**
 * Lives a life and throws at the calls of each of its steps, one in `stride`, and at its first one.
 * @param lookStride one throw in so many is also looked at before the wipe: what it is good for
 */
export function throwEverywhere(
  firmware: Firmware,
  stride: number,
  lookStride: number,
): TrapReport {
  const report: TrapReport = { traps: 0, looks: 0, withSecrets: 0, problems: [] };
  const body = new Body(firmware.module, owner(0));
  const watch = new Watch(firmware.map, freshMemory(firmware.module));
  watch.know(knownSecrets(body.owner));
  for (const step of LIFE) {
    const moment = body.core ? body.freeze() : null;
    let calls = 0;
    body.onCall = () => {
      calls++;
    };
    take(step, body);
    watch.know(sealedSecrets(body.words, body.owner));
    if (moment === null) continue;
    for (let call = 0; call < calls; call += stride) {
      const double = moment.thaw();
      const isLookedAt = report.traps++ % lookStride === 0;
      const held = throwAt(step, double, call, isLookedAt ? watch : null);
      if (isLookedAt) report.looks++;
      if (held) report.withSecrets++;
      const problem = problemAfter(double.core);
      if (problem) report.problems.push(`${step.title}, call ${call}: ${problem}`);
    }
  }
  return report;
}

/** Takes a step on a board that throws at one of the calls; whether a secret was in memory then. */
function throwAt(step: Step, body: Body, call: number, watch: Watch | null): boolean {
  let left = call;
  let held = false;
  body.onCall = () => {
    if (left-- !== 0) return;
    held = watch !== null && watch.leftovers(body.core).length > 0;
    throw new Thrown();
  };
  try {
    take(step, body);
  } catch (error) {
    if (error instanceof Thrown) return held;
    throw error;
  }
  throw new Error(`${step.title}: ended before call ${call}`);
}

/** What is wrong with a core after a call that did not return. */
export function problemAfter({ memory, exports }: Core): string | null {
  if (memory.some(Boolean)) return 'something is left in memory';
  for (const [name, call] of Object.entries(exports)) {
    try {
      call(0);
      return `${name} goes on`;
    } catch (error) {
      if (!(error instanceof TokenError) || error.code !== 'STOPPED') return `${name}: ${error}`;
    }
  }
  return null;
}
