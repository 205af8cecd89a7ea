import { describe, expect, test } from 'vitest';
import {
  codeOf,
  DEVICES,
  FREE,
  IVO,
  IVOS,
  MY_METHODS,
  NOOR,
  NOORS,
  POLICY,
  startSeconds,
  tenant,
  withoutIds,
} from '../support.ts';

const activateNoors = { verificationCode: codeOf(NOORS, startSeconds) };

describe('people and bearer tokens', () => {
  test('a new user with a delegated token can use their own methods and nothing else', async () => {
    const on = tenant();
    const created = await on.send('POST', '/_emulator/users', {
      userPrincipalName: 'Mika@lamplight.example',
    });
    expect(created.status).toBe(201);
    const token = await on.send('POST', '/_emulator/tokens', {
      user: 'mika@LAMPLIGHT.example',
      scopes: ['UserAuthenticationMethod.Read'],
    });
    const headers = { authorization: `Bearer ${token.body.accessToken}` };
    expect((await on.send('GET', MY_METHODS, undefined, headers)).body.value).toEqual([]);
    expect((await on.send('GET', DEVICES, undefined, headers)).status).toBe(403);
    expect((await on.send('GET', '/_emulator/users', undefined, headers)).status).toBe(403);
  });

  test('an application token acts for nobody', async () => {
    const on = tenant();
    const { body } = await on.send('POST', '/_emulator/tokens', {
      application: 'Provisioning',
      roles: ['UserAuthenticationMethod.Read.All'],
    });
    const headers = { authorization: `Bearer ${body.accessToken}` };
    const path = `/beta/users/${IVO.id}/authentication/hardwareOathMethods`;
    expect((await on.send('GET', path, undefined, headers)).body.value).toHaveLength(1);
    expect((await on.send('GET', MY_METHODS, undefined, headers)).status).toBe(400);
  });

  test('the text of a token is in the answer that made it and nowhere else', async () => {
    const on = tenant();
    const { body } = await on.send('POST', '/_emulator/tokens', { application: 'A', roles: [] });
    const rest = [
      await on.send('GET', '/_emulator/tokens'),
      await on.send('GET', '/_emulator/log'),
    ].map(({ text }) => text);
    expect(body.accessToken).toHaveLength(43);
    expect(rest.join()).not.toContain(body.accessToken);
  });

  test.each([
    ['/_emulator/users', { userPrincipalName: NOOR.userPrincipalName.toUpperCase() }, 409],
    ['/_emulator/users', { userPrincipalName: 'new@x.example', id: NOOR.id.toUpperCase() }, 409],
    ['/_emulator/users', { userPrincipalName: 'no-domain' }, 400],
    ['/_emulator/tokens', { user: 'nobody@lamplight.example', scopes: [] }, 404],
    ['/_emulator/tokens', { user: NOOR.id, roles: [] }, 400],
    ['/_emulator/tokens', { application: 'A', scopes: [] }, 400],
    ['/_emulator/tokens', {}, 400],
  ])('%s refuses %o with %i', async (path, body, status) => {
    expect((await tenant().send('POST', path, body)).status).toBe(status);
  });
});

