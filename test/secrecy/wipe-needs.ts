/** What goes wrong without a wipe. */

import { readMemoryMap } from './memory-map.ts';
import { HASTY } from './modules.ts';
import { firstResidue } from './otp-leftovers.ts';
import { type Firmware, liveTwice } from './pair.ts';
import { buildSwitchable, turnSwitch, type Wipe } from './wipes.ts';

/** Builds with a switch at every wipe. */
export interface Switched {
  readonly token: Firmware;
  /** otp.wasm for speed, for vectors, and with the options of the token. */
  readonly otp: readonly Uint8Array<ArrayBuffer>[];
}

export async function switchedModules(): Promise<Switched> {
  const { wasm, changes } = await buildSwitchable('assembly/index.ts', 'token', HASTY);
  const otp: Uint8Array<ArrayBuffer>[] = [];
  for (const target of ['otp', 'otp.simd', 'token']) {
    otp.push((await buildSwitchable('assembly/otp.ts', target)).wasm);
  }
  const map = await readMemoryMap(wasm, changes);
  return { token: { module: new WebAssembly.Module(wasm), map }, otp };
}

/**
 * What the checks of otp.wasm and of the token find first with a wipe left out; null for nothing.
 * @param wipe number 0 leaves none out
 */
export function needOf({ token, otp }: Switched, wipe: Pick<Wipe, 'number'>): string | null {
  const poke = (memory: Uint8Array) => turnSwitch(memory, wipe);
  for (const wasm of otp) {
    const residue = firstResidue(wasm, poke);
    if (residue !== null) return residue;
  }
  try {
    const [first] = liveTwice(token, { poke, goOn: () => false }).leftovers;
    return first ? `${first.step}: ${first.what.join(', ')}` : null;
  } catch (error) {
    // It does not even answer as it should.
    return (error as Error).message;
  }
}
