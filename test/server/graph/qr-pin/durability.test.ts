import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { buildChild, type Child, removeChild, startChild } from '../../child.ts';

const METHOD = '/v1.0/me/authentication/qrCodePinMethod';
const POLICY =
  '/v1.0/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/qrCodePin';
const WRONG = '60371948';

let folder: string;
let database: string;
let server: Child;
let token: string;

beforeAll(buildChild);
afterAll(removeChild);
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'oathfob-kill-'));
  database = join(folder, 'server.db');
  server = await startChild(database, true);
  token = server.accessToken;
});
afterEach(async () => {
  await server.kill();
  await rm(folder, { recursive: true, force: true });
});

async function killAndRestart(): Promise<void> {
  await server.kill();
  server = await startChild(database, false);
}

async function send(method: string, path: string, body?: unknown) {
  const response = await fetch(server.url + path, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return text === '' ? undefined : JSON.parse(text);
}

test('a kill between any two steps of a life changes nothing about it', async () => {
  const made = await send('PUT', METHOD, {});
  const qrCode = atob(made.standardQRCode.image.rawContent);
  const signIn = (pin: string, more = {}) => send('POST', '/sign-in/qr', { qrCode, pin, ...more });
  const given = made.pin.code;
  const steps: [() => Promise<unknown>, object][] = [
    [() => signIn(given), { reason: 'methodDisabled' }],
    [() => send('PATCH', POLICY, { state: 'enabled' }), { state: 'enabled' }],
    [() => send('PATCH', '/_emulator/settings', { pinAttemptCap: 2 }), { pinAttemptCap: 2 }],
    [() => signIn(given), { reason: 'pinChangeRequired' }],
    [() => signIn(given, { newPin: '50928371' }), { accepted: true }],
    [() => signIn(given), { reason: 'incorrectPin' }],
    [() => signIn('50928371'), { accepted: true }],
    [() => signIn(WRONG), { reason: 'incorrectPin' }],
    [() => signIn(WRONG), { reason: 'incorrectPin' }],
    [() => signIn('50928371'), { reason: 'locked', retryAfterSeconds: 60 }],
    [() => send('POST', '/_emulator/clock/advance', { seconds: 60 }), { mode: 'fixed' }],
    [() => signIn('50928371'), { accepted: true, qrCode: 'standardQRCode' }],
    [() => send('GET', METHOD), { standardQRCode: { image: null } }],
  ];
  for (const [step, expected] of steps) {
    expect(await step()).toMatchObject(expected);
    await killAndRestart();
  }
});
