import { beforeEach, expect, test } from 'vitest';
import * as support from './support.ts';

const { act, bringTo, exchange, generate, statusOf } = support;

let on: support.AuthingTenant;
beforeEach(async () => {
  on = await support.authingTenant();
  await bringTo(on, 'PENDING');
});

test('the last moment of a code is still its own, the next is not', async () => {
  on.app.clock.advance(119_999);
  expect((await act(on, 'SCAN')).body.statusCode).toBe(200);
  on.app.clock.advance(1);
  expect((await act(on, 'CONFIRM')).body).toMatchObject({ message: 'QR code has expired' });
  expect(await statusOf(on)).toEqual({ status: 'EXPIRED' });
});

test('a scan does not lengthen a code, a confirmation gives its ticket a time of its own', async () => {
  on.app.clock.advance(100_000);
  for (const action of ['SCAN', 'CONFIRM']) await act(on, action);
  on.app.clock.advance(299_999);
  const { ticket } = await statusOf(on);
  expect(ticket).toHaveLength(32);
  on.app.clock.advance(1);
  expect((await exchange(on, ticket)).body).toMatchObject({ statusCode: 422 });
  expect(await statusOf(on)).toEqual({ status: 'EXPIRED' });
});

test('what was seen to expire stays expired when the clock is set back', async () => {
  for (const action of ['SCAN', 'CONFIRM']) await act(on, action);
  const { ticket } = await statusOf(on);
  const unseen = await generate(on);
  on.app.clock.advance(300_000);
  await statusOf(on);
  on.app.clock.advance(-300_000);
  expect(await statusOf(on)).toEqual({ status: 'EXPIRED' });
  expect((await exchange(on, ticket)).body).toMatchObject({ statusCode: 422 });
  expect(await statusOf(on, unseen)).toEqual({ status: 'PENDING' });
});

test('the pool’s own lifetimes hold for codes made from then on', async () => {
  const settings = { userPoolId: support.POOL_ID, qrcodeExpiresIn: 5, ticketExpiresIn: 7 };
  const changed = await on.send('PATCH', '/_emulator/authing/settings', settings);
  expect(changed.body).toMatchObject({ qrcodeExpiresIn: 5, ticketExpiresIn: 7 });
  const short = await generate(on);
  on.app.clock.advance(5_000);
  expect((await statusOf(on, short)).status).toBe('EXPIRED');
  expect((await statusOf(on)).status).toBe('PENDING');
});

test('a code is known for a day, and the oldest make room beyond ten thousand', async () => {
  on.app.clock.advance(86_400_000);
  const next = await generate(on);
  expect(on.qrCode()).toBeUndefined();
  const application = on.authing.applications.get(support.APPLICATION.id)!;
  const input = { scene: 'APP_AUTH', customData: null } as const;
  for (let made = 0; made < 10_000; made++) {
    on.authing.addQrCode(application, input, on.app.clock.now());
  }
  expect(on.authing.qrCodes.size).toBe(10_000);
  const path = `/api/v3/get-qrcode-status?qrcodeId=${next}`;
  expect((await on.call('GET', path)).body).toMatchObject({ statusCode: 404 });
});
