import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { StoreError } from '../../../sim/server/store/errors.ts';
import { release } from '../../../sim/server/store/file.ts';
import { openLibsql } from '../../../sim/server/store/libsql.ts';
import type { Persistence } from '../../../sim/server/store/persistence.ts';
import { MIGRATIONS } from '../../../sim/server/store/schema.ts';
import { State } from '../../../sim/server/store/state.ts';
import { tenant } from '../support.ts';

interface Thing {
  readonly id: string;
  readonly colour: string;
}

let folder: string;
let persistence: Persistence;
let state: State;
const things = (of = state) => of.collection<Thing>('thing');
const all = (of = state) => [...things(of).values()];
const reopened = () => new State(persistence, persistence.load());

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'oathfob-items-'));
  persistence = openLibsql(join(folder, 'server.db'));
  state = reopened();
});
afterEach(() => {
  state.commitNow();
  persistence.close();
  rmSync(folder, { recursive: true });
});

test('items are found again in the order they were first saved, as they last were', () => {
  for (const id of ['c', 'a', 'b']) things().save({ id, colour: 'red' });
  state.commitNow();
  things().save({ id: 'c', colour: 'blue' });
  things().save({ id: 'd', colour: 'red' });
  things().remove({ id: 'a' });
  things().remove({ id: 'never there' });
  state.collection<Thing>('another').save({ id: 'c', colour: 'none' });
  state.commitNow();
  expect(all(reopened())).toEqual(all());
  expect(all().map(({ id, colour }) => id + colour)).toEqual(['cblue', 'bred', 'dred']);
});

test('an item is replaced only while it is what it was when it was looked at', () => {
  const before = { id: 'a', colour: 'red' };
  things().save(before);
  things().replace(before, { id: 'a', colour: 'blue' });
  expect(() => things().replace(before, { id: 'a', colour: 'green' })).toThrow('meanwhile');
  expect(things().get('a')).toMatchObject({ colour: 'blue' });
});

test('an index finds an item by what it is now, loaded or new', () => {
  things().save({ id: 'a', colour: 'red' });
  state.commitNow();
  state = reopened();
  const byColour = things().indexBy(({ colour }) => (colour === 'none' ? null : colour));
  const found = () => ['red', 'green', 'blue', 'none'].map((colour) => byColour(colour)?.id);
  expect(found()).toEqual(['a', undefined, undefined, undefined]);
  things().save({ id: 'b', colour: 'blue' });
  things().save({ id: 'a', colour: 'green' });
  expect(found()).toEqual([undefined, 'a', 'b', undefined]);
  things().save({ id: 'b', colour: 'none' });
  things().remove({ id: 'a' });
  expect(found()).toEqual([undefined, undefined, undefined, undefined]);
});

describe('when the database refuses a change', () => {
  test('its items are as they were, in their places and under their keys', async () => {
    const colours = { a: 'red', b: 'white', c: 'black' };
    for (const [id, colour] of Object.entries(colours)) things().save({ id, colour });
    state.commitNow();
    const before = all();
    const byColour = things().indexBy(({ colour }) => colour);
    things().save({ id: 'a', colour: 'blue' });
    things().remove(before[1]!);
    things().save({ id: 'd', colour: 'green' });
    const refusing = state.durable();
    const spy = vi.spyOn(persistence, 'commit').mockImplementation(() => {
      throw new StoreError('DATABASE_FAILED', 'server.db');
    });
    state.commitNow();
    spy.mockRestore();
    await expect(refusing).rejects.toThrow(StoreError);
    expect(all()).toEqual(before);
    const found = ['red', 'white', 'black', 'blue', 'green'].map((colour) => byColour(colour)?.id);
    expect(found).toEqual(['a', 'b', 'c', undefined, undefined]);
    expect(all(reopened())).toEqual(before);
  });
});

test('a database of the version before has no items yet, and takes them', () => {
  const path = join(folder, 'old.db');
  const old = new Database(path);
  for (const statement of MIGRATIONS[0]!) old.exec(statement.compile().sql);
  old.exec(`PRAGMA application_id = ${0x4f415448}; PRAGMA user_version = 1`);
  release(old);
  persistence.close();
  persistence = openLibsql(path);
  state = reopened();
  expect(all()).toEqual([]);
  things().save({ id: 'a', colour: 'red' });
  state.commitNow();
  expect(all(reopened())).toHaveLength(1);
});

test('a reset forgets them, on disk too', async () => {
  // A database of its own: the app writes its log a moment later, and must find it open.
  const kept = openLibsql(':memory:');
  const { app, send } = tenant([], kept);
  things(app.state).save({ id: 'a', colour: 'red' });
  expect((await send('POST', '/_emulator/reset')).status).toBe(204);
  expect(all(app.state)).toEqual([]);
  expect(kept.load().items).not.toHaveProperty('thing');
});
