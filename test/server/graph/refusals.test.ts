import { describe, expect, test } from 'vitest';
import { MAX_BODY_BYTES } from '../../../sim/server/exchange.ts';
import {
  codeOf,
  DEVICES,
  FREE,
  IVOS,
  MY_METHODS,
  NOORS,
  SPARE,
  startSeconds,
  type Tenant,
  tenant,
} from '../support.ts';

const BY_SERIAL = `${MY_METHODS}/assignAndActivateBySerialNumber`;
const NEW = {
  serialNumber: 'NEW-1',
  manufacturer: 'Lamplight',
  model: 'Pebble',
  secretKey: 'JBSWY3DPEHPK3PXP',
  timeIntervalInSeconds: 30,
};

/** Everything that a refused request must leave as it was. */
function everything({ app }: Tenant): string {
  const { state } = app;
  return JSON.stringify([
    [...state.devices()],
    state.users(),
    state.settings,
    state.accessTokens(),
  ]);
}

interface Refused {
  method?: string;
  path?: string;
  body?: unknown;
  headers?: Record<string, string>;
  status: number;
  code: string;
  message?: string;
}

const code = codeOf(FREE, startSeconds);
const bySerial = { serialNumber: FREE.serialNumber, verificationCode: code };

const cases: Record<string, Refused> = {
  'a serial number that does not exist': {
    path: BY_SERIAL,
    body: { ...bySerial, serialNumber: 'LMP-999999' },
    status: 404,
    code: 'resourceNotFound',
  },
  'a code of five digits, its leading zero lost': {
    path: BY_SERIAL,
    body: { ...bySerial, verificationCode: '22516' },
    status: 400,
    code: 'badRequest',
    message: 'The verification code is not valid.',
  },
  'a code as a JSON number': {
    path: BY_SERIAL,
    body: { ...bySerial, verificationCode: 22516 },
    status: 400,
    code: 'badRequest',
    message: 'verificationCode: must be a string of six digits.',
  },
  'a code of seven digits': {
    path: BY_SERIAL,
    body: { ...bySerial, verificationCode: `${code}0` },
    status: 400,
    code: 'badRequest',
  },
  'a code with letters': {
    path: BY_SERIAL,
    body: { ...bySerial, verificationCode: '12a456' },
    status: 400,
    code: 'badRequest',
  },
  'a code in other digits than ASCII': {
    path: BY_SERIAL,
    body: { ...bySerial, verificationCode: '١٢٣٤٥٦' },
    status: 400,
    code: 'badRequest',
  },
  'no code': {
    path: BY_SERIAL,
    body: { serialNumber: FREE.serialNumber },
    status: 400,
    code: 'badRequest',
    message: 'verificationCode: is required.',
  },
  'a serial number that exists': {
    body: { ...NEW, serialNumber: SPARE.serialNumber },
    status: 409,
    code: 'conflict',
  },
  'a serial number with a space': {
    body: { ...NEW, serialNumber: 'NEW 1' },
    status: 400,
    code: 'badRequest',
  },
  'a serial number of 65 characters': {
    body: { ...NEW, serialNumber: 'A'.repeat(65) },
    status: 400,
    code: 'badRequest',
  },
  'a serial number as a number': {
    body: { ...NEW, serialNumber: 417 },
    status: 400,
    code: 'badRequest',
    message: 'serialNumber: must be a string.',
  },
  'a secret that is not Base32': {
    body: { ...NEW, secretKey: 'JBSWY3DPEHPK3PX1' },
    status: 400,
    code: 'badRequest',
    message: 'secretKey: must be Base32 (A-Z, 2-7).',
  },
  'a secret in hexadecimal, which the refusal recognises': {
    body: { ...NEW, secretKey: '00112233445566778899aabbccddeeff' },
    status: 400,
    code: 'badRequest',
    message: 'secretKey: must be Base32 (A-Z, 2-7); this looks like hexadecimal.',
  },
  'a secret whose length no Base32 text has': {
    body: { ...NEW, secretKey: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3P' },
    status: 400,
    code: 'badRequest',
  },
  'a secret with spaces': {
    body: { ...NEW, secretKey: 'JBSW Y3DP EHPK 3PXP' },
    status: 400,
    code: 'badRequest',
  },
  'a missing manufacturer': {
    body: { ...NEW, manufacturer: undefined },
    status: 400,
    code: 'badRequest',
    message: 'manufacturer: is required.',
  },
  'an unknown property': {
    body: { ...NEW, colour: 'red' },
    status: 400,
    code: 'badRequest',
    message: 'Unknown property: colour.',
  },
  'a hash function that the service does not have': {
    body: { ...NEW, hashFunction: 'hmacsha512' },
    status: 400,
    code: 'badRequest',
  },
  'an assignee who does not exist': {
    body: { ...NEW, assignTo: { id: '00000000-0000-4000-8000-000000000000' } },
    status: 400,
    code: 'badRequest',
  },
  'a body that is no JSON': { body: '{"serialNumber":', status: 400, code: 'BadRequest' },
  'a body nested without end': {
    body: `{"assignTo":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
    status: 400,
    code: 'badRequest',
    message: 'The body is nested too deeply.',
  },
  'a prototype in the body': {
    body: `{"__proto__":${JSON.stringify(NEW)}}`,
    status: 400,
    code: 'badRequest',
    message: 'Unknown property: __proto__.',
  },
  'a body that is a JSON list': { body: [NEW], status: 400, code: 'badRequest' },
  'no body at all': { body: '', status: 400, code: 'badRequest' },
  'a body without a JSON content type': {
    body: NEW,
    headers: { 'content-type': 'text/plain' },
    status: 400,
    code: 'BadRequest',
  },
  'a body that is too long': {
    body: JSON.stringify({ ...NEW, model: 'x'.repeat(MAX_BODY_BYTES) }),
    status: 413,
    code: 'requestEntityTooLarge',
  },
  'a verb that the resource does not have': {
    method: 'PUT',
    body: NEW,
    status: 405,
    code: 'methodNotAllowed',
  },
  'no bearer token': {
    body: NEW,
    headers: { authorization: '' },
    status: 401,
    code: 'InvalidAuthenticationToken',
  },
  'a bearer token that nobody was given': {
    body: NEW,
    headers: { authorization: `Bearer ${'A'.repeat(43)}` },
    status: 401,
    code: 'InvalidAuthenticationToken',
  },
  'a bearer token longer than any': {
    body: NEW,
    headers: { authorization: `Bearer ${'A'.repeat(4_000)}` },
    status: 401,
    code: 'InvalidAuthenticationToken',
  },
  'another kind of authorization': {
    body: NEW,
    headers: { authorization: 'Basic YTpi' },
    status: 401,
    code: 'InvalidAuthenticationToken',
  },
  'the preview resource under v1.0': {
    path: DEVICES.replace('/beta', '/v1.0'),
    body: NEW,
    status: 400,
    code: 'BadRequest',
    message: 'Resource not found for the segment "authenticationMethodDevices".',
  },
  'a segment that is spelled wrongly': {
    path: '/beta/me/authentication/hardwareOauthMethods',
    body: NEW,
    status: 400,
    code: 'BadRequest',
    message: 'Resource not found for the segment "hardwareOauthMethods".',
  },
  'a version that does not exist': {
    path: '/v2.0/me',
    body: NEW,
    status: 404,
    code: 'resourceNotFound',
  },
  'an update of an immutable serial number': {
    method: 'PATCH',
    path: `${DEVICES}/${SPARE.id}`,
    body: { serialNumber: 'OTHER' },
    status: 400,
    code: 'badRequest',
    message: 'serialNumber: cannot be updated.',
  },
  'an update without a property': {
    method: 'PATCH',
    path: `${DEVICES}/${SPARE.id}`,
    body: {},
    status: 400,
    code: 'badRequest',
  },
  'a deactivation of what is not activated': {
    path: `${MY_METHODS}/${NOORS.id}/deactivate`,
    status: 400,
    code: 'badRequest',
  },
  'an activation of somebody else’s token by its id': {
    path: `${MY_METHODS}/${IVOS.id}/activate`,
    body: { verificationCode: codeOf(IVOS, startSeconds) },
    status: 404,
    code: 'resourceNotFound',
  },
  'an assignment by an address that is no user': {
    method: 'PUT',
    path: `${DEVICES}/${SPARE.id}/assignTo/$ref`,
    body: { '@odata.id': 'https://graph.microsoft.com/beta/groups/1' },
    status: 400,
    code: 'badRequest',
  },
};

describe('each is refused as documented and changes nothing', () => {
  test.each(Object.entries(cases))('%s', async (_, refused) => {
    const on = tenant();
    const before = everything(on);
    const { method = 'POST', path = DEVICES, body, headers } = refused;
    const reply = await on.send(method, path, body, headers);
    expect([reply.status, reply.body.error.code]).toEqual([refused.status, refused.code]);
    if (refused.message) expect(reply.body.error.message).toBe(refused.message);
    expect(reply.headers.get('content-type')).toMatch(/^application\/json/);
    expect(reply.body.error.innerError['request-id']).toBe(reply.headers.get('request-id'));
    expect(everything(on)).toBe(before);
  });
});

test('a refusal never repeats a secret or a code', async () => {
  const on = tenant();
  const secretKey = 'JBSWY3DPEHPK3PX!';
  const bad = await on.send('POST', DEVICES, { ...NEW, secretKey });
  const broken = await on.send('POST', DEVICES, `{"secretKey":"${secretKey}"`);
  expect(bad.text + broken.text).not.toContain(secretKey);
});

test('a body of unknown length is cut off at the limit', async () => {
  const on = tenant();
  let sent = 0;
  const body = new ReadableStream({
    pull(controller) {
      controller.enqueue(new Uint8Array(65_536).fill(32));
      sent += 65_536;
    },
  });
  const headers = { authorization: `Bearer ${on.token}`, 'content-type': 'application/json' };
  const request = new Request(`http://localhost${DEVICES}`, {
    method: 'POST',
    headers,
    body,
    duplex: 'half',
  } as RequestInit);
  expect((await on.app.fetch(request)).status).toBe(413);
  expect(sent).toBeLessThan(3 * MAX_BODY_BYTES);
});

