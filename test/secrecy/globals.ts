/** Globals of a module that change: a secret in one would be in no memory that is searched or wiped. */
import { textOf } from './trace.ts';

/** The name of a module, once for each of them. */
export async function changingGlobals([name, wasm]: readonly [string, Uint8Array]): Promise<
  string[]
> {
  const found = (await textOf(wasm)).match(/\(global [^\n]*\(mut /g) ?? [];
  return found.map(() => name);
}
