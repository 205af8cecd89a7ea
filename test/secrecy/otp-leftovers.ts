/**
 * What otp.wasm leaves in memory. Stronger than a search for keys: whatever was written outside of
 * the window and the prepared key must be gone, so the key itself does not matter.
 */
import { createHash } from 'node:crypto';
import { seededEntropy } from '../../sim/board/index.ts';
import { HASHES, hashNumber, referenceHotp } from '../engines/reference.ts';

const PREPARED_LENGTH = 128;
/** Lengths within a block, at its end, and beyond it. */
const KEY_LENGTHS = [1, 20, 63, 64, 65, 128, 129, 200];

/** otp.wasm in V8 with its whole memory in view. */
function openMemory(wasm: BufferSource, poke: (memory: Uint8Array) => void) {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(wasm));
  const functions = exports as unknown as Record<string, (...args: number[]) => number>;
  const bytes = new Uint8Array((exports.memory as WebAssembly.Memory).buffer);
  poke(bytes);
  const now = Buffer.from(bytes.buffer);
  const loaded = Buffer.from(bytes);
  const windowStart = functions.windowOffset!();
  const window = bytes.subarray(windowStart, windowStart + functions.windowLength!());
  const prepared = functions.preparedOffset!();
  const isAsLoaded = (start: number, end: number) =>
    now.compare(loaded, start, end, start, end) === 0;
  /** Where a secret may stay: the window, the prepared key. */
  const homes = [
    [windowStart, windowStart + window.length],
    [prepared, prepared + PREPARED_LENGTH],
  ].sort(([a], [b]) => a! - b!) as [[number, number], [number, number]];
  return {
    exports: functions,
    window,
    windowHasResidue: () => window.some((byte) => byte !== 0),
    /** Whether memory outside of the tables, the window and the prepared key holds anything. */
    scratchHasResidue: () =>
      !isAsLoaded(0, homes[0][0]) ||
      !isAsLoaded(homes[0][1], homes[1][0]) ||
      !isAsLoaded(homes[1][1], bytes.length),
    /** Whether all memory is as it was when the module was loaded. */
    isClean: () => isAsLoaded(0, bytes.length),
  };
}

/**
 * Calls everything that handles a key, and names the first call that left something behind, or gave
 * a wrong answer.
 * @param poke may touch memory before the first call
 */
export function firstResidue(
  wasm: BufferSource,
  poke: (memory: Uint8Array) => void = () => {},
): string | null {
  const module = openMemory(wasm, poke);
  const { prepareKey, hotpCode, hotpOfKey, totpCode, verifyCode, macMessage, hashMessage } =
    module.exports;
  if (module.exports.selfTest!() !== 1) return 'selfTest: wrong';
  if (!module.isClean()) return 'selfTest';
  const draw = seededEntropy(0x07b);
  for (const hash of HASHES.map(hashNumber)) {
    for (const length of KEY_LENGTHS) {
      const key = new Uint8Array(length);
      draw(key);
      const code = referenceHotp(HASHES[hash - 1]!, key, 9n, 6);
      const calls: [string, () => number][] = [
        ['prepareKey', () => prepareKey!(hash, length)],
        ['hotpCode', () => hotpCode!(hash, 1, 9, 8)],
        ['totpCode', () => totpCode!(hash, 0, 59, 30, 8)],
        ['verifyCode', () => verifyCode!(hash, 6, code, 0, 9, 2, 2, -1)],
        ['macMessage', () => macMessage!(hash, 100)],
        ['hashMessage', () => hashMessage!(hash, 100)],
      ];
      // A message whose padding does not fit behind it.
      const almost = hash === 3 ? 124 : 60;
      hashMessage!(hash, almost);
      const digest = createHash(HASHES[hash - 1]!)
        .update(module.window.subarray(0, almost))
        .digest();
      if (!digest.equals(module.window.subarray(1024, 1024 + digest.length)))
        return 'hashMessage: wrong';
      module.window.fill(0);
      module.window.set(key);
      for (const [name, call] of calls) {
        call();
        if (name === 'prepareKey' && module.windowHasResidue()) return `${name}: key in the window`;
        if (module.scratchHasResidue()) return `${name}, key of ${length} bytes`;
      }
      module.exports.wipeAll!();
      if (!module.isClean()) return 'wipeAll';
      module.window.set(key);
      if (hotpOfKey!(hash, length, 0, 9, 6) !== code) return `hotpOfKey: wrong`;
      if (!module.isClean()) return `hotpOfKey, key of ${length} bytes`;
    }
  }
  return null;
}
