import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { QrMethod } from '../../../../sim/server/graph/qr-pin/records.ts';
import { StoreError } from '../../../../sim/server/store/errors.ts';
import { openLibsql } from '../../../../sim/server/store/libsql.ts';
import { DEFAULT_SETTINGS, type MethodPolicy } from '../../../../sim/server/store/records.ts';
import { IVO, NOOR, tenant as newTenant, type Tenant } from '../../support.ts';
import { PIN, STANDARD_TEXT, seedMethod, TEMPORARY, TEMPORARY_TEXT } from './seed.ts';

const WRONG = '60371948';
const METHOD = '/v1.0/me/authentication/qrCodePinMethod';
let tenant: Tenant;

function setPolicy(policy: Partial<MethodPolicy & { pinLength: number }>): void {
  const { qrCodePinPolicy } = DEFAULT_SETTINGS;
  const enabled = { ...qrCodePinPolicy, state: 'enabled' as const, ...policy };
  tenant.app.state.saveSettings({ qrCodePinPolicy: enabled });
}

beforeEach(async () => {
  tenant = newTenant();
  setPolicy({});
  tenant.setClock('2026-03-05T08:00:00Z');
  await seedMethod(tenant);
});

/** As the page sends it: without a bearer token. */
async function signIn(pin: unknown, more: object = {}) {
  const body = { qrCode: STANDARD_TEXT, pin, ...more };
  const reply = await tenant.send('POST', '/sign-in/qr', body, { authorization: '' });
  return reply.body;
}

async function wrongPins(count: number): Promise<void> {
  for (let tried = 0; tried < count; tried++) {
    expect(await signIn(WRONG)).toMatchObject({ reason: 'incorrectPin' });
  }
}

describe('a code and its PIN', () => {
  test('sign in the person they belong to, as often as they like', async () => {
    for (const _ of [1, 2]) {
      expect(await signIn(PIN)).toEqual({
        accepted: true,
        user: {
          id: NOOR.id,
          userPrincipalName: NOOR.userPrincipalName,
          displayName: NOOR.displayName,
        },
        qrCode: 'standardQRCode',
      });
    }
    const { body } = await tenant.send('GET', METHOD.replace('v1.0', 'beta'));
    expect(body.lastUsedDateTime).toBe('2026-03-05T08:00:00Z');
    expect(body.standardQRCode.lastUsedDateTime).toBe('2026-03-05T08:00:00Z');
  });

  test('fit together whichever of the two codes it is', async () => {
    await seedMethod(tenant, { temporaryQRCode: TEMPORARY });
    expect(await signIn(PIN, { qrCode: TEMPORARY_TEXT })).toMatchObject({
      accepted: true,
      qrCode: 'temporaryQRCode',
    });
  });

  test.each([
    ['another secret', STANDARD_TEXT.replaceAll('4c', '4d')],
    ['another id', STANDARD_TEXT.replace('e0b5', 'e0b6')],
    ['somebody without a method', STANDARD_TEXT.replace('noor.ansel', 'ivo.tarrant')],
    ['nobody', STANDARD_TEXT.replace('noor.ansel', 'nobody')],
    ['a text of another kind', 'https://lamplight.example/'],
    ['an empty text', ''],
  ])('are nothing with %s, and cost no attempt', async (_, qrCode) => {
    tenant.app.state.saveSettings({ pinAttemptCap: 1 });
    expect(await signIn(WRONG, { qrCode })).toEqual({
      accepted: false,
      reason: 'incorrectQrCode',
      message: 'Incorrect QR code.',
    });
    expect(await signIn(PIN)).toMatchObject({ accepted: true });
  });
});

