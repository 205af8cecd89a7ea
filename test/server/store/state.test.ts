import { describe, expect, test } from 'vitest';
import { StoreError } from '../../../sim/server/store/errors.ts';
import { type Persistence, volatile } from '../../../sim/server/store/persistence.ts';
import { State } from '../../../sim/server/store/state.ts';
import { failing } from '../failing.ts';
import { slow } from '../slow.ts';
import { codeOf, DEVICES, FREE, MY_METHODS, NOORS, startSeconds, tenant } from '../support.ts';

function collectionOn(persistence: Persistence) {
  const state = new State(persistence, persistence.load());
  return { state, things: state.collection('thing') };
}

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

test('a reset that the database refuses has not happened, to the log either', async () => {
  const { persistence, fault } = failing();
  const on = tenant(undefined, persistence);
  await on.send('GET', DEVICES);
  const before = JSON.stringify((await on.send('GET', DEVICES)).body);
  fault.active = true;
  expect((await on.send('POST', '/_emulator/reset')).status).toBe(503);
  fault.active = false;
  expect(JSON.stringify((await on.send('GET', DEVICES)).body)).toBe(before);
  const { value } = (await on.send('GET', '/_emulator/log')).body;
  expect(value.map(({ sequence }: { sequence: number }) => sequence)).toEqual([1, 2, 3, 4]);
});

describe('where a commit takes its time', () => {
  test('no answer leaves before it has ended', async () => {
    const { persistence, writings } = slow();
    const { state, things } = collectionOn(persistence);
    things.save({ id: 'a' });
    state.commitNow();
    const order: string[] = [];
    const answered = state.durable()!.then(() => order.push('answered'));
    order.push('written');
    writings[0]!.resolve();
    await answered;
    expect(order).toEqual(['written', 'answered']);
    expect(state.durable()).toBeUndefined();
  });

  test('what comes meanwhile is the next commit, one at a time', async () => {
    const { persistence, writings } = slow();
    const { state, things } = collectionOn(persistence);
    things.save({ id: 'a' });
    state.commitNow();
    const first = state.durable();
    for (const id of ['b', 'c']) {
      things.save({ id });
      state.commitNow();
    }
    expect(writings.map(({ ids }) => ids)).toEqual([['a']]);
    writings[0]!.resolve();
    await first;
    await expect.poll(() => writings.map(({ ids }) => ids)).toEqual([['a'], ['b', 'c']]);
    writings[1]!.resolve();
    await state.durable();
    expect(state.durable()).toBeUndefined();
  });

  test('a refusal takes back what was decided on it too, and the next one goes on', async () => {
    const { persistence, writings } = slow();
    const { state, things } = collectionOn(persistence);
    things.save({ id: 'a' });
    state.commitNow();
    const first = state.durable();
    things.save({ id: 'b' });
    things.remove({ id: 'a' });
    const second = state.durable();
    writings[0]!.reject(new StoreError('DATABASE_FAILED', 'test'));
    await expect(first).rejects.toThrow(StoreError);
    await expect(second).rejects.toThrow(StoreError);
    expect([...things.values()]).toEqual([]);
    things.save({ id: 'c' });
    state.commitNow();
    expect(writings.map(({ ids }) => ids)).toEqual([['a'], ['c']]);
  });
});
