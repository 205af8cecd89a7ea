import { describe, expect, test } from 'vitest';
import {
  codeOf,
  FREE,
  IVO,
  IVOS,
  MY_METHODS,
  NOOR,
  NOORS,
  POLICY,
  startSeconds,
  type Tenant,
  tenant,
  wrongCode,
} from '../support.ts';

const BY_SERIAL = `${MY_METHODS}/assignAndActivateBySerialNumber`;
const STEP = 30;

function activate(on: Tenant, device: typeof FREE, codeTimeSeconds: number) {
  const verificationCode = codeOf(device, codeTimeSeconds);
  return on.send('POST', BY_SERIAL, { serialNumber: device.serialNumber, verificationCode });
}

async function signIn(on: Tenant, device: typeof FREE, codeTimeSeconds: number) {
  const code = codeOf(device, codeTimeSeconds);
  const reply = await on.send('POST', '/_emulator/sign-in', {
    serialNumber: device.serialNumber,
    code,
  });
  expect(reply.status).toBe(200);
  return reply.body;
}

async function enabled(): Promise<Tenant> {
  const on = tenant();
  await on.send('PATCH', POLICY, { state: 'enabled' });
  return on;
}

describe('the activation window', () => {
  test.each([
    [-2_880, 204],
    [2_880, 204],
    [-2_881, 400],
    [2_881, 400],
  ])('a 30 s token %i steps off is answered %i', async (steps, status) => {
    const on = tenant();
    expect((await activate(on, FREE, startSeconds + steps * STEP)).status).toBe(status);
    const { driftSteps, status: state } = on.stateOf(FREE.serialNumber);
    expect([driftSteps, state]).toEqual(status === 204 ? [steps, 'activated'] : [0, 'available']);
  });

  test.each([
    [-2_880, 204],
    [2_880, 204],
    [-2_881, 400],
    [2_881, 400],
  ])('a 60 s token %i steps off is answered %i', async (steps, status) => {
    const on = tenant();
    const path = `/beta/users/${IVO.id}/authentication/hardwareOathMethods/${IVOS.id}/activate`;
    const verificationCode = codeOf(IVOS, startSeconds + steps * 60);
    expect((await on.send('POST', path, { verificationCode })).status).toBe(status);
  });
});

describe('the sign-in window', () => {
  test.each([-3, -2, -1, 0, 1, 2, 3])(
    'takes a code %i steps from now only within two',
    async (steps) => {
      const on = await enabled();
      await activate(on, FREE, startSeconds);
      on.setClock(startSeconds + 20 * STEP);
      const verdict = await signIn(on, FREE, startSeconds + (20 + steps) * STEP);
      const within = Math.abs(steps) <= 2;
      expect(verdict.accepted).toBe(within);
      if (within) expect(verdict.driftSteps).toBe(steps);
      else expect(verdict.reason).toBe('wrongCode');
    },
  );

  test('is centred on the clock as the activation corrected it', async () => {
    const on = await enabled();
    const slow = -82_800;
    await activate(on, FREE, startSeconds + slow);
    on.setClock(startSeconds + 10 * STEP);
    expect((await signIn(on, FREE, startSeconds + 10 * STEP)).reason).toBe('wrongCode');
    expect((await signIn(on, FREE, startSeconds + 10 * STEP + slow)).accepted).toBe(true);
  });

  test('follows a token that drifts two steps at a time, far beyond one window', async () => {
    const on = await enabled();
    await activate(on, FREE, startSeconds);
    for (let round = 1; round <= 30; round++) {
      const now = startSeconds + round * 100 * STEP;
      on.setClock(now);
      expect((await signIn(on, FREE, now + 2 * round * STEP)).driftSteps).toBe(2 * round);
    }
    expect(on.stateOf(FREE.serialNumber).driftSteps).toBe(60);
  });

  test('moves the drift on success only', async () => {
    const on = await enabled();
    await activate(on, FREE, startSeconds);
    const before = on.stateOf(FREE.serialNumber);
    on.setClock(startSeconds + 20 * STEP);
    await signIn(on, FREE, startSeconds + 23 * STEP);
    expect(on.stateOf(FREE.serialNumber)).toEqual({ ...before, wrongCodeCount: 1 });
  });
});

describe('replay', () => {
  test('the code of an activation cannot sign in', async () => {
    const on = await enabled();
    await activate(on, FREE, startSeconds);
    expect((await signIn(on, FREE, startSeconds)).reason).toBe('codeAlreadyUsed');
  });

  test('a code is accepted once, and every older one is used up with it', async () => {
    const on = await enabled();
    await activate(on, FREE, startSeconds);
    expect((await signIn(on, FREE, startSeconds + 2 * STEP)).accepted).toBe(true);
    expect((await signIn(on, FREE, startSeconds + 2 * STEP)).reason).toBe('codeAlreadyUsed');
    expect((await signIn(on, FREE, startSeconds + STEP)).reason).toBe('codeAlreadyUsed');
    expect((await signIn(on, FREE, startSeconds + 3 * STEP)).accepted).toBe(true);
  });

  test('a clock set back does not bring a used code to life', async () => {
    const on = await enabled();
    await activate(on, FREE, startSeconds);
    on.setClock(startSeconds + 100 * STEP);
    await signIn(on, FREE, startSeconds + 100 * STEP);
    on.setClock(startSeconds);
    expect((await signIn(on, FREE, startSeconds + STEP)).accepted).toBe(false);
  });

  test('deactivating or unassigning does not free a used step', async () => {
    const on = tenant();
    await activate(on, FREE, startSeconds);
    await on.send('POST', `${MY_METHODS}/${FREE.id}/deactivate`);
    expect((await activate(on, FREE, startSeconds)).status).toBe(400);
    await on.send('DELETE', `${MY_METHODS}/${FREE.id}`);
    expect((await activate(on, FREE, startSeconds - STEP)).status).toBe(400);
    expect((await activate(on, FREE, startSeconds + STEP)).status).toBe(204);
  });

  test('an activated token is not activated again, and its code is not looked at', async () => {
    const on = tenant();
    await activate(on, FREE, startSeconds);
    const before = on.stateOf(FREE.serialNumber);
    const reply = await activate(on, FREE, startSeconds + STEP);
    expect([reply.status, reply.body.error.message]).toEqual([
      400,
      'The device is already activated.',
    ]);
    expect(on.stateOf(FREE.serialNumber)).toEqual(before);
  });
});

