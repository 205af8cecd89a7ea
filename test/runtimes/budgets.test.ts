import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { BOARDS } from '../../sim/firmware/boards.ts';
import { buildSmall } from '../engines/engine.ts';
import { ARENA_BYTES, measure, measureToken, rowsOf, tableOf } from './measure.ts';

const KIB = 1024;

test('an interpreter on the chip is within its budgets, beside the translated module', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'oathfob-small-'));
  const wasm = readFileSync(await buildSmall(folder));
  rmSync(folder, { recursive: true });
  const type = BOARDS.lm3s6965evb!;
  const translated = await measure(type, wasm, 'wasm2c');
  const interpreted = await measure(type, wasm, 'wasm3');
  for (const one of [translated, interpreted]) {
    console.log(tableOf(`otp.wasm under ${one.runtime}`, rowsOf(one)).join('\n'));
  }
  expect(interpreted.flashBytes).toBeLessThanOrEqual(60 * KIB);
  expect(interpreted.heapBytes.all).toBeLessThanOrEqual(ARENA_BYTES);
  for (const name of ['TOTP-SHA1', 'TOTP-SHA256']) {
    const ratio = interpreted.instructions[name]! / translated.instructions[name]!;
    expect(ratio, name).toBeLessThanOrEqual(25);
    expect(ratio, name).toBeGreaterThan(2);
  }
}, 600_000);

test('the whole token under an interpreter needs more memory than the LM3S6965 has', async () => {
  const measures = await measureToken();
  console.log(tableOf('token.wasm under wasm3', rowsOf(measures)).join('\n'));
  expect(measures.heapBytes.all).toBeGreaterThan(BOARDS.lm3s6965evb!.ramBytes);
  expect(measures.heapBytes.all).toBeLessThanOrEqual(192 * KIB);
  expect(measures.flashBytes).toBeLessThanOrEqual(96 * KIB);
}, 600_000);
