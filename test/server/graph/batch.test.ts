import { expect, test } from 'vitest';
import { codeOf, DEVICES, FREE, MY_METHODS, NOORS, startSeconds, tenant } from '../support.ts';

const DEVICE_URL = DEVICES.replace('/beta', '');
const json = { 'Content-Type': 'application/json' };

test('requests run after those they depend on, whatever their order', async () => {
  const on = tenant();
  const { body } = await on.send('POST', '/beta/$batch', {
    requests: [
      { id: 'last', method: 'DELETE', url: `${DEVICE_URL}/${FREE.id}`, dependsOn: ['UNASSIGN'] },
      {
        id: 'unassign',
        method: 'DELETE',
        url: `${MY_METHODS}/${FREE.id}`,
        dependsOn: ['activate'],
      },
      {
        id: 'activate',
        method: 'POST',
        url: `${MY_METHODS}/assignAndActivate`,
        headers: json,
        body: { device: { id: FREE.id }, verificationCode: codeOf(FREE, startSeconds) },
      },
    ],
  });
  expect(body.responses).toEqual([
    { id: 'activate', status: 204 },
    { id: 'unassign', status: 204 },
    { id: 'last', status: 204 },
  ]);
});

test('a body needs a Content-Type of its own', async () => {
  const request = { id: '1', method: 'POST', url: `${DEVICE_URL}`, body: { value: [] } };
  const { body } = await tenant().send('POST', '/beta/$batch', { requests: [request] });
  expect(body.responses[0]).toMatchObject({ status: 400, body: { error: { code: 'BadRequest' } } });
});

test('the request rate counts the requests in a batch, each with its own Retry-After', async () => {
  const on = tenant();
  on.app.state.saveSettings({ throttle: { requests: 1, windowSeconds: 7 } });
  const requests = ['1', '2'].map((id) => ({ id, method: 'GET', url: DEVICE_URL }));
  const { status, body } = await on.send('POST', '/v1.0/$batch', {
    requests: requests.map((request) => ({ ...request, url: `/beta${request.url}` })),
  });
  expect(status).toBe(200);
  expect(body.responses.map((response: { status: number }) => response.status)).toEqual([200, 429]);
  expect(body.responses[1].headers['Retry-After']).toBe('7');
});

test.each([
  [
    'a circle',
    [
      { id: 'a', dependsOn: ['b'] },
      { id: 'b', dependsOn: ['a'] },
    ],
  ],
  ['a dependency that is not there', [{ id: 'a', dependsOn: ['c'] }]],
  ['no requests', []],
])('%s refuses the whole batch before anything runs', async (_, items) => {
  const on = tenant();
  const requests = items.map((item) => ({
    method: 'DELETE',
    url: `${DEVICE_URL}/${FREE.id}`,
    ...item,
  }));
  expect((await on.send('POST', '/beta/$batch', { requests })).status).toBe(400);
  expect(on.app.state.device(FREE.id)).toBeDefined();
});

test('a batch in a batch is refused in its place', async () => {
  const requests = [
    { id: '1', method: 'POST', url: '/$BATCH', headers: json, body: { requests: [] } },
  ];
  const { body } = await tenant().send('POST', '/beta/$batch', { requests });
  expect(body.responses[0].status).toBe(400);
});

test('an item is sent with the token of the envelope, not with one of its own', async () => {
  const on = tenant();
  const other = on.tokenFor(null, []);
  const headers = { Authorization: `Bearer ${other}` };
  const requests = [{ id: '1', method: 'GET', url: `${MY_METHODS}/${NOORS.id}`, headers }];
  const { body } = await on.send('POST', '/beta/$batch', { requests });
  expect(body.responses[0].status).toBe(200);
});
