import { AuthenticationClient } from 'authing-js-sdk';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningServer, startServer } from '../../../sim/server/index.ts';
import { type Console, openConsole } from '../authing/console.ts';

let server: RunningServer;
let desk: Console;

beforeAll(async () => {
  server = await startServer({ port: 0 });
  desk = await openConsole(server);
});
afterAll(() => server.close());

/** The SDK's way of saying no: its `onError`, besides the exception. */
const errors: unknown[][] = [];
const page = () =>
  new AuthenticationClient({
    appId: desk.application.id,
    appHost: server.url,
    onError: (...given: unknown[]) => errors.push(given),
  }).qrcode;

/** The user's phone, which speaks the same generation of the API. */
async function act(verb: 'scanned' | 'confirm' | 'cancel', random: string): Promise<unknown> {
  const response = await fetch(`${server.url}/api/v2/qrcode/${verb}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${await desk.loginOf('helga@lamp.example')}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ random }),
  });
  return response.json();
}

test('authing-js-sdk: generate, check, scan, confirm, exchange, verify', async () => {
  const qrcode = page();
  const made = await qrcode.geneCode({ customData: { desk: '7' } });
  expect(made).toMatchObject({ expiresIn: 120, url: `${server.url}/qr/${made.random}.png` });
  expect(await qrcode.checkStatus(made.random)).toMatchObject({ status: 0, userInfo: {} });
  expect(await act('scanned', made.random)).toMatchObject({ data: { status: 0 } });
  expect(await qrcode.checkStatus(made.random)).toMatchObject({
    status: 1,
    userInfo: { nickname: 'helga' },
  });
  expect(await act('confirm', made.random)).toMatchObject({ data: { status: 1 } });
  const { status, ticket } = (await qrcode.checkStatus(made.random)) as never as {
    status: number;
    ticket: string;
  };
  expect(status).toBe(2);

  const user = await qrcode.exchangeUserInfo(ticket);
  expect(user).toMatchObject({ username: 'helga', loginsCount: 1, blocked: false });
  // The SDK declares `lastIP`, the vendor's answers say `lastIp`.
  expect(user).toHaveProperty('lastIp', expect.stringMatching(/127\.0\.0\.1$/));
  const keys = createRemoteJWKSet(new URL(`${server.url}/oidc/.well-known/jwks.json`));
  const { payload } = await jwtVerify(user.token!, keys, { audience: desk.application.id });
  expect(payload).toMatchObject({ sub: user.id, name: 'Helga' });
  expect(new Date(user.tokenExpiredAt!).getTime()).toBe(payload.exp! * 1000);

  await expect(qrcode.exchangeUserInfo(ticket)).rejects.toThrow(/ticket is not valid/);
  expect(errors.at(-1)).toEqual([500, 'ticket is not valid', undefined]);
  await expect(qrcode.checkStatus('nope')).rejects.toThrow(/2241/);
});

/** Polls as the SDK does until something ends it; each look leads to the next act of the phone. */
function pollThrough(acts: ('scanned' | 'confirm' | 'cancel')[]): Promise<unknown[]> {
  const qrcode = page();
  return new Promise((resolve) => {
    const seen: unknown[] = [];
    const ended = (...what: unknown[]) => resolve([...seen, ...what]);
    qrcode.geneCode().then(({ random }) =>
      qrcode.startPolling(random, {
        interval: 5,
        onStart: () => acts[0] && act(acts[0], random),
        onScanned: ({ nickname }) => {
          seen.push('scanned', nickname);
          if (acts[1]) act(acts[1], random);
        },
        onSuccess: ({ token }, ticket) => ended('success', typeof token, typeof ticket),
        onCancel: () => ended('cancelled'),
        onExpired: () => ended('expired'),
        onError: (error) => ended('error', error),
      }),
    );
  });
}

test("authing-js-sdk: its poller ends with a ticket, or with the user's refusal", async () => {
  expect(await pollThrough(['scanned', 'confirm'])).toEqual([
    'scanned',
    'helga',
    'success',
    'undefined',
    'string',
  ]);
  expect(await pollThrough(['scanned', 'cancel'])).toEqual(['scanned', 'helga', 'cancelled']);
});

test('authing-js-sdk: its poller gets the whole user where the pool says so', async () => {
  await desk.control('PATCH', '/authing/settings', { returnFullUserInfo: true });
  expect(await pollThrough(['scanned', 'confirm'])).toEqual([
    'scanned',
    'helga',
    'success',
    'string',
    'object',
  ]);
  await desk.control('PATCH', '/authing/settings', { returnFullUserInfo: false });
});