describe('a code', () => {
  test('is good from its first second to the one before its last', async () => {
    await seedMethod(tenant, { temporaryQRCode: TEMPORARY });
    const outcomes: unknown[] = [];
    for (const time of ['05:59:59', '06:00:00', '15:59:59', '16:00:00']) {
      tenant.setClock(`2026-03-05T${time}Z`);
      const { accepted, reason } = await signIn(PIN, { qrCode: TEMPORARY_TEXT });
      outcomes.push(reason ?? accepted);
    }
    expect(outcomes).toEqual(['qrCodeNotStarted', true, true, 'qrCodeExpired']);
  });

  test('that was seen to expire stays expired when the clock is set back', async () => {
    await seedMethod(tenant, { temporaryQRCode: TEMPORARY });
    tenant.setClock('2026-03-05T16:00:00Z');
    tenant.setClock('2026-03-05T15:59:59Z');
    expect(await signIn(PIN, { qrCode: TEMPORARY_TEXT })).toMatchObject({ accepted: true });
    tenant.setClock('2026-03-05T16:00:00Z');
    for (const time of ['16:00:00', '15:59:59', '08:00:00']) {
      tenant.setClock(`2026-03-05T${time}Z`);
      const { reason } = await signIn(PIN, { qrCode: TEMPORARY_TEXT });
      expect(reason).toBe('qrCodeExpired');
    }
    expect(await signIn(PIN)).toMatchObject({ accepted: true });
    // Nor is it in the way of another one.
    const body = { expireDateTime: '2026-03-05T16:00:00Z' };
    const made = await tenant.send('PATCH', `${METHOD}/temporaryQRCode`, body);
    expect(made.status).toBe(201);
    const qrCode = atob(made.body.image.rawContent);
    expect(await signIn(PIN, { qrCode })).toMatchObject({ accepted: true });
  });

  test('that was deleted is incorrect, while the other one goes on', async () => {
    await seedMethod(tenant, { temporaryQRCode: TEMPORARY });
    await tenant.send('DELETE', `${METHOD}/standardQRCode`);
    expect(await signIn(PIN)).toMatchObject({ reason: 'incorrectQrCode' });
    expect(await signIn(PIN, { qrCode: TEMPORARY_TEXT })).toMatchObject({ accepted: true });
  });

  test('goes with its method', async () => {
    await tenant.send('DELETE', METHOD);
    expect(await signIn(PIN)).toMatchObject({ reason: 'incorrectQrCode' });
  });
});

describe('the policy', () => {
  test('lets nobody in while it is off, and costs no attempt', async () => {
    tenant.app.state.saveSettings({ pinAttemptCap: 1 });
    setPolicy({ state: 'disabled' });
    expect(await signIn(WRONG)).toMatchObject({ reason: 'methodDisabled' });
    setPolicy({});
    expect(await signIn(PIN)).toMatchObject({ accepted: true });
  });

  test('lets in whom it includes', async () => {
    setPolicy({ includeTargets: [{ id: IVO.id, targetType: 'user' }] });
    expect(await signIn(PIN)).toMatchObject({ reason: 'methodDisabled' });
  });

  test('asks for a longer PIN at the next sign-in once its least length is raised', async () => {
    setPolicy({ pinLength: 10 });
    expect(await signIn(PIN)).toMatchObject({ reason: 'pinChangeRequired', pinLength: 10 });
    expect(await signIn(PIN, { newPin: '509283711' })).toMatchObject({ reason: 'newPinInvalid' });
    expect(await signIn(PIN, { newPin: '5092837116' })).toMatchObject({ accepted: true });
    expect(await signIn('5092837116')).toMatchObject({ accepted: true });
  });
});

