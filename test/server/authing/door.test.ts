import { spawnSync } from 'node:child_process';
import { PNG } from 'pngjs';
import decodeQR from 'qr/decode.js';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { failing } from '../failing.ts';
import { withoutIds } from '../support.ts';
import * as support from './support.ts';

/** What stands around the login itself: pictures, pages of other origins, the tester's door, the log. */

const { act, APP_HEADER, bringTo, generate, ORIGIN, QR_ID } = support;

let on: support.AuthingTenant;
beforeEach(async () => {
  on = await support.authingTenant();
});

async function picture(id: string): Promise<Response> {
  return on.app.fetch(
    new Request(`${ORIGIN}/qr/${id}.png`, { headers: { origin: 'https://a.example' } }),
  );
}

describe('the picture of a QR code', () => {
  test('holds the text that the vendor’s app reads, for two decoders', async () => {
    const id = await generate(on, { customData: { desk: '7' } });
    const response = await picture(id);
    expect(response.headers.get('content-type')).toBe('image/png');
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    const bytes = Buffer.from(await response.arrayBuffer());
    const payload = {
      scene: 'APP_AUTH',
      random: id,
      userPoolId: support.POOL_ID,
      createdAt: '2026-01-01T00:00:00.000Z',
      expireAt: '2026-01-01T00:02:00.000Z',
      expiresIn: 120,
      customData: { desk: '7' },
    };
    expect(JSON.parse(decodeQR(PNG.sync.read(bytes)))).toEqual(payload);
    const zbar = spawnSync('zbarimg', ['--quiet', '--raw', '-'], {
      input: bytes,
      encoding: 'utf8',
    });
    expect(JSON.parse(zbar.stdout)).toEqual(payload);
  });

  test.each([
    ['one byte', 'x'],
    ['a byte and a backslash', '"'],
    ['two bytes', 'é'],
    ['three bytes', '漢'],
    ['four bytes', '🔑'],
  ])('can be drawn for the longest data in characters of %s, and no longer', async (_, letter) => {
    const bytesOf = (data: object) => Buffer.byteLength(JSON.stringify(data));
    const letterBytes = bytesOf({ x: letter }) - bytesOf({ x: '' });
    const letters = Math.floor((1_024 - bytesOf({ x: '' })) / letterBytes);
    const customData = { x: letter.repeat(letters) };
    const bytes = await (await picture(await generate(on, { customData }))).arrayBuffer();
    expect(JSON.parse(decodeQR(PNG.sync.read(Buffer.from(bytes)))).customData).toEqual(customData);
    const longer = { type: 'MOBILE_APP', customData: { x: letter.repeat(letters + 1) } };
    const refused = await on.call('POST', '/api/v3/gene-qrcode', longer, APP_HEADER);
    expect(refused.body).toMatchObject({ statusCode: 400, message: 'customData is not valid' });
  });

  test('that fails is told in a sentence, and not in the words of another dialect', async () => {
    const { persistence, fault } = failing();
    on = await support.authingTenant({}, persistence);
    const told = vi.spyOn(console, 'error').mockReturnValue();
    const answerOf = async (id: string) => {
      const response = await picture(id);
      return [response.status, response.headers.get('content-type'), await response.text()];
    };
    const text = 'text/plain;charset=UTF-8';
    const kept = on.authing.addQrCode(
      on.authing.applications.get(support.APPLICATION.id)!,
      { scene: 'APP_AUTH', customData: { x: 'x'.repeat(3_000) } },
      on.app.clock.now(),
    );
    const answer = [500, text, 'the server failed to answer this request'];
    expect(await answerOf(kept.id)).toEqual(answer);
    expect(told).toHaveBeenCalledOnce();
    fault.active = true;
    on.authing.qrCodes.remove(kept);
    expect(await answerOf('nope')).toEqual([503, text, 'the server could not save the change']);
    told.mockRestore();
  });

  test('is not there for a code that is not', async () => {
    for (const id of ['nope', '..%2f..%2fsecret', 'x'.repeat(5_000), '']) {
      expect((await picture(id)).status).toBe(404);
    }
  });

  test('of a mini program may want a logo, which is there', async () => {
    const ask = async (body: object) =>
      (await on.call('POST', '/api/v3/gene-qrcode', body, APP_HEADER)).body.data;
    const type = 'WECHAT_MINIPROGRAM';
    expect(await ask({ type, autoMergeQrCode: true })).not.toHaveProperty('customLogoUrl');
    expect(await ask({ type: 'WECHAT_OFFICIAL_ACCOUNT' })).not.toHaveProperty('customLogoUrl');
    const { customLogoUrl } = await ask({ type });
    const logo = await on.app.fetch(new Request(customLogoUrl));
    expect(logo.headers.get('content-type')).toBe('image/svg+xml');
    expect(await logo.text()).toMatch(/^<svg /);
    const v2 = await on.call('POST', '/api/v2/qrcode/gene', { scene: 'WXAPP_AUTH' }, APP_HEADER);
    expect(v2.body.data.customLogo).toBe(customLogoUrl);
  });
});