test('405 names what is allowed', async () => {
  const reply = await tenant().send('PUT', DEVICES, NEW);
  expect(reply.headers.get('allow')).toBe('GET, POST, PATCH');
});

test('a code that was used is refused with 400 and stays used', async () => {
  const on = tenant();
  expect((await on.send('POST', BY_SERIAL, bySerial)).status).toBe(204);
  await on.send('POST', `${MY_METHODS}/${FREE.id}/deactivate`);
  const { lastUsedStep } = on.stateOf(FREE.serialNumber);
  const reply = await on.send('POST', BY_SERIAL, bySerial);
  expect([reply.status, reply.body.error.message]).toEqual([
    400,
    'The verification code is not valid.',
  ]);
  expect(on.stateOf(FREE.serialNumber)).toMatchObject({ lastUsedStep, status: 'assigned' });
});

test('client-request-id is echoed, unless it could not stand in a header', async () => {
  const on = tenant();
  const echoed = await on.send('GET', DEVICES, undefined, { 'client-request-id': 'abc-1' });
  expect(echoed.headers.get('client-request-id')).toBe('abc-1');
  const refused = await on.send('GET', DEVICES, undefined, { 'client-request-id': 'x'.repeat(65) });
  expect(refused.headers.get('client-request-id')).toBe(refused.headers.get('request-id'));
});
