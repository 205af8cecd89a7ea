import { expect, it } from 'vitest';
import type { World } from '../../sim/web/protocol.ts';
import type { ServerClient } from '../../sim/web/server/client.ts';
import { WorldTime } from '../../sim/web/time/world-time.ts';
import type { TokenClient } from '../../sim/web/token-client.ts';

/** A clock that stands still at a time, and the worlds that server and token were told of. */
async function stand(timeSeconds: number, setClock: () => Promise<boolean> = async () => true) {
  const told: World[] = [];
  const server = { setClock, readClock: async () => ({ isRunning: false, timeSeconds }) };
  const token = { setWorld: async (world: World) => told.push(world) };
  const time = new WorldTime(server as unknown as ServerClient, token as unknown as TokenClient);
  await time.follow();
  return { time, told };
}

it('stops at the next step of a token that is exact, ahead, or behind', async () => {
  for (const [drift, expected] of [
    [0, 60],
    [25, 35],
    [-25, 55],
    [30, 60],
  ] as const) {
    const { time } = await stand(31);
    await time.stopAtNextStep(30, drift);
    expect(time.now).toBe(expected);
  }
});

it('stops a second before the next step, and stays there', async () => {
  const { time } = await stand(31);
  await time.stopAtNextStep(30, 0, 1);
  await time.stopAtNextStep(30, 0, 1);
  expect(time.now).toBe(59);
});

it('takes a step for each click, however quick they are', async () => {
  const { time, told } = await stand(10);
  await Promise.all([
    time.stopAtNextStep(30, 0),
    time.stopAtNextStep(30, 0),
    time.pass(5),
    time.stopAtNextStep(30, 0),
  ]);
  expect(time.now).toBe(90);
  expect(told.map((world) => !world.isRunning && world.timeSeconds)).toEqual([10, 30, 60, 65, 90]);
});

it('goes on after a change that the server did not take', async () => {
  let isAway = true;
  const { time } = await stand(10, async () => {
    if (isAway) throw new Error('away');
    return true;
  });
  const refused = time.pass(30);
  await expect(refused).rejects.toThrow('away');
  isAway = false;
  await time.pass(7);
  expect(time.now).toBe(17);
});

it('tells a server that was away what it has missed, and else goes by it', async () => {
  const set: World[] = [];
  let isThere = false;
  const server = {
    setClock: async (world: World) => {
      if (isThere) set.push(world);
      return isThere;
    },
    readClock: async () => (isThere ? { isRunning: false, timeSeconds: 500 } : null),
  };
  const token = { setWorld: async () => undefined };
  const time = new WorldTime(server as unknown as ServerClient, token as unknown as TokenClient);
  await time.pause();
  const { now } = time;
  await time.pass(30);
  isThere = true;
  await time.meet();
  expect(set).toEqual([{ isRunning: false, timeSeconds: now + 30 }]);
  await time.meet();
  expect(time.now).toBe(500);
  expect(set).toHaveLength(1);
});