test('a page of another origin may send the headers of both brands, and no others', async () => {
  const reply = await on.call('OPTIONS', '/api/v3/gene-qrcode', null, {
    origin: 'https://shop.example',
    'access-control-request-method': 'POST',
    'access-control-request-headers':
      'Content-Type, x-genauth-app-id, x-authing-lang, x-evil, cookie',
  });
  expect(reply.status).toBe(204);
  expect(reply.headers.get('access-control-allow-headers')).toBe(
    'content-type, x-genauth-app-id, x-authing-lang',
  );
  expect(reply.headers.get('vary')).toBe('Origin');
});

test('check-qrcode-status can be flat and enveloped at once, get-qrcode-status never is flat', async () => {
  await bringTo(on, 'SCANNED');
  const data = {
    status: 'SCANNED',
    briefUserInfo: { displayName: 'Ada Token', photo: expect.any(String) },
  };
  const enveloped = { statusCode: 200, message: 'Operation successful', data };
  const ask = async (verb: string) =>
    (await on.call('GET', `/api/v3/${verb}-qrcode-status?qrcodeId=${QR_ID}`)).body;
  for (const [flatCheckStatus, expected] of [
    [false, enveloped],
    [true, data],
    ['both', { ...enveloped, ...data }],
  ] as const) {
    on.configure({ flatCheckStatus });
    expect(await ask('check')).toEqual(expected);
    expect(await ask('get')).toEqual(enveloped);
  }
});