describe('the sign-in check', () => {
  const signIn = (on: ReturnType<typeof tenant>, body: unknown) =>
    on.send('POST', '/_emulator/sign-in', body);
  const code = codeOf(NOORS, startSeconds + 30);

  test('accepts a user’s code from whichever of their tokens has it, and says which', async () => {
    const on = tenant();
    await on.send('PATCH', POLICY, { state: 'enabled' });
    const body = { serialNumber: FREE.serialNumber, verificationCode: codeOf(FREE, startSeconds) };
    await on.send('POST', `${MY_METHODS}/assignAndActivateBySerialNumber`, body);
    await on.send('POST', `${MY_METHODS}/${NOORS.id}/activate`, activateNoors);
    expect((await signIn(on, { user: NOOR.userPrincipalName, code })).body).toEqual({
      accepted: true,
      user: { id: NOOR.id, userPrincipalName: NOOR.userPrincipalName },
      serialNumber: NOORS.serialNumber,
      step: Math.floor(startSeconds / 30) + 1,
      driftSteps: 1,
    });
  });

  test('takes a code that says its step in that step only', async () => {
    const on = tenant();
    await on.send('PATCH', POLICY, { state: 'enabled' });
    await on.send('POST', `${MY_METHODS}/${NOORS.id}/activate`, activateNoors);
    const { driftSteps } = on.stateOf(NOORS.serialNumber);
    const now = Math.floor(startSeconds / 30) + driftSteps;
    const { serialNumber } = NOORS;
    const tried = async (step: number) => {
      const body = { serialNumber, code: codeOf(NOORS, step * 30), step };
      return (await signIn(on, body)).body;
    };
    for (const step of [0, now - 1, now + 1, now + 1e9]) {
      expect(await tried(step)).toMatchObject({ accepted: false, reason: 'otherStep' });
    }
    expect(on.stateOf(serialNumber).wrongCodeCount).toBe(0);
    on.app.clock.advance(30_000);
    expect(await tried(now)).toMatchObject({ accepted: false, reason: 'otherStep' });
    const older = { serialNumber, code: codeOf(NOORS, now * 30), step: now + 1 };
    expect((await signIn(on, older)).body.accepted).toBe(false);
    expect(await tried(now + 1)).toMatchObject({ accepted: true, step: now + 1, driftSteps });
    expect(await tried(now + 1)).toMatchObject({ reason: 'codeAlreadyUsed' });
  });

  test('takes a code without its step for two steps more, and not at all where it is told so', async () => {
    const on = tenant();
    await on.send('PATCH', POLICY, { state: 'enabled' });
    await on.send('POST', `${MY_METHODS}/${NOORS.id}/activate`, activateNoors);
    const { serialNumber } = NOORS;
    const { driftSteps } = on.stateOf(serialNumber);
    const now = Math.floor(startSeconds / 30) + driftSteps + 1;
    on.app.clock.advance(30_000);
    const photograph = { serialNumber, code: codeOf(NOORS, now * 30), step: now };
    const { step: _, ...typed } = photograph;
    on.app.clock.advance(60_000);
    expect((await signIn(on, photograph)).body).toMatchObject({ reason: 'otherStep' });
    await on.send('PATCH', '/_emulator/settings', { signInNeedsStep: true });
    for (const body of [typed, { user: NOOR.id, code: typed.code }]) {
      expect((await signIn(on, body)).body).toEqual({
        accepted: false,
        reason: 'stepMissing',
        message: 'The code has to come with its time step, as a live QR code says it.',
      });
    }
    expect((await signIn(on, { serialNumber, code: '1' })).body.reason).toBe('malformedCode');
    expect(on.stateOf(serialNumber).wrongCodeCount).toBe(0);
    const lie = { ...typed, step: now + 2 };
    expect((await signIn(on, lie)).body).toMatchObject({ reason: 'wrongCode' });
    const present = { serialNumber, code: codeOf(NOORS, (now + 2) * 30), step: now + 2 };
    expect((await signIn(on, present)).body).toMatchObject({ accepted: true, step: now + 2 });
    const { body: settings } = await on.send('GET', '/_emulator/settings');
    expect(settings.signInNeedsStep).toBe(true);
  });

  test('lets the photograph in as a typed code where it is not told so', async () => {
    const on = tenant();
    await on.send('PATCH', POLICY, { state: 'enabled' });
    await on.send('POST', `${MY_METHODS}/${NOORS.id}/activate`, activateNoors);
    const { serialNumber } = NOORS;
    const step = Math.floor(startSeconds / 30) + on.stateOf(serialNumber).driftSteps + 1;
    const typed = { serialNumber, code: codeOf(NOORS, step * 30) };
    on.app.clock.advance(90_000);
    expect((await signIn(on, typed)).body).toMatchObject({ accepted: true, step });
  });

  test.each([
    [{ user: NOOR.userPrincipalName, step: 1 }, 'Give step with serialNumber only'],
    [{ serialNumber: NOORS.serialNumber, step: -1 }, 'must be 0 or more'],
    [{ serialNumber: NOORS.serialNumber, step: 1.5 }, 'must be a whole number'],
    [{ serialNumber: NOORS.serialNumber, step: '1' }, 'must be a whole number'],
  ])('refuses %j as malformed', async (body, message) => {
    const { status, text } = await signIn(tenant(), { ...body, code });
    expect(status).toBe(400);
    expect(text).toContain(message);
  });

  test('says precisely why not', async () => {
    const on = tenant();
    const reason = async (body: unknown) => (await signIn(on, body)).body.reason;
    expect(await reason({ user: 'nobody', code })).toBe('unknownUser');
    expect(await reason({ serialNumber: 'NOPE', code })).toBe('unknownSerialNumber');
    expect(await reason({ serialNumber: FREE.serialNumber, code })).toBe('notAssigned');
    expect(await reason({ serialNumber: NOORS.serialNumber, code })).toBe('methodDisabled');
    await on.send('PATCH', POLICY, { state: 'enabled' });
    expect(await reason({ serialNumber: NOORS.serialNumber, code })).toBe('notActivated');
    await on.send('POST', `${MY_METHODS}/${NOORS.id}/activate`, activateNoors);
    expect(await reason({ serialNumber: NOORS.serialNumber, code: 123456 })).toBe('malformedCode');
    const used = activateNoors.verificationCode;
    expect(await reason({ serialNumber: NOORS.serialNumber, code: used })).toBe('codeAlreadyUsed');
    const far = codeOf(NOORS, startSeconds + 3 * 30);
    expect(await reason({ serialNumber: NOORS.serialNumber, code: far })).toBe('wrongCode');
    expect((await signIn(on, { serialNumber: NOORS.serialNumber, code })).body.accepted).toBe(true);
    expect((await signIn(on, { code })).status).toBe(400);
  });

  test.each([
    [{ excludeTargets: [{ id: NOOR.id, targetType: 'user' }] }, 'methodDisabled'],
    [{ includeTargets: [{ id: 'some-group', targetType: 'group' }] }, 'methodDisabled'],
    [{ includeTargets: [{ id: NOOR.id, targetType: 'user' }] }, undefined],
  ])('follows the targets of the policy: %o', async (targets, reason) => {
    const on = tenant();
    await on.send('POST', `${MY_METHODS}/${NOORS.id}/activate`, activateNoors);
    expect((await on.send('PATCH', POLICY, { state: 'enabled', ...targets })).status).toBe(204);
    expect((await signIn(on, { user: NOOR.id, code })).body.reason).toBe(reason);
  });
});

