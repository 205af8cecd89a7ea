/** The same modules in a real browser: the bundle as users build it, the life as Node lives it. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { record } from '../history.ts';
import vectors from '../vectors/hotp.json' with { type: 'json' };

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--virtual-time-budget=20000',
  '--dump-dom',
];

let results: Record<string, unknown>;
const profile = mkdtempSync(join(tmpdir(), 'oathfob-browser-'));
afterAll(() => rmSync(profile, { recursive: true, force: true }));

beforeAll(async () => {
  const { outputFiles } = await build({
    entryPoints: ['test/browser/page.ts'],
    bundle: true,
    write: false,
    platform: 'browser',
    format: 'esm',
    loader: { '.wasm': 'binary' },
  });
  const script = outputFiles[0]!.text;
  const server = createServer(({ url }, response) => {
    const isScript = url === '/page.js';
    response.setHeader('Content-Type', isScript ? 'text/javascript' : 'text/html');
    response.end(
      isScript ? script : '<!doctype html><body><script type="module" src="/page.js"></script>',
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const { stdout } = await promisify(execFile)(
    'chromium',
    [...FLAGS, `--user-data-dir=${profile}`, `http://127.0.0.1:${port}/`],
    { maxBuffer: 64 * 1024 * 1024, timeout: 60_000 },
  );
  server.close();
  results = JSON.parse(/<body>(.*)<\/body>/s.exec(stdout)![1]!);
}, 90_000);

it('lives the same life as in Node, to the last byte of flash', () => {
  expect(results.transcript).toEqual(record());
});

it('makes and verifies the codes of the RFCs', () => {
  expect(results.hotp).toEqual(vectors.vectors.map(({ otp6 }) => otp6));
  expect(results.totp).toBe('65353130');
  expect(results.verdict).toEqual({ valid: true, step: 1, driftSteps: 0 });
});
