import { createHmac } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import * as support from './support.ts';

const { NEW_YEAR, QR_ID } = support;
const PATH = '/api/v3/check-qrcode-status';
const DATE = new Date(NEW_YEAR).toUTCString();

let on: support.AuthingTenant;
let nonces = 0;
beforeEach(async () => {
  on = await support.authingTenant();
  await support.bringTo(on, 'PENDING');
});

/** Signs as the SDKs do, after the change; what is undefined is left out. */
async function check(change: Record<string, string | undefined> = {}, brand = 'authing') {
  const all: Record<string, string | undefined> = {
    [`x-${brand}-signature-nonce`]: `nonce-${nonces++}`,
    [`x-${brand}-signature-method`]: 'HMAC-SHA1',
    [`x-${brand}-signature-version`]: '1.0',
    date: DATE,
    ...change,
  };
  const headers = Object.fromEntries(
    Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  const lines = Object.keys(headers)
    .sort()
    .map((name) => `${name}:${headers[name]}\n`);
  const text = `GET\n${lines.join('')}${PATH}?qrcodeId=${QR_ID}`;
  const signature = createHmac('sha1', 'sk-emu-secret').update(text).digest('base64');
  const authorization = `${brand} ak-emu-0001:${signature}`;
  const sent = { ...headers, authorization };
  return (await on.call('GET', `${PATH}?qrcodeId=${QR_ID}`, null, sent)).body;
}

describe('a management signature', () => {
  test('is good once, by text or by milliseconds, for either brand', async () => {
    expect(await check()).toMatchObject({ statusCode: 200 });
    expect(await check({}, 'genauth')).toMatchObject({ statusCode: 200 });
    expect(await check({ date: String(Date.parse(NEW_YEAR)) })).toMatchObject({ statusCode: 200 });
    const nonce = { 'x-authing-signature-nonce': 'once' };
    expect(await check(nonce)).toMatchObject({ statusCode: 200 });
    expect(await check(nonce)).toMatchObject({ statusCode: 401, apiCode: 1306 });
  });

  test('is good for one of many at once', async () => {
    const nonce = { 'x-authing-signature-nonce': 'together' };
    const answers = await Promise.all(Array.from({ length: 6 }, () => check(nonce)));
    expect(answers.filter(({ statusCode }) => statusCode === 200)).toHaveLength(1);
  });

  test.each([
    [1301, { 'x-authing-signature-method': 'HMAC-SHA256' }],
    [1301, { 'x-authing-signature-method': undefined }],
    [1302, { 'x-authing-signature-version': '2.0' }],
    [1303, { date: 'yesterday' }],
    [1304, { date: undefined }],
    [1305, { date: new Date(Date.parse(NEW_YEAR) - 901_000).toUTCString() }],
    [1305, { date: new Date(Date.parse(NEW_YEAR) + 901_000).toUTCString() }],
    [1300, { 'x-authing-signature-nonce': undefined }],
    [1300, { 'x-authing-signature-nonce': 'n'.repeat(129) }],
  ])('is refused with %i when sent with %j', async (apiCode, change) => {
    expect(await check(change)).toMatchObject({ statusCode: 401, apiCode });
  });

  test('that is none, or by nobody’s key, is refused', async () => {
    const headers = {
      'x-authing-signature-nonce': 'n',
      'x-authing-signature-method': 'HMAC-SHA1',
      'x-authing-signature-version': '1.0',
      date: DATE,
    };
    for (const credential of ['nonsense', 'ak-nobody:AAAA', `ak-emu-0001:${'A'.repeat(500)}`]) {
      const sent = { ...headers, authorization: `authing ${credential}` };
      const { body } = await on.call('GET', `${PATH}?qrcodeId=${QR_ID}`, null, sent);
      expect(body).toMatchObject({ statusCode: 401, apiCode: 1300 });
    }
  });

  test('stays used when the clock is moved on, and back again', async () => {
    const nonce = { 'x-authing-signature-nonce': 'once' };
    await check(nonce);
    on.app.clock.advance(1_800_000);
    await check({ date: String(on.app.clock.now()) });
    on.app.clock.advance(-1_800_000);
    expect(await check(nonce)).toMatchObject({ statusCode: 401, apiCode: 1306 });
  });

  test('is remembered until ten thousand others have been used', async () => {
    const nonce = { 'x-authing-signature-nonce': 'once' };
    await check(nonce);
    for (let used = 1; used < 10_000; used++) on.authing.usedNonces.save({ id: `k ${used}` });
    expect(await check(nonce)).toMatchObject({ apiCode: 1306 });
    await check();
    expect(on.authing.usedNonces.size).toBe(10_000);
    expect(await check(nonce)).toMatchObject({ statusCode: 200 });
  });
});

describe('a management token', () => {
  const ask = async (body: object) =>
    (await on.call('POST', '/api/v3/get-management-token', body)).body;

  test('is for who knows the secret', async () => {
    const accessKeyId = 'ak-emu-0001';
    const given = await ask({ accessKeyId, accessKeySecret: 'sk-emu-secret' });
    expect(given.data.expires_in).toBe(7_200);
    for (const accessKeySecret of ['sk-emu-secreT', 'x', 's'.repeat(10_000)]) {
      expect(await ask({ accessKeyId, accessKeySecret })).toMatchObject({ statusCode: 401 });
    }
    expect(await ask({ accessKeyId: 'nobody', accessKeySecret: 'x' })).toMatchObject({
      statusCode: 401,
    });
  });

  test('is nobody’s login', async () => {
    const asked = { accessKeyId: 'ak-emu-0001', accessKeySecret: 'sk-emu-secret' };
    const { data } = await ask(asked);
    const reply = await support.act(on, 'SCAN', { authorization: data.access_token });
    expect(reply.body).toMatchObject({ statusCode: 401, apiCode: 2020 });
  });
});
