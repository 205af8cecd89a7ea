import { readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

/** Imports of `.wasm` give the bytes, as the bundles built by scripts/build.js do. */
const wasmBytes = {
  name: 'wasm-bytes',
  enforce: 'pre' as const,
  load(id: string) {
    if (!id.endsWith('.wasm')) return null;
    const base64 = readFileSync(id).toString('base64');
    return `export default new Uint8Array(Buffer.from('${base64}', 'base64'));`;
  },
};

/** What a machine that cannot install packages may go without: OATHFOB_WITHOUT=browser */
const without = (process.env.OATHFOB_WITHOUT ?? '').split(',').filter(Boolean);

export default defineConfig({
  plugins: [wasmBytes],
  test: {
    include: ['test/**/*.test.ts'],
    exclude: without.map((folder) => `test/${folder}/**`),
    // By default one core is left alone, which is half of a small machine.
    maxWorkers: '100%',
    testTimeout: 60_000,
    // Several tests compile the firmware first.
    hookTimeout: 60_000,
  },
});
