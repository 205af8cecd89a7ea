/** Bytes through the window of otp.wasm, as commands for any engine. */
import type { Command, Engine } from './engine.ts';

/** Where the window keeps a digest or MAC, in words. */
const OUTPUT_WORD = 256;

export function putBytes(bytes: Uint8Array): Command[] {
  const padded = new Uint8Array((bytes.length + 3) & ~3);
  padded.set(bytes);
  const view = new DataView(padded.buffer);
  return Array.from(
    { length: padded.length / 4 },
    (_, index): Command => ['put32', index, view.getInt32(index * 4, true)],
  );
}

export function getDigest(length: number): Command[] {
  return Array.from({ length: length / 4 }, (_, index): Command => ['get32', OUTPUT_WORD + index]);
}

/** Little-endian words back to bytes, as hexadecimal. */
export function toHex(words: number[]): string {
  return Buffer.from(Int32Array.from(words).buffer).toString('hex');
}

/** Runs commands and gives the last answer. */
export async function last(engine: Engine, commands: Command[]): Promise<number> {
  return (await engine.run(commands)).at(-1)!;
}

/** Upper and lower half of a counter or time, as i32. */
export function halves(value: bigint): [high: number, low: number] {
  return [Number(value >> 32n) | 0, Number(value & 0xffffffffn) | 0];
}
