import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { buildChild, type Child, removeChild, startChild } from './child.ts';
import { codeOf, DEVICES, FREE, MY_METHODS, POLICY, startSeconds } from './support.ts';

let folder: string;
let database: string;
let server: Child;

beforeAll(buildChild);
afterAll(removeChild);
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'oathfob-kill-'));
  database = join(folder, 'server.db');
  server = await startChild(database, true);
});
afterEach(async () => {
  await server.kill();
  await rm(folder, { recursive: true, force: true });
});

async function send(token: string, method: string, path: string, body?: unknown) {
  const response = await fetch(server.url + path, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
}

const BY_SERIAL = `${MY_METHODS}/assignAndActivateBySerialNumber`;
const device = (serialNumber: string) => ({
  serialNumber,
  manufacturer: 'Lamplight',
  model: 'Pebble',
  secretKey: FREE.secretKey,
  timeIntervalInSeconds: 30,
});
const codeAt = (steps: number) => codeOf(FREE, startSeconds + steps * 30);
const signIn = (steps: number) => ({ serialNumber: 'KILL-1', code: codeAt(steps) });

/** Everything a client can see, less what names the running process. */
async function visibleState(token: string): Promise<unknown> {
  const paths = ['devices', 'users', 'settings', 'clock'].map((name) => `/_emulator/${name}`);
  const replies = await Promise.all(
    [...paths, POLICY, MY_METHODS].map((path) => send(token, 'GET', path)),
  );
  return replies.map(({ status, body }) => {
    const { '@odata.context': _, ...rest } = body;
    return { status, ...rest };
  });
}

test('a kill after any answer loses nothing of it, and a used code stays used', async () => {
  const token = server.accessToken;
  const life: [string, string, unknown, number, object?][] = [
    ['POST', '/_emulator/users', { userPrincipalName: 'kim@lamplight.example' }, 201],
    ['PATCH', POLICY, { state: 'enabled' }, 204],
    ['PATCH', '/_emulator/settings', { attemptCap: 7 }, 200],
    ['POST', DEVICES, device('KILL-1'), 201],
    ['PATCH', DEVICES, { value: [device('KILL-2'), device('KILL-3')] }, 200],
    ['POST', BY_SERIAL, { serialNumber: 'KILL-1', verificationCode: '000000' }, 400],
    ['POST', BY_SERIAL, { serialNumber: 'KILL-1', verificationCode: codeAt(0) }, 204],
    ['POST', '/_emulator/sign-in', signIn(0), 200, { reason: 'codeAlreadyUsed' }],
    ['POST', '/_emulator/sign-in', signIn(2), 200, { accepted: true, driftSteps: 2 }],
    ['POST', '/_emulator/sign-in', signIn(2), 200, { reason: 'codeAlreadyUsed' }],
    ['POST', '/_emulator/sign-in', signIn(1), 200, { reason: 'codeAlreadyUsed' }],
    ['POST', '/_emulator/sign-in', signIn(4), 200, { accepted: true, driftSteps: 4 }],
    ['POST', '/_emulator/clock/advance', { seconds: 600 }, 200],
    ['POST', '/_emulator/sign-in', signIn(20 + 4), 200, { accepted: true, driftSteps: 4 }],
    ['POST', `${BY_SERIAL}`, { serialNumber: 'KILL-2', verificationCode: codeAt(21) }, 204],
  ];
  for (const [method, path, body, status, expected] of life) {
    const reply = await send(token, method, path, body);
    expect([method, path, reply.status]).toEqual([method, path, status]);
    if (expected) expect(reply.body).toMatchObject(expected);
    const before = await visibleState(token);
    await server.kill();
    server = await startChild(database, false);
    expect(await visibleState(token)).toEqual(before);
  }
});

test('a kill in the middle of many activations loses none that was acknowledged', async () => {
  const token = server.accessToken;
  const people: string[] = [];
  for (let person = 0; person < 12; person++) {
    const userPrincipalName = `person${person}@lamplight.example`;
    const { body } = await send(token, 'POST', '/_emulator/users', { userPrincipalName });
    people.push(body.id);
  }
  const serials = Array.from({ length: 60 }, (_, index) => `MANY-${index}`);
  await send(token, 'PATCH', DEVICES, { value: serials.map(device) });
  const activate = (serialNumber: string, index: number) => {
    const path = `/beta/users/${people[index % 12]}/authentication/hardwareOathMethods/assignAndActivateBySerialNumber`;
    return send(token, 'POST', path, { serialNumber, verificationCode: codeAt(0) });
  };
  const acknowledged: number[] = [];
  let killed: Promise<void> | undefined;
  await Promise.all(
    serials.map(async (serialNumber, index) => {
      const reply = await activate(serialNumber, index).catch(() => undefined);
      if (reply?.status === 204) acknowledged.push(index);
      if (acknowledged.length === 20) killed ??= server.kill();
    }),
  );
  await killed;
  expect(acknowledged.length).toBeGreaterThanOrEqual(20);
  server = await startChild(database, false);
  const { body } = await send(token, 'GET', '/_emulator/devices');
  for (const index of acknowledged) {
    expect(body.value[index]).toMatchObject({ serialNumber: serials[index], status: 'activated' });
    expect((await activate(serials[index]!, index)).status).toBe(400);
  }
});
