import { describe, expect, test } from 'vitest';
import { createApp } from '../../../../sim/server/app.ts';
import { openLibsql } from '../../../../sim/server/store/libsql.ts';
import { NOOR, tenant as newTenant, START, tenant } from '../../support.ts';
import { PIN, STANDARD, seedMethod } from './seed.ts';

/** What clients send that is nearly nothing, or exactly what they were sent. */

const ME = '/v1.0/me/authentication/qrCodePinMethod';
const HALF_PAST = Date.parse(START) / 1000 + 0.5;

describe('a current PIN that cannot be one', () => {
  test.each(['abc', '', '1234567', '123456789012345678901', '7391026４'])(
    '%j costs no attempt and locks nobody out',
    async (currentPin) => {
      const on = tenant();
      await seedMethod(on);
      await on.send('PATCH', '/_emulator/settings', { pinAttemptCap: 2 });
      const change = (current: string) =>
        on.send('POST', `${ME}/updatePin`, { currentPin: current, newPin: '50928371' });
      for (let sent = 0; sent < 4; sent++) {
        const { status, body } = await change(currentPin);
        expect([status, body.error.message]).toEqual([400, 'The current PIN is not correct.']);
      }
      expect((await change(PIN)).status).toBe(204);
    },
  );
});

describe('a time that was read', () => {
  test('can be sent back, whatever the fraction of a second it was made at', async () => {
    const on = tenant();
    on.setClock(HALF_PAST);
    const { body } = await on.send('PUT', ME);
    const { startDateTime } = body.standardQRCode;
    const move = { startDateTime, expireDateTime: '2026-08-01T00:00:00Z' };
    expect((await on.send('PATCH', `${ME}/standardQRCode`, move)).status).toBe(200);
  });

  test('can be sent back though an earlier version kept it with its fraction', async () => {
    const on = tenant();
    const startAt = STANDARD.startAt + 123;
    await seedMethod(on, { standardQRCode: { ...STANDARD, startAt } });
    const move = { startDateTime: '2026-03-02T10:00:00Z', expireDateTime: '2026-08-01T00:00:00Z' };
    expect((await on.send('PATCH', `${ME}/standardQRCode`, move)).status).toBe(200);
  });

  test('and an hour make the shortest temporary code', async () => {
    const on = tenant();
    await seedMethod(on);
    on.setClock(HALF_PAST);
    const wanted = { expireDateTime: '2026-03-02T10:30:10Z' };
    const { status, body } = await on.send('PATCH', `${ME}/temporaryQRCode`, wanted);
    expect([status, body.startDateTime]).toEqual([201, START]);
  });
});

describe('what is optional', () => {
  test('may all be left out, the body with it', async () => {
    const on = tenant();
    const { status, body } = await on.send('PUT', ME);
    expect([status, body.standardQRCode.startDateTime]).toEqual([201, START]);
    await on.send('DELETE', `${ME}/standardQRCode`);
    expect((await on.send('PATCH', `${ME}/standardQRCode`)).status).toBe(201);
    const moved = await on.send('PATCH', `${ME}/standardQRCode`);
    expect([moved.status, moved.body.error.message]).toEqual([400, 'expireDateTime: is required.']);
  });

  test('may be null', async () => {
    const on = tenant();
    const dates = { startDateTime: null, expireDateTime: null };
    const { status, body } = await on.send('PUT', ME, { standardQRCode: dates, pin: null });
    expect([status, body.standardQRCode.expireDateTime]).toEqual([201, '2027-03-02T09:30:10Z']);
    const moved = { startDateTime: null, expireDateTime: '2026-08-01T00:00:00Z' };
    expect((await on.send('PATCH', `${ME}/standardQRCode`, moved)).status).toBe(200);
    const temporary = { startDateTime: null, expireDateTime: '2026-03-02T17:00:00Z' };
    expect((await on.send('PATCH', `${ME}/temporaryQRCode`, temporary)).status).toBe(201);
  });
});

test('the address of what was made begins where callers see the server', async () => {
  const persistence = openLibsql(':memory:');
  const { token, app: before } = newTenant([], persistence);
  before.state.commitNow();
  const app = createApp({ persistence, basePath: '/some/folder', pinIterations: 1_000 });
  const authorization = `Bearer ${token}`;
  const put = new Request(`http://localhost${ME}`, { method: 'PUT', headers: { authorization } });
  expect((await app.fetch(put)).headers.get('location')).toBe(
    `/some/folder/v1.0/users/${NOOR.id}/authentication/qrCodePinMethod`,
  );
});
