/** How a text is cut into segments: never a bit more than the shortest way there is. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

interface Exports {
  memory: WebAssembly.Memory;
  inputOffset(): number;
  encode(length: number, level: number, least: number, most: number, mask: number): number;
  segmentBits(): number;
}
const module = new WebAssembly.Module(readFileSync('dist/qr.wasm'));
const qr = new WebAssembly.Instance(module).exports as unknown as Exports;

/** Bits of the segments of a text in a symbol of at least this version, at level L. */
function bitsOf(text: string, version: number): number {
  new Uint8Array(qr.memory.buffer).set(Buffer.from(text, 'latin1'), qr.inputOffset());
  expect(qr.encode(text.length, 0, version, 40, 0)).toBeGreaterThan(0);
  return qr.segmentBits();
}

const MODES = [
  { fits: /^[0-9]*$/, bits: (count: number) => Math.ceil((count * 10) / 3), counts: [10, 12, 14] },
  {
    fits: /^[0-9A-Z $%*+\-./:]*$/,
    bits: (count: number) => Math.ceil(count * 5.5),
    counts: [9, 11, 13],
  },
  { fits: /^.*$/s, bits: (count: number) => count * 8, counts: [8, 16, 16] },
];

/** The shortest way to encode a text, by trying every last segment of every beginning. */
function leastBits(text: string, version: number): number {
  const step = version < 10 ? 0 : version < 27 ? 1 : 2;
  const least = [0];
  for (let end = 1; end <= text.length; end++) {
    least[end] = Number.POSITIVE_INFINITY;
    for (let start = 0; start < end; start++) {
      for (const { fits, bits, counts } of MODES) {
        if (!fits.test(text.slice(start, end))) continue;
        const total = least[start]! + 4 + counts[step]! + bits(end - start);
        least[end] = Math.min(least[end]!, total);
      }
    }
  }
  return least[text.length]!;
}

/** Versions whose character counts are short, longer and longest. */
const STEPS = [1, 10, 27];

describe('segments', () => {
  it('take the fewest bits possible, whatever digits, letters and bytes follow each other', () => {
    const piece = fc.oneof(
      fc.string({ unit: fc.constantFrom(...'0123456789'), maxLength: 20 }),
      fc.string({ unit: fc.constantFrom(...'0A5 B%:'), maxLength: 14 }),
      fc.string({ unit: fc.constantFrom(...'a?A1\xfc'), maxLength: 8 }),
    );
    const texts = fc.array(piece, { maxLength: 7 }).map((pieces) => pieces.join('').slice(0, 70));
    fc.assert(
      fc.property(texts, fc.constantFrom(...STEPS), (text, version) => {
        expect(bitsOf(text, version)).toBe(leastBits(text, version));
      }),
      { numRuns: 1500 },
    );
  });

  it('take the fewest bits for every text of seven digits, letters and bytes', () => {
    for (let number = 0; number < 3 ** 7; number++) {
      // Each stands for a run, so that changes of mode are worth their headers, or just not.
      const runs = [...number.toString(3).padStart(7, '0')].map((run) => ['123', 'AB', 'x'][+run]);
      const text = runs.join('');
      expect(bitsOf(text, 1), text).toBe(leastBits(text, 1));
    }
  });

  it('are none for no text', () => {
    expect(bitsOf('', 1)).toBe(0);
  });
});
