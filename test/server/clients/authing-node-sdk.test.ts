import { AuthenticationClient, ManagementClient } from 'authing-node-sdk';
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

/** What a login page's own server has: the application and, for HS256, its secret. */
function site(application: { id: string; secret: string }): AuthenticationClient {
  const { id: appId, secret: appSecret } = application;
  return new AuthenticationClient({ appId, appSecret, appHost: server.url });
}

/** What the user's phone has: their login. */
function phone(accessToken: string): AuthenticationClient {
  const { id: appId, secret: appSecret } = desk.application;
  return new AuthenticationClient({ appId, appSecret, appHost: server.url, accessToken });
}

/** The SDK's declarations lag behind what its calls return: the answers, as they came. */
// biome-ignore lint/suspicious/noExplicitAny: answers of every shape
const answer = async (promise: Promise<unknown>): Promise<any> => promise;

const MOBILE_APP = { type: 'MOBILE_APP' as never, customData: { desk: '7' } };

test('authing-node-sdk: generate, check, scan, confirm, exchange, verify', async () => {
  const web = site(desk.application);
  const app = phone(await desk.loginOf('helga@lamp.example'));
  const { data: made } = await answer(web.geneQrCode(MOBILE_APP));
  const { qrcodeId } = made;
  const picture = await fetch(made.url);
  expect(picture.headers.get('content-type')).toBe('image/png');

  const seen: string[] = [];
  const poll = async () => {
    const [old, current] = [
      await answer(web.checkQrCodeStatus({ qrcodeId })),
      await answer(web.getQrCodeStatus({ qrcodeId })),
    ];
    expect(current).toEqual(old);
    seen.push(current.data.status);
    return current.data;
  };
  await poll();
  const act = (action: string) =>
    answer(app.changeQrCodeStatus({ qrcodeId, action: action as never }));
  expect(await act('SCAN')).toEqual({ statusCode: 200, message: 'Operation successful' });
  expect((await poll()).briefUserInfo.displayName).toBe('Helga');
  const confirmed = await answer(app.setQrCodeStatus({ qrcodeId, action: 'CONFIRM' as never }));
  expect(confirmed.data).toEqual({ success: true });
  const { ticket } = await poll();
  expect(seen).toEqual(['PENDING', 'SCANNED', 'AUTHORIZED']);

  const { data: tokens } = await answer(web.exchangeTokenSetWithQrCodeTicket({ ticket }));
  expect(tokens).toMatchObject({ token_type: 'bearer', scope: 'openid profile' });
  const again = await answer(web.exchangeTokenSetWithQrCodeTicket({ ticket }));
  expect(again).toMatchObject({ statusCode: 422, message: 'ticket is not valid' });
  expect(again).not.toHaveProperty('data');

  const keys = createRemoteJWKSet(new URL(`${server.url}/oidc/.well-known/jwks.json`));
  const { payload } = await jwtVerify(tokens.id_token, keys, {
    issuer: `${server.url}/oidc`,
    audience: desk.application.id,
    requiredClaims: ['sub', 'iat', 'exp'],
  });
  expect(payload).toMatchObject({ name: 'Helga', nickname: 'helga' });
  expect(await web.parseIDToken(tokens.id_token)).toEqual(payload);
  expect(await answer(web.parseAccessToken(tokens.access_token))).toMatchObject({
    sub: payload.sub,
    scope: 'openid profile',
  });
  expect(await answer(web.getUserInfoByAccessToken(tokens.access_token))).toMatchObject({
    sub: payload.sub,
    name: 'Helga',
  });
  web.setAccessToken(tokens.access_token);
  const profile = await answer(
    web.getProfile({ withCustomData: true, withIdentities: false, withDepartmentIds: false }),
  );
  expect(profile.data).toMatchObject({ userId: payload.sub, customData: { desk: '7' } });
});

test('authing-node-sdk: an ID token by the secret, and the secret as Basic credentials', async () => {
  const application = await desk.newApplication({
    tokenEndpointAuth: 'client_secret_basic',
    idTokenAlgorithm: 'HS256',
  });
  const app = phone(await desk.loginOf('ivo@lamp.example'));
  const { id: appId, secret: appSecret } = application;
  const options = { appId, appSecret, appHost: server.url };
  const web = new AuthenticationClient({
    ...options,
    tokenEndPointAuthMethod: 'client_secret_basic',
  });
  const { qrcodeId } = (await answer(web.geneQrCode(MOBILE_APP))).data;
  for (const action of ['SCAN', 'CONFIRM'] as never[])
    await app.setQrCodeStatus({ qrcodeId, action });
  const { ticket } = (await answer(web.getQrCodeStatus({ qrcodeId }))).data;
  const bare = await answer(site(application).exchangeTokenSetWithQrCodeTicket({ ticket }));
  expect(bare).toMatchObject({ statusCode: 403, message: 'client authentication failed' });
  const { data } = await answer(web.exchangeTokenSetWithQrCodeTicket({ ticket }));
  expect(await web.parseIDToken(data.id_token)).toMatchObject({ aud: appId, name: 'Ivo' });
});

test('authing-node-sdk: what is refused comes back as a body, not as an exception', async () => {
  const web = site(desk.application);
  const { qrcodeId } = (await answer(web.geneQrCode(MOBILE_APP))).data;
  const scan = { qrcodeId, action: 'SCAN' as never };
  expect(await answer(web.setQrCodeStatus(scan))).toMatchObject({ statusCode: 401, apiCode: 2020 });
  expect(await answer(web.getQrCodeStatus({ qrcodeId: 'nope' }))).toMatchObject({
    statusCode: 404,
  });
  expect(await answer(web.geneQrCode({ type: 'FAX' as never }))).toMatchObject({ statusCode: 400 });
  const stranger = site({ id: 'nobody', secret: 'x' });
  expect(await answer(stranger.geneQrCode(MOBILE_APP))).toMatchObject({ apiCode: 2011 });
});

test('authing-node-sdk: the management client signs, and each signature is good for once', async () => {
  const { accessKeyId, accessKeySecret } = desk.accessKey;
  const { qrcodeId } = (await answer(site(desk.application).geneQrCode(MOBILE_APP))).data;
  const request = {
    method: 'GET',
    url: '/api/v3/check-qrcode-status',
    params: { qrcodeId, note: 'ein Äpfelchen & more' },
  };
  const management = new ManagementClient({ accessKeyId, accessKeySecret, host: server.url });
  expect(await answer(management.makeRequest(request))).toMatchObject({
    data: { status: 'PENDING' },
  });
  const wrong = new ManagementClient({ accessKeyId, accessKeySecret: 'x', host: server.url });
  expect(await answer(wrong.makeRequest(request))).toMatchObject({
    statusCode: 401,
    apiCode: 1300,
  });
});