describe('the clock', () => {
  test('can be fixed, moved and set free again', async () => {
    const on = tenant();
    const fixed = await on.send('PUT', '/_emulator/clock', {
      mode: 'fixed',
      time: '2026-03-02T10:30:10+01:00',
    });
    expect(fixed.body).toEqual({ mode: 'fixed', time: '2026-03-02T09:30:10.000Z' });
    await on.send('POST', '/_emulator/clock/advance', { seconds: 90.5 });
    expect((await on.send('GET', '/_emulator/clock')).body.time).toBe('2026-03-02T09:31:40.500Z');
    await on.send('PUT', '/_emulator/clock', { mode: 'real' });
    await on.send('POST', '/_emulator/clock/advance', { seconds: -10 });
    on.machine.milliseconds += 4_000;
    expect((await on.send('GET', '/_emulator/clock')).body).toEqual({
      mode: 'real',
      time: '2026-03-02T09:30:04.000Z',
    });
  });

  test.each([{ mode: 'slow' }, { mode: 'fixed', time: 'tomorrow' }, { mode: 'real', time: 1 }, {}])(
    'refuses %o',
    async (body) => {
      const reply = await tenant().send('PUT', '/_emulator/clock', body);
      expect([reply.status, reply.body.error.code]).toEqual([400, 'badRequest']);
    },
  );
});