describe('a PIN that somebody else chose', () => {
  async function reset(): Promise<string> {
    const { status, body } = await tenant.send('PATCH', `${METHOD}/pin`);
    expect(status).toBe(201);
    return body.code;
  }

  test('signs nobody in until its owner has chosen another one', async () => {
    const given = await reset();
    expect(await signIn(PIN)).toMatchObject({ reason: 'incorrectPin' });
    expect(await signIn(given)).toMatchObject({ reason: 'pinChangeRequired', pinLength: 8 });
    expect(await signIn(given, { newPin: given })).toMatchObject({ reason: 'newPinUnchanged' });
    expect(await signIn(given, { newPin: '12121212' })).toMatchObject({ reason: 'newPinInvalid' });
    expect(await signIn(given, { newPin: '50928371' })).toMatchObject({ accepted: true });
    expect(await signIn(given)).toMatchObject({ reason: 'incorrectPin' });
    expect(await signIn('50928371')).toMatchObject({ accepted: true });
  });

  test('is changed by one of two devices that change it at once', async () => {
    const given = await reset();
    const both = await Promise.all([
      signIn(given, { newPin: '50928371' }),
      signIn(given, { newPin: '81640295' }),
    ]);
    const chosen = ['50928371', '81640295'].filter((_, index) => both[index].accepted);
    expect(chosen).toHaveLength(1);
    expect(both.find(({ accepted }) => !accepted).reason).toBe('incorrectPin');
    expect(await signIn(chosen[0])).toMatchObject({ accepted: true });
  });

  /** Lets the slow hashes of two requests end in the same moment, the later one's first. */
  async function atOnce<First>(first: () => Promise<First>, hashesBefore = 0) {
    const derive = crypto.subtle.deriveBits.bind(crypto.subtle);
    const held: (() => void)[] = [];
    let count = 0;
    const spy = vi.spyOn(crypto.subtle, 'deriveBits').mockImplementation(async (...parameters) => {
      const bits = await derive(...parameters);
      if (count++ >= hashesBefore) await new Promise<void>((release) => held.push(release));
      return bits;
    });
    const answer = first();
    await expect.poll(() => held).toHaveLength(1);
    const given = reset();
    await expect.poll(() => held).toHaveLength(2);
    for (const release of held.reverse()) release();
    const answered = await answer;
    spy.mockRestore();
    return { answer: answered, given: await given };
  }

  test('is not lost to a sign-in with the old one that ends in the same moment', async () => {
    const { answer, given } = await atOnce(() => signIn(PIN));
    expect(answer).toMatchObject({ accepted: false, reason: 'incorrectPin' });
    expect(await signIn(PIN)).toMatchObject({ reason: 'incorrectPin' });
    expect(await signIn(given)).toMatchObject({ reason: 'pinChangeRequired' });
  });

  test('is not lost to a change of the old one that ends in the same moment', async () => {
    const change = { currentPin: PIN, newPin: '50928371' };
    const { answer, given } = await atOnce(
      () => tenant.send('POST', `${METHOD}/updatePin`, change),
      1,
    );
    expect(answer.status).toBe(400);
    expect(await signIn('50928371')).toMatchObject({ reason: 'incorrectPin' });
    expect(await signIn(given)).toMatchObject({ reason: 'pinChangeRequired' });
  });

  test('can be changed without signing in', async () => {
    const given = await reset();
    const change = { currentPin: given, newPin: '50928371' };
    const { status } = await tenant.send('PATCH', `${METHOD}/updatePin`, change);
    expect(status).toBe(204);
    expect(await signIn('50928371')).toMatchObject({ accepted: true });
  });
});

