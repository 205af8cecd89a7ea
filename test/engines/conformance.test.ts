import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { conformance } from './conformance.ts';
import { buildSmall, openNative, openV8, openWasmtime, SHIPPED, SHIPPED_VECTOR } from './engine.ts';

const EXTENT = { longestMessage: 300, propertyRuns: 400 };

const engines = { V8: openV8, Wasmtime: openWasmtime, wasm2c: openNative };
const files: Record<string, string> = {
  'built for speed': SHIPPED,
  'built for vectors': SHIPPED_VECTOR,
  'built for size': '',
  'built with checks': 'dist/otp.debug.wasm',
};
/**
 * Every engine runs every build, except that wasm2c 1.0.32 translates no vectors, and that one
 * engine is enough for the build with assertions and bounds checks.
 */
const combinations = Object.entries(engines).flatMap(([name, open]) =>
  Object.keys(files)
    .filter((build) => build !== 'built for vectors' || name !== 'wasm2c')
    .filter((build) => build !== 'built with checks' || name === 'V8')
    .map((build) => ({ name, build, open })),
);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'oathfob-small-'));
  files['built for size'] = await buildSmall(folder);
}, 60_000);
afterAll(() => rm(folder, { recursive: true }));

for (const { name, build, open } of combinations) {
  conformance(`otp.wasm in ${name}, ${build}`, () => open(files[build]!), EXTENT);
}
