import { createLocalJWKSet, decodeProtectedHeader, jwtVerify, SignJWT } from 'jose';
import { expect, test } from 'vitest';
import { signingKeys } from '../../../sim/server/authing/keys.ts';
import * as support from './support.ts';

const { act, bringTo, exchange, QR_ID, statusOf } = support;
const DAY = 86_400_000;

const published = async (on: support.AuthingTenant) =>
  (await on.call('GET', '/oidc/.well-known/jwks.json')).body;

/** A whole login. @returns its token set */
async function login(on: support.AuthingTenant) {
  const id = await support.generate(on);
  for (const action of ['SCAN', 'CONFIRM']) await act(on, action, support.asAda, id);
  const { ticket } = await statusOf(on, id);
  return (await exchange(on, ticket)).body.data;
}

const kidOf = (token: string) => decodeProtectedHeader(token).kid;

test('a key signs for thirty days, and is published until all it has signed is over', async () => {
  const on = await support.authingTenant({ idTokenAlgorithm: 'RS256' });
  signingKeys(on.app.state).remove(support.FIXTURE_KEY);
  const first = await login(on);
  on.app.clock.advance(30 * DAY - 1);
  const last = await login(on);
  expect(kidOf(last.id_token)).toBe(kidOf(first.id_token));
  on.app.clock.advance(1);
  const next = await login(on);
  expect(kidOf(next.id_token)).not.toBe(kidOf(first.id_token));

  const both = await published(on);
  expect(both.keys).toHaveLength(2);
  expect(JSON.stringify(both)).not.toMatch(/"(?:d|p|q|dp|dq|qi)":/);
  const currentDate = new Date(on.app.clock.now());
  for (const { id_token } of [last, next]) {
    await jwtVerify(id_token, createLocalJWKSet(both), { currentDate });
  }
  expect(signingKeys(on.app.state).get(kidOf(first.id_token)!)).toMatchObject({ privateJwk: null });

  on.app.clock.advance((2 * 3_600 + 900) * 1000);
  expect((await published(on)).keys).toHaveLength(1);
});

test('a tester can change the key at once, and many askers make one key', async () => {
  const on = await support.authingTenant();
  const before = (await login(on)).access_token;
  const rotated = await on.send('POST', '/_emulator/authing/key-rotations');
  expect(rotated.status).toBe(201);
  expect(kidOf(before)).not.toBe(rotated.body.kid);
  expect(kidOf((await login(on)).access_token)).toBe(rotated.body.kid);
  on.app.clock.advance(40 * DAY);
  const kids = (await Promise.all([login(on), login(on), login(on)])).map(({ access_token }) =>
    kidOf(access_token),
  );
  expect(new Set(kids).size).toBe(1);
});

test('a login is taken by ID token or access token, bare or Bearer, until it expires', async () => {
  const on = await support.authingTenant({ idTokenAlgorithm: 'RS256' });
  const { id_token, access_token } = await login(on);
  await bringTo(on, 'PENDING');
  for (const authorization of [
    id_token,
    access_token,
    `Bearer ${id_token}`,
    `bearer ${access_token}`,
  ]) {
    expect((await act(on, 'SCAN', { authorization })).body.statusCode).toBe(200);
  }
  on.app.clock.advance(7_200_000);
  expect((await act(on, 'SCAN', { authorization: id_token })).body).toMatchObject({
    apiCode: 2020,
  });
});

test('a token that the server did not sign is nobody’s login', async () => {
  const on = await support.authingTenant();
  await bringTo(on, 'PENDING');
  const { access_token } = await login(on);
  const claims = { sub: support.ADA.id, aud: support.APPLICATION.id, exp: 4_102_444_800 };
  const secret = (text: string) => new TextEncoder().encode(text);
  const hs256 = (payload: object, key: string) =>
    new SignJWT({ ...payload }).setProtectedHeader({ alg: 'HS256' }).sign(secret(key));
  const { keys } = await published(on);
  const [header, payload] = access_token.split('.');
  const none = btoa('{"alg":"none"}').replaceAll('=', '');
  const forged = [
    await hs256(claims, 'not the secret'),
    // The public key as if it were a shared secret: the classic confusion of algorithms.
    await hs256(claims, keys[1].n),
    await hs256({ ...claims, aud: 'nobody' }, support.APPLICATION.secret),
    await hs256({ ...claims, sub: 'nobody' }, support.APPLICATION.secret),
    await hs256({ sub: claims.sub, aud: claims.aud }, support.APPLICATION.secret),
    `${none}.${payload}.`,
    `${none}.${payload}.AAAA`,
    `${header}.${payload}.AAAA`,
    '..',
    'a.b.c',
    `${'x'.repeat(5_000)}.y.z`,
    'x'.repeat(5_000),
    'two words',
    'Basic YTpi',
    '\u00e9',
  ];
  for (const authorization of forged) {
    expect((await act(on, 'SCAN', { authorization })).body).toMatchObject({ apiCode: 2020 });
  }
  expect(on.qrCode(QR_ID).status).toBe('PENDING');
  const right = await hs256(claims, support.APPLICATION.secret);
  expect((await act(on, 'SCAN', { authorization: right })).body.statusCode).toBe(200);
});

test('the secret of an application signs logins only where its ID tokens are HS256', async () => {
  const on = await support.authingTenant({ idTokenAlgorithm: 'RS256' });
  const inPool = { userPoolId: support.POOL_ID, name: 'Phone' };
  const shared = on.authing.addApplication({ ...inPool, idTokenAlgorithm: 'HS256' });
  const signing = on.authing.addApplication(inPool);
  await bringTo(on, 'PENDING');
  const signedWithSecretOf = ({ id, secret }: typeof shared) =>
    new SignJWT({ sub: support.ADA.id, aud: id, exp: 4_102_444_800 })
      .setProtectedHeader({ alg: 'HS256' })
      .sign(new TextEncoder().encode(secret));
  for (const application of [signing, on.authing.applications.get(support.APPLICATION.id)!]) {
    const authorization = await signedWithSecretOf(application);
    for (const action of ['SCAN', 'CONFIRM', 'CANCEL']) {
      expect((await act(on, action, { authorization })).body).toMatchObject({ apiCode: 2020 });
    }
    const me = await on.call('GET', '/oidc/me', undefined, { authorization });
    expect(me.status).toBe(401);
  }
  expect(on.qrCode(QR_ID).status).toBe('PENDING');
  // Another application of the pool, as the app on the phone is: docs/authing.md, "Who is logged in".
  const authorization = await signedWithSecretOf(shared);
  expect((await act(on, 'SCAN', { authorization })).body.statusCode).toBe(200);
});

test('a login of another application acts in its own user pool only', async () => {
  const on = await support.authingTenant({ idTokenAlgorithm: 'RS256' });
  const elsewhere = on.authing.addUserPool('Elsewhere');
  const foreign = on.authing.addApplication({
    userPoolId: elsewhere.id,
    name: 'Far',
    idTokenAlgorithm: 'HS256',
  });
  await bringTo(on, 'PENDING');
  const authorization = await new SignJWT({
    sub: support.ADA.id,
    aud: foreign.id,
    exp: 4_102_444_800,
  })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(new TextEncoder().encode(foreign.secret));
  expect((await act(on, 'SCAN', { authorization })).body).toMatchObject({ apiCode: 2020 });
});
