/** qr.wasm by itself: two engines that drive it without access to its memory, and what it leaves. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeQr } from '../../host/qr.ts';
import { gridOf, LEVELS } from '../qr/reference.ts';
import { type Command, type Engine, openV8, openWasmtime } from './engine.ts';

const FILE = 'dist/qr.wasm';
const AUTOMATIC = -1;
const TOO_LONG = -1;
const BAD_ARGUMENT = -2;

/** The commands that put a text in, four bytes each. */
function putting(text: string): Command[] {
  const bytes = Buffer.alloc((text.length + 3) & ~3);
  bytes.write(text);
  return Array.from({ length: bytes.length / 4 }, (_, index) => {
    return ['put32', index, bytes.readInt32LE(4 * index)];
  });
}

describe.each([
  ['V8', openV8],
  ['wasmtime', openWasmtime],
])('%s', (_, open) => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await open(FILE);
  });
  afterAll(() => engine.close());

  it('makes symbols of all sizes from words to modules', async () => {
    for (const [index, version] of [1, 6, 11, 12, 26, 40].entries()) {
      const text = `v${version}`.padEnd(6 + index, 'x1A');
      const level = index % 4;
      const encode: Command = ['encode', text.length, level, version, version, AUTOMATIC];
      const answers = await engine.run([...putting(text), encode, ['mask'], ['segmentBits']]);
      const expected = encodeQr(text, { level: LEVELS[level], versionMin: version });
      expect(answers.slice(-3, -1)).toEqual([version, expected.mask]);

      const places = Array.from({ length: expected.size }, (_, place) => place);
      const modules = places.flatMap((y) => places.map((x): Command => ['module', x, y]));
      const dark = gridOf(expected).flat().map(Number);
      expect(await engine.run(modules)).toEqual(dark);
    }
  });

  it('refuses what is out of range, and takes nothing', async () => {
    const last = 7092 / 4 - 1;
    expect(
      await engine.run([
        ['put32', last, 0],
        ['put32', last + 1, 0],
      ]),
    ).toEqual([0, BAD_ARGUMENT]);
    const refused: Command[] = [
      ['encode', 1, 4, 1, 40, AUTOMATIC],
      ['encode', 1, -1, 1, 40, AUTOMATIC],
      ['encode', 1, 0, 0, 40, AUTOMATIC],
      ['encode', 1, 0, 1, 41, AUTOMATIC],
      ['encode', 1, 0, 3, 2, AUTOMATIC],
      ['encode', 1, 0, 1, 40, 8],
      ['encode', 1, 0, 1, 40, -2],
    ];
    expect(new Set(await engine.run(refused))).toEqual(new Set([BAD_ARGUMENT]));
    const tooLong: Command[] = [7090, 7093, -1].map((length) => ['encode', length, 0, 1, 40, 0]);
    expect(new Set(await engine.run(tooLong))).toEqual(new Set([TOO_LONG]));
    expect(
      await engine.run([
        ['module', 177, 0],
        ['module', 0, -1],
      ]),
    ).toEqual([0, 0]);
  });
});

describe('the module', () => {
  const module = new WebAssembly.Module(readFileSync(FILE));

  it('imports nothing, and has neither table nor start function', () => {
    expect(WebAssembly.Module.imports(module)).toEqual([]);
    const kinds = new Set(WebAssembly.Module.exports(module).map(({ kind }) => kind));
    expect(kinds).toEqual(new Set(['function', 'memory', 'global']));
  });

  it.each(['wipeSymbol', 'wipeAll'])('keeps nothing of a text after %s', (wipe) => {
    const qr = new WebAssembly.Instance(module).exports as Record<string, CallableFunction> & {
      memory: WebAssembly.Memory;
    };
    const memoryAfter = (text: string) => {
      const memory = new Uint8Array(qr.memory.buffer);
      memory.set(Buffer.from(text), qr.inputOffset!());
      expect(qr.encode!(text.length, 1, 3, 3, 4)).toBe(3);
      qr[wipe]!();
      return Buffer.from(memory);
    };
    const before = memoryAfter('nothing to be kept');
    expect(memoryAfter('a secret, in short').equals(before)).toBe(true);
    expect(memoryAfter('nothing to be kept').equals(before)).toBe(true);
  });
});