describe('faults on demand', () => {
  test('a new assignment is not found until the delay is over', async () => {
    const on = tenant();
    await on.send('PATCH', '/_emulator/settings', { consistencyDelaySeconds: 3 });
    await on.send('POST', MY_METHODS, { device: { id: FREE.id } });
    const path = `${MY_METHODS}/${FREE.id}`;
    const body = { verificationCode: codeOf(FREE, startSeconds) };
    expect((await on.send('GET', path)).status).toBe(404);
    expect((await on.send('POST', `${path}/activate`, body)).status).toBe(404);
    expect((await on.send('GET', MY_METHODS)).body.value).toHaveLength(1);
    on.setClock(startSeconds + 3);
    expect((await on.send('GET', MY_METHODS)).body.value).toHaveLength(2);
    expect((await on.send('POST', `${path}/activate`, body)).status).toBe(204);
  });

  test('the request rate is per token, by the machine’s clock, and spares the control routes', async () => {
    const on = tenant();
    const throttle = { requests: 2, windowSeconds: 10 };
    await on.send('PATCH', '/_emulator/settings', { throttle });
    const statuses = [];
    for (let count = 0; count < 3; count++) statuses.push((await on.send('GET', DEVICES)).status);
    expect(statuses).toEqual([200, 200, 429]);
    const other = { authorization: `Bearer ${on.tokenFor(NOOR, ['Policy.Read.All'])}` };
    expect((await on.send('GET', DEVICES, undefined, other)).status).toBe(200);
    expect((await on.send('GET', '/_emulator/settings')).body.throttle).toEqual(throttle);
    on.machine.milliseconds += 7_500;
    expect((await on.send('GET', DEVICES)).headers.get('retry-after')).toBe('3');
    on.machine.milliseconds += 2_500;
    expect((await on.send('GET', DEVICES)).status).toBe(200);
    await on.send('PATCH', '/_emulator/settings', { throttle: null });
    for (let count = 0; count < 5; count++)
      expect((await on.send('GET', DEVICES)).status).toBe(200);
  });

  test('the attempt cap and its pause can be set', async () => {
    const on = tenant();
    await on.send('PATCH', '/_emulator/settings', { attemptCap: 1, attemptPauseSeconds: 5 });
    const path = `${MY_METHODS}/${NOORS.id}/activate`;
    const wrong = { verificationCode: codeOf(IVOS, startSeconds) };
    expect((await on.send('POST', path, wrong)).status).toBe(400);
    expect(on.stateOf(NOORS.serialNumber).status).toBe('failedActivation');
    expect((await on.send('POST', path, wrong)).headers.get('retry-after')).toBe('5');
  });
});

describe('the request log', () => {
  test('tells method, path, caller, status and refusal, and keeps secrets and codes out', async () => {
    const on = tenant();
    const secretKey = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';
    await on.send('POST', DEVICES, { serialNumber: 'X', secretKey, secret: secretKey });
    await on.send('POST', `${MY_METHODS}/${NOORS.id}/activate`, { verificationCode: '654321' });
    const { body, text } = await on.send('GET', '/_emulator/log?limit=2');
    expect(withoutIds(text)).not.toMatch(/JBSWY|654321/);
    expect(body.value).toMatchObject([
      {
        sequence: 1,
        time: '2026-03-02T09:30:10.000Z',
        method: 'POST',
        path: DEVICES,
        caller: NOOR.userPrincipalName,
        status: 400,
        refusal: 'bodyInvalid',
        body: { serialNumber: 'X', secretKey: '[redacted]', secret: '[redacted]' },
      },
      { sequence: 2, refusal: 'codeInvalid', body: { verificationCode: '[redacted]' } },
    ]);
  });

  test('is read on from any entry, and does not log its own reading', async () => {
    const on = tenant();
    for (let count = 0; count < 300; count++) await on.send('GET', `${DEVICES}?$top=1`);
    const first = (await on.send('GET', '/_emulator/log?after=250&limit=40')).body.value;
    expect(first.map((entry: { sequence: number }) => entry.sequence)).toEqual(
      Array.from({ length: 40 }, (_, index) => 251 + index),
    );
    expect((await on.send('GET', '/_emulator/log?after=300')).body.value).toEqual([]);
    expect((await on.send('GET', '/_emulator/log?limit=x')).status).toBe(400);
  });
});

test('reset leaves the caller, its token and nothing else', async () => {
  const on = tenant();
  await on.send('PATCH', POLICY, { state: 'enabled' });
  expect((await on.send('POST', '/_emulator/reset')).status).toBe(204);
  expect((await on.send('GET', '/_emulator/users')).body.value).toEqual([NOOR]);
  expect((await on.send('GET', DEVICES)).body.value).toEqual([]);
  expect((await on.send('GET', POLICY)).body.state).toBe('disabled');
  expect((await on.send('GET', '/_emulator/log')).body.value).not.toContainEqual(
    expect.objectContaining({ path: POLICY, method: 'PATCH' }),
  );
});

test('devices show their drift and attempts to the tester, never their secrets', async () => {
  const on = tenant();
  await on.send('POST', `${MY_METHODS}/${NOORS.id}/activate`, activateNoors);
  const { body, text } = await on.send('GET', '/_emulator/devices');
  expect(body.value[3]).toMatchObject({ driftSteps: 0, wrongCodeCount: 0, secretKey: null });
  expect(text).not.toContain(NOORS.secretKey);
});

test('health answers without a bearer token', async () => {
  const on = tenant();
  const anonymous = { authorization: '' };
  expect((await on.send('GET', '/livez', undefined, anonymous)).body).toEqual({ status: 'alive' });
  expect((await on.send('GET', '/readyz', undefined, anonymous)).body).toEqual({ status: 'ready' });
});
