/** Sources of random bytes for a virtual board. */

/** Fills its argument. */
export type EntropySource = (target: Uint8Array) => void;

/** The random source of this computer. */
export const systemEntropy: EntropySource = (target) => {
  // The view may lie in a wasm memory, which is never shared here.
  crypto.getRandomValues(target as Uint8Array<ArrayBuffer>);
};

/**
 * The same bytes for the same seed, for runs that must repeat; never for keys that matter.
 * @param seed any 32-bit number
 *
 * SplitMix32: each output is a mix of a counter that moves by the golden ratio (Steele, Lea, Flood,
 * "Fast splittable pseudorandom number generators", 2014, in its 32-bit form).
 */
export function seededEntropy(seed: number): EntropySource {
  let state = seed >>> 0;
  return (target) => {
    for (let index = 0; index < target.length; index++) {
      state = (state + 0x9e3779b9) >>> 0;
      let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
      mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
      target[index] = (mixed ^ (mixed >>> 15)) & 0xff;
    }
  };
}
