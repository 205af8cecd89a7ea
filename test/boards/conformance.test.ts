import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BOARDS } from '../../sim/firmware/boards.ts';
import { conformance } from '../engines/conformance.ts';
import { buildSmall, type Engine, SHIPPED } from '../engines/engine.ts';
import { mismatches, VECTORS, type Vector } from '../engines/vectors.ts';
import { openOnBoard, type Runtime } from './calls.ts';

/** Less than in the engines of a computer, since all goes over the serial line; a block of each hash is in it. */
const EXTENT = { longestMessage: 130, propertyRuns: 25 };
/** An interpreter needs more memory than the smaller board has (host/mcu/runtimes.md). */
const RUNTIMES: Readonly<Record<string, readonly Runtime[]>> = {
  lm3s6965evb: ['wasm2c', 'wasm3'],
};

let folder: string;
let small: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'oathfob-small-'));
  small = await buildSmall(folder);
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true }));

for (const type of Object.values(BOARDS)) {
  for (const runtime of RUNTIMES[type.name] ?? ['wasm2c']) {
    const open = () => openOnBoard(type, readFileSync(small), runtime);
    conformance(`otp.wasm on ${type.name} under ${runtime}`, open, EXTENT);
  }
}

describe.each(Object.values(BOARDS))('vectors on $name', (type) => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await openOnBoard(type, readFileSync(SHIPPED), 'wasm2c');
  }, 120_000);
  afterAll(() => engine.close());

  test('are kept by the build for speed too', async () => {
    for (const vector of VECTORS) expect(await mismatches(engine, vector)).toEqual([]);
  });

  test('fail the run when they are wrong, each by itself', async () => {
    for (const vector of VECTORS) {
      expect(await mismatches(engine, spoilt(vector)), vector.name).toHaveLength(1);
    }
  });
});

/** A vector whose last code is off by one, or whose MAC ends in another digit. */
function spoilt(vector: Vector): Vector {
  const { expected } = vector;
  if ('macHex' in expected) {
    const digit = (Number.parseInt(expected.macHex.at(-1)!, 16) ^ 1).toString(16);
    return { ...vector, expected: { macHex: expected.macHex.slice(0, -1) + digit } };
  }
  const codes = expected.codes.with(-1, expected.codes.at(-1)! + 1);
  return { ...vector, expected: { codes } };
}
