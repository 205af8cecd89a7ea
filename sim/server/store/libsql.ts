import { type Compilable, sql } from 'kysely';
import type Database from 'libsql';
import type { Item } from './collection.ts';
import { migrate, openLocked, release, storeErrorOf } from './file.ts';
import type { Change, LogChunk, Persistence, Snapshot } from './persistence.ts';
import { NEW_DEVICE_STATE, type Settings } from './records.ts';
import {
  deviceOf,
  deviceRow,
  itemRow,
  stateRow,
  tokenOf,
  tokenRow,
  userOf,
  userRow,
} from './rows.ts';
import { query, type Tables } from './schema.ts';

/**
 * Opens the state in a SQLite file (or ':memory:') and keeps it locked until `close`.
 *
 * A commit is one transaction in WAL mode with synchronous = NORMAL: its pages have been handed to
 * the operating system before `commit` returns, so that a killed process loses nothing. If the
 * machine itself loses power, the last commits since a checkpoint may be gone; the file stays
 * sound. (FULL would sync the disk per request: 70 µs to 3 ms each.)
 *
 * @param path a file name, created with mode 0600 because it holds token secrets; or ':memory:'
 * @throws StoreError, see STORE_FAULTS
 */
export function openLibsql(path: string): Persistence {
  const database = openLocked(path);
  try {
    migrate(database, path);
    return new LibsqlPersistence(database, path);
  } catch (error) {
    release(database);
    throw storeErrorOf(error, path, 'DATABASE_CORRUPT');
  }
}

/** The only statement of an activation or a sign-in; its parameters are the values of a state row. */
function updateStateSql(): string {
  const { sequence, ...columns } = stateRow(0, NEW_DEVICE_STATE);
  const update = query.updateTable('device_state').set(columns).where('sequence', '=', sequence);
  return update.compile().sql;
}

const ALL_TABLES = [
  'request_log',
  'item',
  'setting',
  'device_state',
  'device',
  'access_token',
  'user',
] as const satisfies readonly (keyof Tables)[];

class LibsqlPersistence implements Persistence {
  readonly #database: Database.Database;
  readonly #path: string;
  readonly #statements = new Map<string, Database.Statement>();
  readonly #begin: Database.Statement;
  readonly #commit: Database.Statement;
  readonly #updateState: Database.Statement;

  constructor(database: Database.Database, path: string) {
    this.#database = database;
    this.#path = path;
    this.#begin = database.prepare('BEGIN IMMEDIATE');
    this.#commit = database.prepare('COMMIT');
    this.#updateState = database.prepare(updateStateSql());
  }

  load(): Snapshot {
    const devices = query
      .selectFrom('device')
      .innerJoin('device_state', 'device_state.sequence', 'device.sequence')
      .selectAll('device')
      .select([
        'device_state.display_name',
        'device_state.status',
        'device_state.assigned_user_id',
        'device_state.assigned_at',
        'device_state.method_readable_at',
        'device_state.drift_steps',
        'device_state.last_used_step',
        'device_state.last_used_at',
        'device_state.wrong_code_count',
        'device_state.retry_at',
      ])
      .orderBy('device.sequence');
    try {
      return {
        users: this.#all(query.selectFrom('user').selectAll().orderBy('user_principal_name')).map(
          userOf,
        ),
        tokens: this.#all(query.selectFrom('access_token').selectAll()).map(tokenOf),
        devices: this.#all(devices).map(deviceOf),
        items: this.#loadItems(),
        settings: this.#loadSettings(),
        lastLogSequence: this.#lastLogSequence(),
        lastDeviceSequence: this.#lastDeviceSequence(),
      };
    } catch (error) {
      throw storeErrorOf(error, this.#path, 'DATABASE_CORRUPT');
    }
  }