describe('the attempt cap', () => {
  const path = `${MY_METHODS}/${NOORS.id}/activate`;
  const guess = (on: Tenant) =>
    on.send('POST', path, { verificationCode: wrongCode(NOORS, startSeconds) });
  const right = (on: Tenant, seconds = startSeconds) =>
    on.send('POST', path, { verificationCode: codeOf(NOORS, seconds) });

  test('four wrong codes leave a token assigned, the fifth makes it failedActivation', async () => {
    const on = tenant();
    for (let count = 1; count <= 5; count++) {
      expect((await guess(on)).status).toBe(400);
      const state = on.stateOf(NOORS.serialNumber);
      expect(state.wrongCodeCount).toBe(count);
      expect(state.status).toBe(count < 5 ? 'assigned' : 'failedActivation');
    }
  });

  test('then neither a wrong nor the right code is looked at before the pause is over', async () => {
    const on = tenant();
    for (let count = 1; count <= 5; count++) await guess(on);
    const before = on.stateOf(NOORS.serialNumber);
    for (const reply of [await guess(on), await right(on)]) {
      expect([reply.status, reply.body.error.code]).toEqual([429, 'TooManyRequests']);
      expect(reply.headers.get('retry-after')).toBe('60');
    }
    expect(on.stateOf(NOORS.serialNumber)).toEqual(before);
  });

  test('after the pause one wrong code starts the next pause, and the right one activates', async () => {
    const on = tenant();
    for (let count = 1; count <= 5; count++) await guess(on);
    on.setClock(startSeconds + 60);
    expect((await guess(on)).status).toBe(400);
    expect((await right(on)).status).toBe(429);
    on.setClock(startSeconds + 120);
    expect((await right(on, startSeconds + 120)).status).toBe(204);
    expect(on.stateOf(NOORS.serialNumber)).toMatchObject({
      status: 'activated',
      wrongCodeCount: 0,
      retryAt: 0,
    });
  });

  test('is not refilled by taking the token away and giving it back', async () => {
    const on = tenant();
    for (let count = 1; count <= 5; count++) await guess(on);
    await on.send('DELETE', `${MY_METHODS}/${NOORS.id}`);
    await on.send('POST', MY_METHODS, { device: { id: NOORS.id } });
    expect((await right(on)).status).toBe(429);
  });

  test('counts for a token in the inventory too, which stays available', async () => {
    const on = tenant();
    const verificationCode = wrongCode(FREE, startSeconds);
    const body = { serialNumber: FREE.serialNumber, verificationCode };
    for (let count = 1; count <= 5; count++) {
      expect((await on.send('POST', BY_SERIAL, body)).status).toBe(400);
    }
    expect((await on.send('POST', BY_SERIAL, body)).status).toBe(429);
    expect(on.stateOf(FREE.serialNumber)).toMatchObject({ status: 'available', wrongCodeCount: 5 });
  });
});

test('an activation names the token and leaves it to sign-ins to use it', async () => {
  const on = await enabled();
  const verificationCode = codeOf(NOORS, startSeconds);
  await on.send('POST', `${MY_METHODS}/${NOORS.id}/activate`, {
    verificationCode,
    displayName: 'Key ring',
  });
  const path = `${MY_METHODS}/${NOORS.id}`;
  expect((await on.send('GET', path)).body.device).toMatchObject({
    displayName: 'Key ring',
    lastUsedDateTime: null,
  });
  await signIn(on, NOORS, startSeconds + STEP);
  expect((await on.send('GET', path)).body).toMatchObject({
    lastUsedDateTime: '2026-03-02T09:30:10Z',
    device: { lastUsedDateTime: '2026-03-02T09:30:10Z' },
  });
});

test('of two activations of one token by different people, the second finds it taken', async () => {
  const on = tenant();
  const ivo = on.tokenFor(IVO, ['UserAuthenticationMethod.ReadWrite']);
  const body = { serialNumber: FREE.serialNumber, verificationCode: codeOf(FREE, startSeconds) };
  const replies = await Promise.all([
    on.send('POST', BY_SERIAL, body),
    on.send('POST', BY_SERIAL, body, { authorization: `Bearer ${ivo}` }),
  ]);
  expect(replies.map(({ status }) => status)).toEqual([204, 404]);
  expect(on.stateOf(FREE.serialNumber).assignedUserId).toBe(NOOR.id);
});
