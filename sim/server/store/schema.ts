import {
  type Compilable,
  DummyDriver,
  Kysely,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  sql,
} from 'kysely';

/** The tables as SQLite holds them: lists and objects are JSON text, times are milliseconds. */
export interface Tables {
  user: {
    id: string;
    user_principal_name: string;
    display_name: string;
    directory_roles: string;
    group_ids: string;
  };
  access_token: {
    digest: string;
    user_id: string | null;
    label: string;
    permissions: string;
  };
  device: {
    sequence: number;
    id: string;
    serial_number: string;
    manufacturer: string;
    model: string;
    secret_key: string;
    time_interval_seconds: number;
    hash_function: string;
    readable_at: number;
  };
  device_state: {
    sequence: number;
    display_name: string | null;
    status: string;
    assigned_user_id: string | null;
    assigned_at: number | null;
    method_readable_at: number;
    drift_steps: number;
    last_used_step: number | null;
    last_used_at: number | null;
    wrong_code_count: number;
    retry_at: number;
  };
  setting: { name: string; value: string };
  /** What the dialects keep beside devices, whole. */
  item: { collection: string; id: string; content: string };
  request_log: { last_sequence: number; entries: string };
}

/**
 * Builds queries and nothing else. Its driver cannot run them, so no query can slip outside the
 * synchronous transaction in which the store decides and writes.
 */
export const query = new Kysely<Tables>({
  dialect: {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (database) => new SqliteIntrospector(database),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  },
});

/**
 * Migration n leads from schema version n to n + 1. Published ones never change; a new one is
 * appended.
 */
export const MIGRATIONS: readonly (readonly Compilable[])[] = [
  [
    query.schema
      .createTable('user')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('user_principal_name', 'text', (column) => column.notNull())
      .addColumn('display_name', 'text', (column) => column.notNull())
      .addColumn('directory_roles', 'text', (column) => column.notNull())
      .addColumn('group_ids', 'text', (column) => column.notNull()),
    query.schema
      .createIndex('user_by_principal_name')
      .unique()
      .on('user')
      .expression(sql`lower(user_principal_name)`),
    query.schema
      .createTable('access_token')
      .addColumn('digest', 'text', (column) => column.primaryKey())
      .addColumn('user_id', 'text', (column) => column.references('user.id'))
      .addColumn('label', 'text', (column) => column.notNull())
      .addColumn('permissions', 'text', (column) => column.notNull()),
    // AUTOINCREMENT: a deleted device's sequence is never given again, so a page marker that a
    // client holds keeps its meaning.
    query.schema
      .createTable('device')
      .addColumn('sequence', 'integer', (column) => column.primaryKey().autoIncrement())
      .addColumn('id', 'text', (column) => column.notNull().unique())
      .addColumn('serial_number', 'text', (column) => column.notNull().unique())
      .addColumn('manufacturer', 'text', (column) => column.notNull())
      .addColumn('model', 'text', (column) => column.notNull())
      .addColumn('secret_key', 'text', (column) => column.notNull())
      .addColumn('time_interval_seconds', 'integer', (column) => column.notNull())
      .addColumn('hash_function', 'text', (column) => column.notNull())
      .addColumn('readable_at', 'integer', (column) => column.notNull()),
    query.schema
      .createTable('device_state')
      .addColumn('sequence', 'integer', (column) => column.primaryKey())
      .addColumn('display_name', 'text')
      .addColumn('status', 'text', (column) => column.notNull())
      .addColumn('assigned_user_id', 'text')
      .addColumn('assigned_at', 'integer')
      .addColumn('method_readable_at', 'integer', (column) => column.notNull())
      .addColumn('drift_steps', 'integer', (column) => column.notNull())
      .addColumn('last_used_step', 'integer')
      .addColumn('last_used_at', 'integer')
      .addColumn('wrong_code_count', 'integer', (column) => column.notNull())
      .addColumn('retry_at', 'integer', (column) => column.notNull()),
    query.schema
      .createTable('setting')
      .addColumn('name', 'text', (column) => column.primaryKey())
      .addColumn('value', 'text', (column) => column.notNull()),
    query.schema
      .createTable('request_log')
      .addColumn('last_sequence', 'integer', (column) => column.primaryKey())
      .addColumn('entries', 'text', (column) => column.notNull()),
  ],
  [
    // An item that is saved again keeps its rowid, and so its place in lists.
    query.schema
      .createTable('item')
      .addColumn('collection', 'text', (column) => column.notNull())
      .addColumn('id', 'text', (column) => column.notNull())
      .addColumn('content', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('item_by_id', ['collection', 'id']),
  ],
];
