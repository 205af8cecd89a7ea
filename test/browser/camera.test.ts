/** Chromium with the fake camera: what a page sees of it, read in the page by jsqr. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { encodeQr, qrToPixels } from '../../host/qr.ts';
import { type CameraOptions, filmOf, writePng } from '../../sim/camera/index.ts';

const TEXT = 'https://login.example/qr?ticket=8f14e45f';

const folder = mkdtempSync(join(tmpdir(), 'oathfob-camera-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const server = createServer(({ url }, response) => {
  const isScript = url === '/reader.js';
  response.setHeader('Content-Type', isScript ? 'text/javascript' : 'text/html');
  response.end(isScript ? script : '<!doctype html><script src="/reader.js"></script>');
});
let script: string;

beforeAll(async () => {
  const { outputFiles } = await build({
    entryPoints: ['test/browser/camera-page.ts'],
    bundle: true,
    write: false,
    platform: 'browser',
    format: 'iife',
    globalName: 'reader',
  });
  script = outputFiles[0]!.text;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
}, 60_000);
afterAll(() => server.close());

/** What a page reads from a camera that is shown a QR code of TEXT. */
async function readInBrowser(options: CameraOptions): Promise<string | null> {
  const { size, grey } = qrToPixels(encodeQr(TEXT), { scale: 6 });
  const film = join(folder, 'camera.y4m');
  writeFileSync(film, filmOf(writePng({ width: size, height: size, grey }), options));
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--use-fake-device-for-media-stream',
      '--use-fake-ui-for-media-stream',
      `--use-file-for-fake-video-capture=${film}`,
    ],
  });
  try {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    // Twice the frames of the film: each has been seen.
    return await page.evaluate<string | null>('reader.readCamera(10)');
  } finally {
    await browser.close();
  }
}

it('is read by a page, held askew, out of focus and stained', { timeout: 90_000 }, async () => {
  const tilt = { turn: 14, yaw: 20, pitch: -10 };
  expect(await readInBrowser({ tilt, tremor: 2, blur: 1, noise: 4, stains: 0.02 })).toBe(TEXT);
});

it('is not read when it is stained too much', { timeout: 90_000 }, async () => {
  expect(await readInBrowser({ stains: 0.6 })).toBeNull();
});
