/** The encoder as the token links it: small and slow, and symbol for symbol the host's. */
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { encodeQr } from '../../host/qr.ts';
import { type Door, openDoor } from '../crypto/door.ts';
import { gridOf, LEVELS, MASKS, VERSIONS } from './reference.ts';

const SOURCE = `
  import { encodeQr, wipeQr } from './qr/encode';
  import { qr } from './qr/memory';
  import { isDark } from './qr/pattern';
  const TEXT: usize = memory.data(1024);
  export { __data_end };
  export function text(): i32 { return <i32>TEXT; }
  export function encode(length: u32, level: i32, least: i32, most: i32, mask: i32): i32 {
    return encodeQr(TEXT, length, level, least, most, mask);
  }
  export function mask(): i32 { return qr.mask; }
  export function dark(x: i32, y: i32): i32 { return <i32>isDark(x, y); }
  export function wipe(): i32 { wipeQr(); return 0; }
`;
const AUTOMATIC = -1;
const TOO_LONG = -1;
const BAD_ARGUMENT = -2;

let door: Door & {
  text(): number;
  encode(length: number, level: number, least: number, most: number, mask: number): number;
  mask(): number;
  dark(x: number, y: number): number;
  wipe(): number;
};
let memory: Uint8Array;

beforeAll(async () => {
  door = (await openDoor(SOURCE)) as never;
  memory = new Uint8Array(door.memory.buffer);
}, 60_000);

function encode(text: string, level: number, least: number, mask = AUTOMATIC): number {
  memory.set(Buffer.from(text, 'latin1'), door.text());
  return door.encode(text.length, level, least, 10, mask);
}

function expectSameSymbol(text: string, level: number, least: number, mask?: number): void {
  const bytes = Buffer.from(text, 'latin1');
  const expected = encodeQr(bytes, { level: LEVELS[level]!, versionMin: least, mask });
  expect(encode(text, level, least, mask)).toBe(expected.version);
  expect(door.mask()).toBe(expected.mask);
  const grid = gridOf(expected).map((row, y) => row.map((_, x) => door.dark(x, y) === 1));
  expect(grid).toEqual(gridOf(expected));
}

describe("the token's encoder", () => {
  it('makes the symbols of the host, for each of its versions, levels and masks', () => {
    for (const version of VERSIONS.slice(0, 10)) {
      for (const level of LEVELS.keys()) {
        for (const mask of MASKS) expectSameSymbol(`v${version}`, level, version, mask);
      }
    }
  });

  it('makes the symbols of the host, whatever the text is, and chooses the same mask', () => {
    const texts = fc.oneof(
      fc.string({ unit: 'binary-ascii', maxLength: 100 }),
      fc.string({ unit: fc.constantFrom(...'0123456789AB?\xff'), maxLength: 100 }),
    );
    fc.assert(
      fc.property(texts, fc.nat({ max: 3 }), (text, level) => expectSameSymbol(text, level, 1)),
      { numRuns: 200 },
    );
  });

  it('fills each of its symbols to the last codeword, and refuses one digit more', () => {
    // Digits of version 10 (ISO/IEC 18004 Table 7).
    const capacities = [652, 513, 364, 288];
    for (const [level, digits] of capacities.entries()) {
      expectSameSymbol('7'.repeat(digits), level, 1);
      expect(encode('7'.repeat(digits + 1), level, 1)).toBe(TOO_LONG);
    }
  });

  it('refuses versions, levels and masks that there are not', () => {
    expect(door.encode(1, 0, 0, 10, AUTOMATIC)).toBe(BAD_ARGUMENT);
    expect(door.encode(1, 0, 1, 11, AUTOMATIC)).toBe(BAD_ARGUMENT);
    expect(door.encode(1, 0, 5, 4, AUTOMATIC)).toBe(BAD_ARGUMENT);
    expect(door.encode(1, -1, 1, 10, AUTOMATIC)).toBe(BAD_ARGUMENT);
    expect(door.encode(1, 4, 1, 10, AUTOMATIC)).toBe(BAD_ARGUMENT);
    expect(door.encode(1, 0, 1, 10, -2)).toBe(BAD_ARGUMENT);
    expect(door.encode(1, 0, 1, 10, 8)).toBe(BAD_ARGUMENT);
    expect(door.encode(0xffffffff, 0, 1, 10, AUTOMATIC)).toBe(TOO_LONG);
  });

  it('leaves nothing of a text, and nothing beyond its own memory', () => {
    const dataEnd = (door.__data_end as WebAssembly.Global).value as number;
    const memoryAfter = (text: string, level: number, least: number) => {
      memory.fill(0, door.text(), door.text() + 1024);
      encode(text, level, least);
      const behind = Buffer.from(memory.slice(dataEnd));
      encode('x', 0, 1);
      door.wipe();
      memory.fill(0, door.text(), door.text() + 1024);
      return { behind, all: Buffer.from(memory) };
    };
    const before = memoryAfter('y', 1, 2);
    const after = memoryAfter('a secret, 123456, OF ALL KINDS', 3, 10);
    expect(after.behind.equals(before.behind)).toBe(true);
    expect(after.all.equals(before.all)).toBe(true);
  });

  it('takes at most 700 bytes of memory', () => {
    const dataEnd = (door.__data_end as WebAssembly.Global).value as number;
    expect(dataEnd - 16 - 1024).toBeLessThanOrEqual(700);
  });
});