describe('wrong PINs', () => {
  test('lock the method at the tenth, for a minute, then for two, then for four', async () => {
    await wrongPins(10);
    for (const seconds of [60, 120, 240]) {
      const locked = { accepted: false, reason: 'locked', retryAfterSeconds: seconds };
      expect(await signIn(PIN)).toMatchObject(locked);
      tenant.app.clock.advance((seconds - 1) * 1000);
      expect(await signIn(PIN)).toMatchObject({ reason: 'locked', retryAfterSeconds: 1 });
      tenant.app.clock.advance(1000);
      if (seconds < 240) await wrongPins(1);
    }
    expect(await signIn(PIN)).toMatchObject({ accepted: true });
    await wrongPins(9);
    expect(await signIn(PIN)).toMatchObject({ accepted: true });
  });

  test('count wherever they are given: the page and the change share ten', async () => {
    const change = () =>
      tenant.send('POST', `${METHOD}/pin/updatePin`, { currentPin: WRONG, newPin: '50928371' });
    await wrongPins(5);
    for (let tried = 0; tried < 5; tried++) expect((await change()).status).toBe(400);
    const paused = await change();
    expect(paused.status).toBe(429);
    expect(paused.headers.get('retry-after')).toBe('60');
    expect(await signIn(PIN)).toMatchObject({ reason: 'locked' });
  });

  test('sent all at once are ten at most', async () => {
    const verdicts = await Promise.all(Array.from({ length: 25 }, () => signIn(WRONG)));
    expect(verdicts.filter(({ reason }) => reason === 'incorrectPin')).toHaveLength(10);
    expect(verdicts.filter(({ reason }) => reason === 'locked')).toHaveLength(15);
  });

  test('are counted on disk before they are compared', async () => {
    const persistence = openLibsql(':memory:');
    tenant = newTenant([], persistence);
    setPolicy({});
    tenant.setClock('2026-03-05T08:00:00Z');
    await seedMethod(tenant);
    const derive = crypto.subtle.deriveBits.bind(crypto.subtle);
    const counts: number[] = [];
    const spy = vi.spyOn(crypto.subtle, 'deriveBits').mockImplementation((...parameters) => {
      const [method] = persistence.load().items.qrCodePinMethod as QrMethod[];
      counts.push(method!.pin.attemptCount);
      return derive(...parameters);
    });
    await wrongPins(2);
    expect(await signIn(PIN)).toMatchObject({ accepted: true });
    spy.mockRestore();
    expect(counts).toEqual([1, 2, 3]);
    const [method] = persistence.load().items.qrCodePinMethod as QrMethod[];
    expect(method!.pin.attemptCount).toBe(0);
  });

  test('are not even compared when they cannot be counted', async () => {
    const persistence = openLibsql(':memory:');
    tenant = newTenant([], persistence);
    setPolicy({});
    tenant.setClock('2026-03-05T08:00:00Z');
    await seedMethod(tenant);
    tenant.app.state.commitNow();
    const commit = vi.spyOn(persistence, 'commit').mockImplementation(() => {
      throw new StoreError('DATABASE_FAILED', 'server.db');
    });
    const derive = vi.spyOn(crypto.subtle, 'deriveBits');
    const body = { qrCode: STANDARD_TEXT, pin: PIN };
    const reply = await tenant.send('POST', '/sign-in/qr', body, { authorization: '' });
    expect(reply.status).toBe(503);
    expect(derive).not.toHaveBeenCalled();
    derive.mockRestore();
    commit.mockRestore();
    expect(await signIn(PIN)).toMatchObject({ accepted: true });
  });

  test('cost nothing when they cannot be PINs', async () => {
    tenant.app.state.saveSettings({ pinAttemptCap: 1 });
    for (const pin of ['', '1234567', '7391026x', '٧٣٩١٠٢٦٤', '7'.repeat(21)]) {
      expect(await signIn(pin)).toMatchObject({ reason: 'malformedPin' });
    }
    expect(await signIn(PIN)).toMatchObject({ accepted: true });
  });

  test('are forgotten when an administrator makes a new PIN', async () => {
    await wrongPins(10);
    const { body } = await tenant.send('PATCH', `${METHOD}/pin`);
    expect(await signIn(body.code)).toMatchObject({ reason: 'pinChangeRequired' });
  });

  test('are as many as the settings say', async () => {
    const settings = { pinAttemptCap: 2, pinLockoutSeconds: 30 };
    const { body } = await tenant.send('PATCH', '/_emulator/settings', settings);
    expect(body).toMatchObject(settings);
    await wrongPins(2);
    expect(await signIn(PIN)).toMatchObject({ reason: 'locked', retryAfterSeconds: 30 });
  });
});

describe('a request that is none', () => {
  test.each([
    ['no JSON', '{'],
    ['a list', []],
    ['no code', { pin: PIN }],
    ['a number for a PIN', { qrCode: STANDARD_TEXT, pin: 73910264 }],
    ['a code of a megabyte', { qrCode: 'x'.repeat(1_000_000), pin: PIN }],
    ['a property too many', { qrCode: STANDARD_TEXT, pin: PIN, user: NOOR.id }],
  ])('is 400 and says why: %s', async (_, body) => {
    const reply = await tenant.send('POST', '/sign-in/qr', body, { authorization: '' });
    expect(reply.status).toBe(400);
    expect(reply.body.error.message).not.toContain(PIN);
  });

  test('is refused from a form of another site, which cannot send JSON', async () => {
    const headers = { authorization: '', 'content-type': 'text/plain' };
    const body = JSON.stringify({ qrCode: STANDARD_TEXT, pin: PIN });
    expect((await tenant.send('POST', '/sign-in/qr', body, headers)).status).toBe(400);
  });
});

test('neither the log nor the database holds a PIN or the secret of a code', async () => {
  await signIn(PIN, { newPin: '50928371' });
  await signIn([PIN]);
  await tenant.send('PUT', METHOD, { pin: { code: PIN } });
  await tenant.send('PATCH', `${METHOD}/updatePin`, { currentPin: PIN, newPin: ['50928371'] });
  const { text } = await tenant.send('GET', '/_emulator/log');
  expect(text).toContain('/sign-in/qr');
  const kept =
    text + JSON.stringify(tenant.app.state.collection('qrCodePinMethod').filter(() => true));
  for (const secret of [PIN, '50928371', '4c4c4c4c']) expect(kept).not.toContain(secret);
});
