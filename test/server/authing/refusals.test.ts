import { beforeEach, describe, expect, test } from 'vitest';
import * as support from './support.ts';

const { act, APP_HEADER, asAda, bringTo, exchange, QR_ID, statusOf } = support;

let on: support.AuthingTenant;
beforeEach(async () => {
  on = await support.authingTenant();
  await bringTo(on, 'PENDING');
});

const LONG = 'x'.repeat(8_000);

describe('a request that cannot be right is told so, and changes nothing', () => {
  test.each([
    ['POST', '/api/v3/gene-qrcode', undefined, 400, 'type is required'],
    ['POST', '/api/v3/gene-qrcode', {}, 400, 'type is required'],
    ['POST', '/api/v3/gene-qrcode', { type: null }, 400, 'type is required'],
    ['POST', '/api/v3/gene-qrcode', [], 400, 'body is not valid'],
    ['POST', '/api/v3/gene-qrcode', '"MOBILE_APP"', 400, 'body is not valid'],
    ['POST', '/api/v3/gene-qrcode', '{', 400, 'The request body is not valid JSON.'],
    ['POST', '/api/v3/gene-qrcode', { type: LONG }, 400, 'type is not valid'],
    [
      'POST',
      '/api/v3/gene-qrcode',
      { type: 'MOBILE_APP', customData: 'x' },
      400,
      'customData is not valid',
    ],
    [
      'POST',
      '/api/v3/gene-qrcode',
      { type: 'MOBILE_APP', customData: { x: LONG } },
      400,
      'customData is not valid',
    ],
    ['POST', '/api/v3/set-qrcode-status', {}, 400, 'qrcodeId is required'],
    [
      'POST',
      '/api/v3/set-qrcode-status',
      { qrcodeId: '', action: 'SCAN' },
      400,
      'qrcodeId is not valid',
    ],
    [
      'POST',
      '/api/v3/set-qrcode-status',
      { qrcodeId: 7, action: 'SCAN' },
      400,
      'qrcodeId is not valid',
    ],
    ['POST', '/api/v3/set-qrcode-status', { qrcodeId: QR_ID }, 400, 'action is required'],
    [
      'POST',
      '/api/v3/set-qrcode-status',
      { qrcodeId: QR_ID, action: 'scan' },
      400,
      'action is not valid',
    ],
    [
      'POST',
      '/api/v3/set-qrcode-status',
      { qrcodeId: QR_ID, action: 'CONFIRM', oath: 5 },
      400,
      'oath is not valid',
    ],
    [
      'POST',
      '/api/v3/set-qrcode-status',
      { qrcodeId: LONG, action: 'SCAN' },
      404,
      'QR code does not exist',
    ],
    [
      'POST',
      '/api/v3/set-qrcode-status',
      { qrcodeId: '__proto__', action: 'SCAN' },
      404,
      'QR code does not exist',
    ],
    [
      'POST',
      '/api/v3/exchange-tokenset-with-qrcode-ticket',
      { ticket: LONG },
      422,
      'ticket is not valid',
    ],
    [
      'POST',
      '/api/v3/exchange-tokenset-with-qrcode-ticket',
      { ticket: [] },
      400,
      'ticket is not valid',
    ],
    [
      'POST',
      '/api/v3/exchange-tokenset-with-qrcode-ticket',
      { ticket: null },
      400,
      'ticket is required',
    ],
    ['GET', '/api/v3/get-qrcode-status?qrcodeId=', null, 400, 'qrcodeId is required'],
    ['GET', `/api/v3/get-qrcode-status?qrcodeId=${LONG}`, null, 404, 'QR code does not exist'],
    ['GET', '/api/v3/get-qrcode-status?qrcodeId=%00%ff', null, 404, 'QR code does not exist'],
    ['GET', '/api/v3/get-profile', null, 200, 'Operation successful'],
    [
      'POST',
      '/api/v3/get-management-token',
      { accessKeyId: 'x' },
      400,
      'accessKeySecret is required',
    ],
  ] as const)('%s %.60s %.60j: %i', async (method, path, body, statusCode, message) => {
    const before = JSON.stringify([...on.authing.qrCodes.values()]);
    const reply = await on.call(method, path, body, asAda);
    expect(reply.status).toBe(200);
    expect(reply.body).toMatchObject({ statusCode, message });
    expect(JSON.stringify([...on.authing.qrCodes.values()])).toBe(before);
  });

  test.each([
    ['POST', '/gene', { scene: 'FAX' }, 400, 'scene is not valid'],
    ['POST', '/gene', {}, 400, 'scene is required'],
    ['POST', '/scanned', {}, 400, 'random is required'],
    ['POST', '/confirm', { random: LONG }, 500, 'invalid QR code'],
    ['POST', '/userinfo', {}, 400, 'ticket is required'],
    ['POST', '/userinfo', { ticket: 'wrong' }, 500, 'ticket is not valid'],
    ['GET', '/check', null, 400, 'random is required'],
    ['GET', '/check?random=nope', null, 2241, 'QR code does not exist'],
  ] as const)('v2 %s %s %j: %i', async (method, path, body, code, message) => {
    for (const root of ['/api/v2/qrcode', '/api/qrcode']) {
      const reply = await on.call(method, root + path, body, asAda);
      expect(reply.status).toBe(200);
      expect(reply.body).toMatchObject({ code, message });
    }
  });

  test.each(['v3', 'v2'])(
    'custom members of %s nest sixteen deep, and no deeper',
    async (version) => {
      const [path, rest, members] = {
        v3: ['/api/v3/gene-qrcode', '"type":"MOBILE_APP"', ['customData', 'context']],
        v2: ['/api/v2/qrcode/gene', '"scene":"APP_AUTH"', ['params', 'customeData', 'context']],
      }[version] as [string, string, string[]];
      const generated = async (member: string, open: string, depth: number, close: string) => {
        const nested = `${open.repeat(depth)}1${close.repeat(depth)}`;
        const body = `{${rest},"${member}":{"a":${nested}}}`;
        const reply = await on.call('POST', path, body, APP_HEADER);
        return [reply.status, reply.body.statusCode ?? reply.body.code, reply.body.message];
      };
      for (const member of members) {
        for (const [open, close] of [
          ['{"a":', '}'],
          ['[', ']'],
        ] as const) {
          expect((await generated(member, open, 16, close))[1]).toBe(200);
          for (const depth of [17, 500, 6_000, 100_000]) {
            const refused = [200, 400, `${member} is not valid`];
            expect(await generated(member, open, depth, close)).toEqual(refused);
          }
        }
      }
    },
  );

  test('no address, no such verb, a body beyond all measure: an HTTP status too', async () => {
    const replies = [
      await on.call('GET', '/api/v3/nothing-here', null, asAda),
      await on.call('GET', '/api/v3/gene-qrcode', null, asAda),
      await on.call('DELETE', '/oidc/me', null, asAda),
      await on.call('GET', '/oidc/nothing-here', null, asAda),
      await on.call('POST', '/api/v3/gene-qrcode', { x: 'x'.repeat(1_100_000) }, asAda),
      await on.call('POST', '/api/v2/qrcode/gene', { x: 'x'.repeat(1_100_000) }, asAda),
    ];
    expect(replies.map(({ status }) => status)).toEqual([404, 405, 405, 404, 413, 413]);
    expect(replies[0]!.body).toMatchObject({ statusCode: 404, requestId: expect.any(String) });
    expect(replies[2]!.body).toHaveProperty('error', 'invalid_request');
    expect(replies[5]!.body).toMatchObject({ code: 413 });
  });

  test('an OpenID Connect address answers in its own form', async () => {
    const { status, body, headers } = await on.call('GET', '/oidc/me?access_token=wrong');
    expect([status, body.error]).toEqual([401, 'invalid_token']);
    expect(headers.get('www-authenticate')).toMatch(/^Bearer /);
    const posted = await on.call('POST', '/oidc/me', null, asAda);
    expect(posted.body).toMatchObject({ sub: support.ADA.id });
  });
});

