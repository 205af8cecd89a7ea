import jsQR from 'jsqr';
import { describe, expect, test } from 'vitest';
import { IVO, NOOR, tenant as newTenant, type Tenant } from '../../support.ts';
import { PIN, STANDARD, seedMethod, TEMPORARY } from './seed.ts';

const ME = '/beta/me/authentication/qrCodePinMethod';
const IVOS = `/v1.0/users/${IVO.userPrincipalName}/authentication/qrCodePinMethod`;
const decoded = (base64: string) => Buffer.from(base64, 'base64').toString();

/** The squares of our pictures drawn again, eight pixels each, for a decoder of another make. */
function readPicture(svg: string): string | undefined {
  const modules = Number(/viewBox="0 0 (\d+) /.exec(svg)![1]);
  const side = modules * 8;
  const pixels = new Uint8ClampedArray(side * side * 4).fill(255);
  for (const [, x, y] of svg.matchAll(/M(\d+) (\d+)h1v1h-1z/g)) {
    for (let row = Number(y) * 8; row < Number(y) * 8 + 8; row++) {
      const start = (row * side + Number(x) * 8) * 4;
      for (let at = start; at < start + 32; at++) if (at % 4 !== 3) pixels[at] = 0;
    }
  }
  return jsQR(pixels, side, side)?.data;
}

describe('a new method', () => {
  test('comes with a picture that holds the text beside it, once', async () => {
    const tenant = newTenant();
    const { status, body, headers } = await tenant.send('PUT', IVOS, {});
    expect(status).toBe(201);
    const { image } = body.standardQRCode;
    const text = decoded(image.rawContent);
    const svg = decoded(image.binaryValue);
    expect(text).toMatch(
      new RegExp(
        `^ms-qrpin:v1\\|${IVO.userPrincipalName}\\|${body.standardQRCode.id}\\|[0-9a-f]{64}$`,
      ),
    );
    expect(svg).toMatch(/^<\?xml version="1.0" encoding="UTF-8"\?><svg /);
    expect(readPicture(svg)).toBe(text);
    expect(image).toMatchObject({ errorCorrectionLevel: 'l', version: 7 });
    expect(headers.get('location')).toBe(`/v1.0/users/${IVO.id}/authentication/qrCodePinMethod`);
    const again = await tenant.send('GET', IVOS);
    expect(again.body.standardQRCode.image).toBeNull();
    expect(again.text).not.toContain(text.split('|')[3]);
    expect((await tenant.send('GET', `${IVOS}/pin`)).body.code).toBeNull();
  });

  test('takes dates and PIN from the policy where none is given', async () => {
    const tenant = newTenant();
    const policy =
      '/beta/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/QRCodePIN';
    await tenant.send('PATCH', policy, { standardQRCodeLifetimeInDays: 30, pinLength: 12 });
    const { body } = await tenant.send('PUT', ME, {});
    expect(body.standardQRCode).toMatchObject({
      startDateTime: '2026-03-02T09:30:10Z',
      expireDateTime: '2026-04-01T09:30:10Z',
    });
    expect(body.pin.code).toMatch(/^\d{12}$/);
    const short = await tenant.send('PUT', IVOS, { pin: { code: '60371948' } });
    expect([short.status, short.body.error.message]).toEqual([400, 'Invalid PIN']);
  });

  test('reads seven digits of a second, and other zones', async () => {
    const dates = {
      startDateTime: '2026-03-02T12:00:00.1234567+02:00',
      expireDateTime: '2027-03-02T10:00:00.0000000Z',
    };
    const { body } = await newTenant().send('PUT', ME, { standardQRCode: dates });
    expect(body.standardQRCode.startDateTime).toBe('2026-03-02T10:00:00Z');
  });

  test('is one of two that are made at once', async () => {
    const tenant = newTenant();
    const replies = await Promise.all([tenant.send('PUT', ME, {}), tenant.send('PUT', ME, {})]);
    expect(replies.map(({ status }) => status).sort()).toEqual([201, 400]);
  });
});

test('no answer with a clear PIN, a secret or a token may be kept by a cache', async () => {
  const tenant = newTenant();
  const start = { expireDateTime: '2026-03-02T17:00:00Z' };
  const answers = [
    await tenant.send('PUT', ME, {}),
    await tenant.send('PATCH', `${ME}/pin`),
    await tenant.send('PATCH', `${ME}/temporaryQRCode`, start),
    await tenant.send('DELETE', `${ME}/standardQRCode`),
    await tenant.send('PATCH', `${ME}/standardQRCode`, {}),
    await tenant.send('POST', '/_emulator/tokens', { user: IVO.id, scopes: [] }),
    await tenant.send('GET', '/_emulator/authing'),
    await tenant.send('PATCH', '/_emulator/mim-cm', { enabled: true }),
    await tenant.send('PUT', ME, {}),
  ];
  expect(answers.map(({ status }) => status)).toEqual([
    201, 201, 201, 204, 201, 201, 200, 200, 400,
  ]);
  for (const { headers } of answers) expect(headers.get('cache-control')).toBe('no-store');
});

test('the policy says what its expanded targets are, in the version that was asked', async () => {
  const tenant = newTenant();
  for (const version of ['beta', 'v1.0']) {
    const policies = `policies/authenticationMethodsPolicy/authenticationMethodConfigurations`;
    const { body } = await tenant.send('GET', `/${version}/${policies}/qrCodePin`);
    const origin = body['@odata.context'].split(`/${version}/`)[0];
    expect(body['includeTargets@odata.context']).toBe(
      `${origin}/${version}/$metadata#${policies}('qrCodePin')/microsoft.graph.qrCodePinAuthenticationMethodConfiguration/includeTargets`,
    );
  }
});

describe('lifetimes', () => {
  const at = (time: string) => `2026-03-05T${time}Z`;
  const temporary = (tenant: Tenant, start: string, end: string) =>
    tenant.send('PATCH', `${ME}/temporaryQRCode`, { startDateTime: start, expireDateTime: end });

  test.each([
    [at('06:00:00'), at('06:59:59'), 400],
    [at('06:00:00'), at('07:00:00'), 201],
    [at('06:00:00'), at('18:00:00'), 201],
    [at('06:00:00'), at('18:00:01'), 400],
    [at('07:00:00'), at('06:00:00'), 400],
    ['2026-03-01T06:00:00Z', '2026-03-01T16:00:00Z', 400],
    ['yesterday', at('07:00:00'), 400],
  ])('a temporary code from %s to %s is %i', async (start, end, status) => {
    const tenant = newTenant();
    await seedMethod(tenant);
    expect((await temporary(tenant, start, end)).status).toBe(status);
    const after = (await tenant.send('GET', ME)).body.temporaryQRCode;
    expect(after === null).toBe(status === 400);
  });

  test('a temporary code can follow one that has expired, not one that is good', async () => {
    const tenant = newTenant();
    await seedMethod(tenant, { temporaryQRCode: TEMPORARY });
    const next = () => temporary(tenant, '2026-03-06T06:00:00Z', '2026-03-06T16:00:00Z');
    tenant.setClock(at('15:59:59'));
    expect((await next()).status).toBe(400);
    tenant.setClock(at('16:00:00'));
    expect((await next()).status).toBe(201);
  });

  test('a standard code moves its expiry up to 395 days after its start', async () => {
    const tenant = newTenant();
    await seedMethod(tenant);
    const move = (expireDateTime: string, more = {}) =>
      tenant.send('PATCH', `${ME}/standardQRCode`, { expireDateTime, ...more });
    expect((await move('2027-04-01T10:00:00Z')).status).toBe(200);
    expect((await move('2027-04-01T10:00:01Z')).status).toBe(400);
    expect((await move('2026-03-02T09:00:00Z')).status).toBe(400);
    const start = { startDateTime: '2026-03-03T00:00:00Z' };
    expect((await move('2027-01-01T00:00:00Z', start)).body.error.message).toContain(
      'startDateTime',
    );
    const { body } = await tenant.send('GET', `${ME}/standardQRCode`);
    expect(body).toMatchObject({ id: STANDARD.id, expireDateTime: '2027-04-01T10:00:00Z' });
  });

  test('an expired standard code makes way for a new one, and the PIN stays', async () => {
    const tenant = newTenant();
    const { pin } = await seedMethod(tenant);
    tenant.setClock('2027-03-02T10:00:00Z');
    const { status, body } = await tenant.send('PATCH', `${ME}/standardQRCode`, {});
    expect(status).toBe(201);
    expect(body.id).not.toBe(STANDARD.id);
    expect(body.image.binaryValue).toBeTruthy();
    expect((await tenant.send('GET', `${ME}/pin`)).body.id).toBe(pin.id);
  });
});

describe('what is not there', () => {
  test.each(['', '/standardQRCode', '/temporaryQRCode', '/pin'])(
    'is 404 without a method: %s',
    async (path) => {
      const tenant = newTenant();
      expect((await tenant.send('GET', ME + path)).status).toBe(404);
      if (path !== '/pin') expect((await tenant.send('DELETE', ME + path)).status).toBe(404);
    },
  );

  test('is 404 when it is the code that is missing', async () => {
    const tenant = newTenant();
    await seedMethod(tenant);
    expect((await tenant.send('GET', `${ME}/temporaryQRCode`)).status).toBe(404);
    expect((await tenant.send('DELETE', `${ME}/temporaryQRCode`)).status).toBe(404);
  });

  test('is 404 for a user that nobody knows, and 405 for a verb', async () => {
    const tenant = newTenant();
    expect((await tenant.send('GET', ME.replace('me', 'users/nobody'))).status).toBe(404);
    const wrongVerb = await tenant.send('POST', ME, {});
    expect([wrongVerb.status, wrongVerb.headers.get('allow')]).toEqual([405, 'GET, PUT, DELETE']);
  });
});

describe('rights', () => {
  const own = ME;
  const change = { currentPin: PIN, newPin: '50928371' };
  const body = (path: string) => (path.endsWith('updatePin') ? change : undefined);

  test.each([
    ['UserAuthMethod-QR.Read', 'GET', own, 200],
    ['UserAuthMethod-QR.Read', 'DELETE', own, 403],
    ['UserAuthMethod-QR.ReadWrite', 'DELETE', own, 204],
    ['UserAuthenticationMethod.ReadWrite', 'DELETE', own, 204],
    ['UserAuthMethod-HardwareOATH.ReadWrite.All', 'GET', own, 403],
    ['UserAuthMethod-QR.Read', 'GET', IVOS, 403],
    ['UserAuthMethod-QR.Read.All', 'GET', IVOS, 404],
    ['UserAuthMethod-QR.ReadWrite.All', 'PATCH', `${own}/pin`, 201],
    ['UserAuthMethod-QR.ReadWrite', 'PATCH', `${own}/pin`, 403],
    ['UserAuthMethod-QR.ReadWrite.All', 'PATCH', `${own}/pin/updatePin`, 403],
    ['Directory.AccessAsUser.All', 'PATCH', `${own}/pin/updatePin`, 204],
    ['Directory.AccessAsUser.All', 'PATCH', `${IVOS}/pin/updatePin`, 403],
    ['Directory.AccessAsUser.All', 'GET', own, 403],
  ])('%s lets an administrator %s %s: %i', async (permission, method, path, status) => {
    const tenant = newTenant();
    await seedMethod(tenant);
    const authorization = `Bearer ${tenant.tokenFor(NOOR, [permission])}`;
    const reply = await tenant.send(method, path, body(path), { authorization });
    expect(reply.status).toBe(status);
  });

  test('nobody makes themselves a new PIN without an administrator role', async () => {
    const tenant = newTenant();
    await seedMethod(tenant, { id: IVO.id });
    const authorization = `Bearer ${tenant.tokenFor(IVO, ['UserAuthenticationMethod.ReadWrite.All'])}`;
    expect((await tenant.send('PATCH', `${ME}/pin`, {}, { authorization })).status).toBe(403);
  });

  test('an application has no PIN of its own to change', async () => {
    const tenant = newTenant();
    await seedMethod(tenant);
    const authorization = `Bearer ${tenant.tokenFor(null, ['Directory.AccessAsUser.All'])}`;
    for (const [path, status] of [
      [`${ME}/updatePin`, 400],
      [`/beta/users/${NOOR.id}/authentication/qrCodePinMethod/updatePin`, 403],
    ] as const) {
      expect((await tenant.send('PATCH', path, change, { authorization })).status).toBe(status);
    }
  });
});
