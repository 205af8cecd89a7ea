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
const excluded = without.map((folder) => `test/${folder}/**`);

/** Emulated boards, browsers and readers keep real time, which a busy computer makes them miss now and then. */
const REAL_TIME = ['boards', 'browser', 'clients'].map((folder) => `test/${folder}/**`);
/** As Vitest, Playwright (`Timeout 50000ms exceeded`) and test/boards/bench.ts say it. */
const NO_ANSWER =
  /^Test timed out|Timeout \d+ms exceeded|^no answer on the serial line|^the board does not get there/;

export default defineConfig({
  plugins: [wasmBytes],
  test: {
    // By default one core is left alone, which is half of a small machine.
    maxWorkers: '100%',
    // More than a browser has for one step (test/browser/web-page.ts), so that it tells which.
    testTimeout: 120_000,
    expect: { poll: { timeout: 20_000 } },
    // Several tests compile the firmware first.
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'logic',
          include: ['test/**/*.test.ts'],
          exclude: [...excluded, ...REAL_TIME],
        },
      },
      {
        extends: true,
        test: {
          name: 'real time',
          include: REAL_TIME.map((folder) => `${folder}/*.test.ts`),
          exclude: excluded,
          // Once more, and the report says so. A wrong answer fails at once: only a missing one may be the computer's.
          retry: { count: 1, condition: NO_ANSWER },
        },
      },
    ],
  },
});