  commit(changes: readonly Change[]): void {
    this.#transaction(() => {
      for (const change of changes) this.#write(change);
    });
  }

  appendLog({ lastSequence, json, forgetThrough }: LogChunk): void {
    const row = { last_sequence: lastSequence, entries: json };
    this.#transaction(() => {
      this.#run(query.insertInto('request_log').values(row));
      this.#run(query.deleteFrom('request_log').where('last_sequence', '<=', forgetThrough));
    });
  }

  readLog(afterSequence: number): string[] {
    const chunks = query
      .selectFrom('request_log')
      .select('entries')
      .where('last_sequence', '>', afterSequence)
      .orderBy('last_sequence');
    return this.#all(chunks).map((row) => row.entries);
  }

  check(): void {
    this.#transaction(() => {});
  }

  close(): void {
    release(this.#database);
  }

  #write(change: Change): void {
    switch (change.kind) {
      case 'deviceState':
        this.#updateState.run(Object.values(stateRow(change.device.sequence, change.device.state)));
        return;
      case 'device': {
        const { sequence, state } = change.device;
        this.#run(query.replaceInto('device').values(deviceRow(change.device)));
        this.#run(query.replaceInto('device_state').values(stateRow(sequence, state)));
        return;
      }
      case 'deviceRemoved': {
        const { sequence } = change.device;
        this.#run(query.deleteFrom('device').where('sequence', '=', sequence));
        this.#run(query.deleteFrom('device_state').where('sequence', '=', sequence));
        return;
      }
      case 'user':
        this.#run(query.replaceInto('user').values(userRow(change.user)));
        return;
      case 'token':
        this.#run(query.replaceInto('access_token').values(tokenRow(change.token)));
        return;
      case 'item': {
        const row = itemRow(change.collection, change.item);
        const write = query.insertInto('item').values(row);
        this.#run(
          write.onConflict((conflict) =>
            conflict.columns(['collection', 'id']).doUpdateSet({ content: row.content }),
          ),
        );
        return;
      }
      case 'itemRemoved': {
        const { collection, id } = change;
        const ofCollection = query.deleteFrom('item').where('collection', '=', collection);
        this.#run(ofCollection.where('id', '=', id));
        return;
      }
      case 'settings':
        for (const [name, value] of Object.entries(change.settings)) {
          const row = { name, value: JSON.stringify(value) };
          this.#run(query.replaceInto('setting').values(row));
        }
        return;
      case 'reset':
        for (const table of ALL_TABLES) this.#run(query.deleteFrom(table));
        this.#prepared('DELETE FROM sqlite_sequence').run([]);
    }
  }

  #transaction(work: () => void): void {
    try {
      this.#begin.run([]);
      work();
      this.#commit.run([]);
    } catch (error) {
      if (this.#database.inTransaction) this.#database.exec('ROLLBACK');
      throw storeErrorOf(error, this.#path, 'DATABASE_FAILED');
    }
  }

  #run(compilable: Compilable): void {
    const { sql, parameters } = compilable.compile();
    this.#prepared(sql).run([...parameters]);
  }

  #all<Row>(compilable: Compilable<Row>): Row[] {
    const { sql, parameters } = compilable.compile();
    return this.#prepared(sql).all([...parameters]) as Row[];
  }

  #prepared(sql: string): Database.Statement {
    let statement = this.#statements.get(sql);
    if (!statement) {
      statement = this.#database.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  #loadItems(): Record<string, Item[]> {
    const items: Record<string, Item[]> = {};
    const rows = query.selectFrom('item').select(['collection', 'content']).orderBy(sql`rowid`);
    for (const { collection, content } of this.#all(rows)) {
      items[collection] ??= [];
      items[collection].push(JSON.parse(content));
    }
    return items;
  }

  #loadSettings(): Partial<Settings> {
    const rows = this.#all(query.selectFrom('setting').selectAll());
    return Object.fromEntries(rows.map((row) => [row.name, JSON.parse(row.value)]));
  }

  #lastLogSequence(): number {
    const last = query.selectFrom('request_log').select('last_sequence');
    return this.#all(last.orderBy('last_sequence', 'desc').limit(1))[0]?.last_sequence ?? 0;
  }

  #lastDeviceSequence(): number {
    const statement = this.#database.prepare('SELECT seq FROM sqlite_sequence WHERE name = ?');
    const row = statement.get(['device']) as { seq: number } | undefined;
    return row?.seq ?? 0;
  }
}
