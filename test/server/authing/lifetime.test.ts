import { decodeJwt } from 'jose';
import { beforeEach, describe, expect, test } from 'vitest';
import * as support from './support.ts';

const { act, bringTo, exchange, statusOf } = support;
const HOURS = 3_600_000;

let on: support.AuthingTenant;
beforeEach(async () => {
  on = await support.authingTenant();
  on.configure({ ticketExpiresIn: 86_400 });
  await bringTo(on, 'SCANNED');
});

const secondsNow = () => Math.floor(on.app.clock.now() / 1000);
const profile = (token: string) =>
  on.call('GET', '/api/v3/get-profile', null, { authorization: token });
const check = () => on.call('GET', `/api/v2/qrcode/check?random=${support.QR_ID}`);

describe('tokens of a ticket that was good for long', () => {
  test('live from the exchange on', async () => {
    await act(on, 'CONFIRM');
    const { ticket } = await statusOf(on);
    on.app.clock.advance(3 * HOURS);
    const { data } = (await exchange(on, ticket)).body;
    expect(data.expire_in).toBe(7_200);
    for (const token of [data.access_token, data.id_token]) {
      expect(decodeJwt(token)).toMatchObject({ iat: secondsNow(), exp: secondsNow() + 7_200 });
      expect((await profile(token)).body).toMatchObject({ statusCode: 200 });
    }
  });

  test('live from the exchange on, in v2 too', async () => {
    await act(on, 'CONFIRM');
    const { ticket } = await statusOf(on);
    on.app.clock.advance(3 * HOURS);
    const headers = support.APP_HEADER;
    const { body } = await on.call('POST', '/api/v2/qrcode/userinfo', { ticket }, headers);
    expect(Date.parse(body.data.tokenExpiredAt)).toBe((secondsNow() + 7_200) * 1000);
    expect((await profile(body.data.token)).body).toMatchObject({ statusCode: 200 });
  });
});

describe('tokens that polling delivers', () => {
  beforeEach(async () => {
    on.configure({ returnFullUserInfo: true });
    await act(on, 'CONFIRM');
    on.app.clock.advance(3 * HOURS);
  });

  test('live from the first poll on, and are the same at every later one', async () => {
    const first = await statusOf(on);
    expect(first.tokenSet.expire_in).toBe(7_200);
    on.app.clock.advance(2 * HOURS - 1_000);
    const last = await statusOf(on);
    expect(last.tokenSet).toEqual({ ...first.tokenSet, expire_in: 1 });
    expect((await profile(last.tokenSet.access_token)).body).toMatchObject({ statusCode: 200 });
    const { body } = await check();
    expect(body.data.userInfo.token).toBe(last.tokenSet.id_token);
  });

  test('are delivered for as long as they live: then the login is over', async () => {
    await check();
    on.app.clock.advance(2 * HOURS);
    expect(await statusOf(on)).toEqual({ status: 'EXPIRED' });
  });
});

test('a login that was cancelled while a second factor was missing says nothing of it', async () => {
  const data = { qrcodeId: support.QR_ID, status: 'MFA', data: { mfaToken: 'emu-mfa' } };
  await on.send('POST', '/_emulator/authing/interruptions', data);
  expect((await check()).body.data).toMatchObject({ status: 4, scannedResult: { code: 1636 } });
  await act(on, 'CANCEL');
  const { body } = await check();
  expect(body.data).toMatchObject({ status: 3, userInfo: { nickname: 'ada' } });
  expect(body.data).not.toHaveProperty('scannedResult');
});
