import { expect, test } from 'vitest';
import { volatile } from '../../../sim/server/store/persistence.ts';
import { failing } from '../failing.ts';
import { codeOf, DEVICES, FREE, MY_METHODS, NOORS, startSeconds, tenant } from '../support.ts';

test('a change that the database refuses is answered 503 and has not happened', async () => {
  const { persistence, fault } = failing();
  const on = tenant(undefined, persistence);
  on.app.state.commitNow();
  const before = JSON.stringify([...on.app.state.devices()]);
  const code = { verificationCode: codeOf(NOORS, startSeconds) };
  const newDevice = {
    serialNumber: 'NEW-1',
    manufacturer: 'L',
    model: 'P',
    secretKey: 'JBSWY3DPEHPK3PXP',
    timeIntervalInSeconds: 30,
  };
  fault.active = true;
  const replies = await Promise.all([
    on.send('POST', `${MY_METHODS}/${NOORS.id}/activate`, code),
    on.send('DELETE', `${DEVICES}/${FREE.id}`),
    on.send('POST', DEVICES, newDevice),
    on.send('POST', '/_emulator/users', { userPrincipalName: 'x@lamplight.example' }),
  ]);
  expect(replies.map(({ status }) => status)).toEqual([503, 503, 503, 503]);
  expect(replies[0]!.body.error.code).toBe('serviceNotAvailable');
  expect((await on.send('GET', '/readyz')).status).toBe(503);
  fault.active = false;
  expect(JSON.stringify([...on.app.state.devices()])).toBe(before);
  expect(on.app.state.user('x@lamplight.example')).toBeUndefined();
  expect((await on.send('POST', DEVICES, newDevice)).status).toBe(201);
  expect((await on.send('POST', `${MY_METHODS}/${NOORS.id}/activate`, code)).status).toBe(204);
});

test('a request that only read what could not be saved is told too', async () => {
  const { persistence, fault } = failing();
  const on = tenant(undefined, persistence);
  on.app.state.commitNow();
  fault.active = true;
  on.app.state.removeDevice(on.app.state.device(FREE.id)!);
  const read = await on.send('GET', `${DEVICES}/${FREE.id}`);
  expect(read.status).toBe(503);
  fault.active = false;
  expect((await on.send('GET', `${DEVICES}/${FREE.id}`)).status).toBe(200);
});

test('runs without a database, log included', async () => {
  const on = tenant([FREE], volatile());
  expect((await on.send('GET', DEVICES)).body.value).toHaveLength(1);
  expect((await on.send('GET', '/_emulator/log')).body.value).toHaveLength(1);
});
