/** The database's refusals: a stable code, the exit hint for a person, and what each means. */
export const STORE_FAULTS = {
  DATABASE_LOCKED: {
    message: 'the database is in use by another process',
    hint: 'stop the other server, or give this one its own file with --database FILE',
  },
  DATABASE_CORRUPT: {
    message: 'the file is damaged or is not an oathfob database',
    hint: 'move it away and start again with a new one, or restore a copy',
  },
  DATABASE_UNWRITABLE: {
    message: 'the database cannot be opened for writing',
    hint: 'check that the folder exists, that it may be written to, and that the disk is not full',
  },
  DATABASE_TOO_NEW: {
    message: 'the database was written by a newer version of oathfob',
    hint: 'use that version, or start with a new database file',
  },
  DATABASE_UNSUPPORTED: {
    message: 'only a file or :memory: can be the database',
    hint: 'give --database a path, e.g. --database oathfob.db',
  },
  DATABASE_FAILED: {
    message: 'the database refused a change',
    hint: 'check the disk, then start the server again; nothing acknowledged is lost',
  },
} as const;

export type StoreFault = keyof typeof STORE_FAULTS;

/** Any failure of the database. `code` is stable; `message` names the file, never its content. */
export class StoreError extends Error {
  readonly code: StoreFault;
  readonly hint: string;

  constructor(code: StoreFault, path: string, options?: { cause?: unknown }) {
    super(`${STORE_FAULTS[code].message}: ${path}`, options);
    this.name = 'StoreError';
    this.code = code;
    this.hint = STORE_FAULTS[code].hint;
  }
}
