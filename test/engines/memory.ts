/** otp.wasm in V8 with its whole memory in view. */
import { readFileSync } from 'node:fs';

const PREPARED_LENGTH = 128;

export interface MemoryView {
  exports: Record<string, (...args: number[]) => number>;
  /** The input and output window. */
  window: Uint8Array;
  windowHasResidue(): boolean;
  /** Whether memory outside of the tables, the window and the prepared key holds anything. */
  scratchHasResidue(): boolean;
  /** Whether all memory is as it was when the module was loaded. */
  isClean(): boolean;
}

export function openMemory(file: string): MemoryView {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(file)));
  const functions = exports as unknown as MemoryView['exports'];
  const bytes = new Uint8Array((exports.memory as WebAssembly.Memory).buffer);
  const loaded = bytes.slice();
  const windowStart = functions.windowOffset!();
  const window = bytes.subarray(windowStart, windowStart + functions.windowLength!());
  const prepared = functions.preparedOffset!();
  const differs = (index: number) => bytes[index] !== loaded[index];
  const secretMayStay = (index: number) =>
    (index >= prepared && index < prepared + PREPARED_LENGTH) ||
    (index >= windowStart && index < windowStart + window.length);
  return {
    exports: functions,
    window,
    windowHasResidue: () => window.some((byte) => byte !== 0),
    // Stronger than a search for the key's bytes, their complement under the pads, or midstates:
    // whatever was written must be gone. So the key itself does not matter.
    scratchHasResidue: () => bytes.some((_, index) => differs(index) && !secretMayStay(index)),
    isClean: () => !bytes.some((_, index) => differs(index)),
  };
}
