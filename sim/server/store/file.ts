import { closeSync, openSync } from 'node:fs';
import Database from 'libsql';
import { StoreError, type StoreFault } from './errors.ts';
import { MIGRATIONS } from './schema.ts';

/** 'OATH' in the SQLite header marks our files, so that no other program's database is touched. */
const APPLICATION_ID = 0x4f415448;

/**
 * Opens a file of ours, or a new one, and locks it.
 * @throws StoreError DATABASE_LOCKED, _CORRUPT, _UNWRITABLE or _UNSUPPORTED
 */
export function openLocked(path: string): Database.Database {
  if (/^[a-z]+:\/\//i.test(path)) throw new StoreError('DATABASE_UNSUPPORTED', path.split(':')[0]!);
  let database: Database.Database | undefined;
  let isOurs = false;
  try {
    if (path !== ':memory:') closeSync(openSync(path, 'a', 0o600));
    database = new Database(path);
    refuseForeign(database, path);
    isOurs = true;
    // EXCLUSIVE: one server per file. That makes the state in memory the truth while it runs, and
    // a second server is refused at once instead of overwriting the first one's replay marks.
    database.exec('PRAGMA locking_mode = EXCLUSIVE');
    database.exec('PRAGMA journal_mode = WAL');
    database.exec('PRAGMA synchronous = NORMAL');
    database.exec('BEGIN IMMEDIATE; COMMIT');
    return database;
  } catch (error) {
    if (database && isOurs) release(database);
    else database?.close();
    throw storeErrorOf(error, path, 'DATABASE_UNWRITABLE');
  }
}

/** Looks before anything is set or locked, so that another program's database stays as it is. */
function refuseForeign(database: Database.Database, path: string): void {
  const isEmpty = Number(pragmaValue(database, 'schema_version')) === 0;
  const isOurs = Number(pragmaValue(database, 'application_id')) === APPLICATION_ID;
  if (!isEmpty && !isOurs) throw new StoreError('DATABASE_CORRUPT', path);
}

/** Refuses a file that is not sound or too new, and brings an older one up to date. */
export function migrate(database: Database.Database, path: string): void {
  const version = Number(pragmaValue(database, 'user_version'));
  if (version > MIGRATIONS.length) throw new StoreError('DATABASE_TOO_NEW', path);
  if (pragmaValue(database, 'quick_check') !== 'ok') {
    throw new StoreError('DATABASE_CORRUPT', path);
  }
  database.exec('BEGIN IMMEDIATE');
  for (const step of MIGRATIONS.slice(version)) {
    for (const statement of step) database.exec(statement.compile().sql);
  }
  database.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
  database.exec(`PRAGMA user_version = ${MIGRATIONS.length}`);
  database.exec('COMMIT');
}

function pragmaValue(database: Database.Database, name: string): unknown {
  const row = database.prepare(`PRAGMA ${name}`).get([]) as Record<string, unknown>;
  return row[name];
}

/**
 * Gives the file back. The native statements keep the connection alive until they are collected,
 * and with it the lock; leaving WAL and exclusive mode first releases it now.
 */
export function release(database: Database.Database): void {
  try {
    database.exec('PRAGMA journal_mode = DELETE');
    database.exec('PRAGMA locking_mode = NORMAL');
    database.exec('SELECT count(*) FROM sqlite_schema');
  } catch {
    // Not ours, damaged or locked by someone else: there is no lock of ours to give back.
  }
  database.close();
}

const FAULT_OF_SQLITE: Readonly<Record<string, StoreFault>> = {
  SQLITE_BUSY: 'DATABASE_LOCKED',
  SQLITE_LOCKED: 'DATABASE_LOCKED',
  SQLITE_NOTADB: 'DATABASE_CORRUPT',
  SQLITE_CORRUPT: 'DATABASE_CORRUPT',
  SQLITE_READONLY: 'DATABASE_UNWRITABLE',
  SQLITE_CANTOPEN: 'DATABASE_UNWRITABLE',
};

/** The fault behind an error of the driver; `otherwise` where its code tells nothing. */
export function storeErrorOf(error: unknown, path: string, otherwise: StoreFault): StoreError {
  if (error instanceof StoreError) return error;
  const name = String((error as { code?: unknown } | null)?.code ?? '');
  const fault = Object.keys(FAULT_OF_SQLITE).find((prefix) => name.startsWith(prefix));
  return new StoreError(fault ? FAULT_OF_SQLITE[fault]! : otherwise, path, { cause: error });
}
