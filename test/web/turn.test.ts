import { expect, test } from 'vitest';
import { Turn } from '../../sim/web/turn.ts';

/** Something that is being done until it is told to end. */
function task(did: string[], name: string) {
  let end = () => {};
  const over = new Promise<void>((resolve) => {
    end = resolve;
  });
  const work = async () => {
    did.push(`${name} begins`);
    await over;
    did.push(`${name} ends`);
    return name;
  };
  return { work, end };
}

test('a second click does nothing', async () => {
  const turn = new Turn();
  const did: string[] = [];
  const first = task(did, 'first');
  const taken = turn.take(first.work);
  expect(await turn.take(task(did, 'second').work)).toBeNull();
  first.end();
  expect(await taken).toBe('first');
  expect(did).toEqual(['first begins', 'first ends']);
});

test('what waits for its turn is done, one after the other, whatever became of the one before', async () => {
  const turn = new Turn();
  const did: string[] = [];
  const failing = turn.take(async () => {
    await Promise.resolve();
    throw new Error('no');
  });
  const [second, third] = [task(did, 'second'), task(did, 'third')];
  const waiting = [turn.waitFor(second.work), turn.waitFor(third.work)];
  await expect(failing).rejects.toThrow('no');
  third.end();
  second.end();
  expect(await Promise.all(waiting)).toEqual(['second', 'third']);
  expect(did).toEqual(['second begins', 'second ends', 'third begins', 'third ends']);
  expect(turn.store.state.isBusy).toBe(false);
});
