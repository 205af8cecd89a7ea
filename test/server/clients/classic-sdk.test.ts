import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { startServer } from '../../../sim/server/index.ts';
import { displayedCode } from '../displayed-code.ts';
import { FREE, NOORS, SPARE, START, startSeconds } from '../support.ts';

const script = fileURLToPath(new URL('./classic-life.mjs', import.meta.url));

const devices = [SPARE, FREE, NOORS].map(
  ({ serialNumber, manufacturer, model, secretKey, timeIntervalInSeconds }) => ({
    serialNumber,
    manufacturer,
    model,
    secretKey,
    timeIntervalInSeconds,
  }),
);

/** Runs the script against a server, trusting its certificate as a user would: by NODE_EXTRA_CA_CERTS. */
async function liveWithTheClassicSdk() {
  const server = await startServer({ port: 0, https: true, clock: new Date(START) });
  const folder = await mkdtemp(join(tmpdir(), 'oathfob-sdk-'));
  try {
    const certificate = join(folder, 'server.pem');
    await writeFile(certificate, server.certificate!);
    const child = spawn(process.execPath, [script], {
      env: { ...process.env, NODE_EXTRA_CA_CERTS: certificate },
    });
    const codes = Object.fromEntries(
      [SPARE, FREE].map((device) => [device.serialNumber, displayedCode(device, startSeconds)]),
    );
    child.stdin.end(
      JSON.stringify({
        baseUrl: server.url,
        host: new URL(server.url).hostname,
        accessToken: server.accessToken,
        devices,
        codes,
      }),
    );
    const [out, failure] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close'),
    ]);
    if (out === '') throw new Error(failure);
    return JSON.parse(out);
  } finally {
    await server.close();
    await rm(folder, { recursive: true, force: true });
  }
}

test('the classic official SDK lives the whole life of a token over https', async () => {
  const seen = await liveWithTheClassicSdk();
  const serials = devices.map(({ serialNumber }) => serialNumber);
  expect(seen.created).toMatchObject({ serialNumber: SPARE.serialNumber, status: 'available' });
  expect(seen.bulk.value.map((device: { status: string }) => device.status)).toEqual([
    'available',
    'available',
  ]);
  expect(seen.assigned.device).toMatchObject({
    serialNumber: FREE.serialNumber,
    status: 'assigned',
  });
  // The SDK turns a 204 into undefined, which JSON leaves out.
  expect(seen).not.toHaveProperty('activated');
  expect(seen).not.toHaveProperty('bySerial');
  expect(seen).not.toHaveProperty('deactivated');
  expect(seen.wrong).toMatchObject({
    statusCode: 400,
    code: 'badRequest',
    message: 'The verification code is not valid.',
  });
  expect(seen.wrong.requestId).toMatch(/^[0-9a-f-]{36}$/);
  expect(new Date(seen.wrong.date).getTime()).not.toBeNaN();
  expect(seen.methods.value).toMatchObject([
    { device: { serialNumber: FREE.serialNumber, status: 'activated', displayName: 'Desk' } },
    { device: { serialNumber: SPARE.serialNumber, status: 'activated' } },
  ]);
  expect(seen.filtered.value).toEqual([{ id: seen.bulk.value[1].id, status: 'available' }]);
  expect(seen.paged).toEqual(serials);
  expect(seen.batch).toEqual([200, 204]);
  expect(seen.left.value).toEqual([]);
});