describe('the tester’s door', () => {
  const emulator = (method: string, path: string, body?: unknown) =>
    on.send(method, `/_emulator/authing${path}`, body);

  test('shows pools, applications and keys, to who may use it', async () => {
    const { body } = await emulator('GET', '');
    expect(body.userPools).toHaveLength(2);
    expect(body.userPools[1]).toMatchObject({
      id: support.POOL_ID,
      applications: [{ id: support.APPLICATION.id, tokenEndpointAuth: 'none' }],
      accessKeys: [{ accessKeyId: 'ak-emu-0001', accessKeySecret: 'sk-emu-secret' }],
    });
    const headers = { authorization: `Bearer ${support.ADA_TOKEN}` };
    expect((await on.send('GET', '/_emulator/authing', undefined, headers)).status).toBe(403);
  });

  test('makes pools, applications and people', async () => {
    const pool = (await emulator('POST', '/user-pools', { name: 'Second' })).body;
    const input = { name: 'Till', userPoolId: pool.id, idTokenAlgorithm: 'HS256' };
    const application = (await emulator('POST', '/applications', input)).body;
    expect(application).toMatchObject({ ...input, tokenEndpointAuth: 'none' });
    expect(application.secret).toMatch(/^[0-9a-f]{32}$/);
    const person = { username: 'kim', userPoolId: pool.id, photo: 'https://a.example/kim.png' };
    expect((await emulator('POST', '/accounts', person)).body).toMatchObject({
      ...person,
      nickname: 'kim',
      directoryUserId: null,
    });
  });

  test.each([
    ['POST', '/user-pools', {}, 400],
    ['POST', '/applications', { name: 'x', userPoolId: 'nobody' }, 400],
    ['POST', '/applications', { name: 'x', secret: 'mine' }, 400],
    ['POST', '/accounts', { username: 'x', directoryUser: 'nobody' }, 404],
    ['POST', '/accounts', { username: 'x', directoryUser: 'noor.ansel@lamplight.example' }, 409],
    ['PATCH', '/settings', { qrcodeExpiresIn: 0 }, 400],
    ['PATCH', '/settings', { ticketExpiresIn: 1.5 }, 400],
    ['PATCH', '/settings', { flatCheckStatus: 'maybe' }, 400],
    ['PATCH', '/settings', { unknown: 1 }, 400],
    ['POST', '/interruptions', { qrcodeId: 'nope', status: 'ERROR' }, 400],
    ['POST', '/interruptions', { qrcodeId: QR_ID, status: 'LATE' }, 400],
    ['POST', '/interruptions', { qrcodeId: QR_ID, status: 'ERROR' }, 400],
  ])('refuses %s %s %j with %i', async (method, path, body, status) => {
    await bringTo(on, 'AUTHORIZED');
    expect((await emulator(method, path, body)).status).toBe(status);
  });

  test('has a second factor wait, after which the bound user goes on', async () => {
    await bringTo(on, 'MFA');
    expect(await support.statusOf(on)).toMatchObject({ status: 'SCANNED' });
    expect((await act(on, 'CONFIRM')).body.statusCode).toBe(200);
    const { body } = await on.call('GET', `/api/v2/qrcode/check?random=${QR_ID}`);
    expect(body.data).toMatchObject({ status: 2 });
    expect(body.data).not.toHaveProperty('scannedResult');
  });

  test('a reset leaves a new default pool and none of the rest', async () => {
    const before = (await emulator('GET', '')).body.userPools[0];
    await bringTo(on, 'SCANNED');
    await on.send('POST', '/_emulator/reset');
    const { userPools } = (await emulator('GET', '')).body;
    expect(userPools).toHaveLength(1);
    expect(userPools[0].applications[0].secret).not.toBe(before.applications[0].secret);
    expect((await on.call('GET', '/oidc/.well-known/jwks.json')).body).toEqual({ keys: [] });
    expect([...on.authing.qrCodes.values()]).toEqual([]);
  });
});

test('the request log names who it was and what was refused, and holds nothing to log in with', async () => {
  await bringTo(on, 'SCANNED');
  const oath = { serialNumber: 'LMP-000420', code: '135791' };
  await act(on, 'CONFIRM', support.asAda, QR_ID, oath);
  await act(on, 'CONFIRM');
  const { ticket } = await support.statusOf(on);
  await support.exchange(on, 'not-the-ticket', { client_secret: 'hush-hush' });
  const { body } = await support.exchange(on, ticket);
  await on.call('GET', `/oidc/me?access_token=${body.data.access_token}`);
  await on.call('POST', '/api/v2/qrcode/cancel', { random: QR_ID }, support.asAda);
  const { text, body: log } = await on.send('GET', '/_emulator/log?limit=1000');
  expect(log.value).toContainEqual(
    expect.objectContaining({
      caller: 'ada',
      refusal: 'codeRefused',
      path: '/api/v3/set-qrcode-status',
    }),
  );
  expect(text).toContain('/oidc/me?access_token=[redacted]');
  for (const secret of [
    QR_ID,
    ticket,
    oath.code,
    'hush-hush',
    body.data.access_token,
    support.ADA_TOKEN,
  ]) {
    expect(withoutIds(text)).not.toContain(secret);
  }
});