describe('applications and pools keep to themselves', () => {
  test('an application that is unknown, left out, or not of the pool that is named', async () => {
    const pool = on.authing.addUserPool('Elsewhere');
    const ask = async (headers: Record<string, string>) =>
      (await on.call('POST', '/api/v3/gene-qrcode', { type: 'MOBILE_APP' }, headers)).body;
    expect(await ask({})).toMatchObject({ statusCode: 400 });
    expect(await ask({ 'x-authing-app-id': 'nobody' })).toMatchObject({ apiCode: 2011 });
    expect(await ask({ 'x-genauth-userpool-id': 'nobody' })).toMatchObject({ apiCode: 2224 });
    const crossed = { ...APP_HEADER, 'x-authing-userpool-id': pool.id };
    expect(await ask(crossed)).toMatchObject({ apiCode: 2224 });
    const { data } = await ask({ 'x-authing-userpool-id': pool.id });
    expect(on.qrCode(data.qrcodeId).userPoolId).toBe(pool.id);
  });

  test('a ticket of another application is refused, and still good at home', async () => {
    const other = on.authing.addApplication({ userPoolId: support.POOL_ID, name: 'Other' });
    for (const action of ['SCAN', 'CONFIRM']) await act(on, action);
    const { ticket } = await statusOf(on);
    const elsewhere = await exchange(on, ticket, {}, { 'x-authing-app-id': other.id });
    expect(elsewhere.body).toMatchObject({ statusCode: 403 });
    expect((await exchange(on, ticket)).body.statusCode).toBe(200);
  });

  test('somebody of another pool may do nothing with a code, in whatever state it is', async () => {
    const pool = on.authing.addUserPool('Elsewhere');
    on.authing.accounts.replace(support.BOB, { ...support.BOB, userPoolId: pool.id });
    for (const action of ['SCAN', 'CONFIRM', 'CANCEL']) {
      expect((await act(on, action, support.asBob)).body).toMatchObject({ statusCode: 403 });
    }
    expect(on.qrCode().status).toBe('PENDING');
  });

  test('an application that wants its secret gets it in its own way only, v2 included', async () => {
    const secret = { client_id: support.APPLICATION.id, client_secret: support.APPLICATION.secret };
    const basic = `Basic ${btoa(Object.values(secret).join(':'))}`;
    const headers = { ...APP_HEADER, authorization: basic };
    const ways = {
      client_secret_post: (ticket: string) => exchange(on, ticket, secret),
      client_secret_basic: (ticket: string) => exchange(on, ticket, {}, headers),
    };
    for (const [tokenEndpointAuth, other] of [
      ['client_secret_post', 'client_secret_basic'],
      ['client_secret_basic', 'client_secret_post'],
    ] as const) {
      on = await support.authingTenant({ tokenEndpointAuth });
      await bringTo(on, 'AUTHORIZED');
      const { ticket } = await statusOf(on);
      expect((await ways[other](ticket)).body).toMatchObject({ statusCode: 403 });
      const v2 = await on.call('POST', '/api/v2/qrcode/userinfo', { ticket }, APP_HEADER);
      expect(v2.body).toMatchObject({ code: 403, message: 'client authentication failed' });
      const guess = { ...secret, client_secret: `${secret.client_secret.slice(1)}0` };
      expect((await exchange(on, ticket, guess)).body).toMatchObject({ statusCode: 403 });
      expect((await ways[tokenEndpointAuth](ticket)).body).toMatchObject({ statusCode: 200 });
    }
  });

  test('a browser exchanges a ticket unless the pool forbids it', async () => {
    on.configure({ allowExchangeUserInfoFromBrowser: false });
    for (const action of ['SCAN', 'CONFIRM']) await act(on, action);
    const { ticket } = await statusOf(on);
    const browser = { ...APP_HEADER, origin: 'https://shop.example' };
    expect((await exchange(on, ticket, {}, browser)).body).toMatchObject({ statusCode: 403 });
    on.configure({ allowExchangeUserInfoFromBrowser: true });
    const allowed = await exchange(on, ticket, {}, browser);
    expect(allowed.body.statusCode).toBe(200);
    expect(allowed.headers.get('access-control-allow-origin')).toBe('https://shop.example');
    expect(allowed.headers.get('cache-control')).toBe('no-store');
  });
});
