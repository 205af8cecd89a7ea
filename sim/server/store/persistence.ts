import type { Item } from './collection.ts';
import type { AccessToken, Device, Settings, User } from './records.ts';

/** One step of the server's history: rows that are new, replaced or gone. */
export type Change =
  | { readonly kind: 'user'; readonly user: User }
  | { readonly kind: 'token'; readonly token: AccessToken }
  | { readonly kind: 'device'; readonly device: Device }
  | { readonly kind: 'deviceState'; readonly device: Device }
  | { readonly kind: 'deviceRemoved'; readonly device: Device }
  | { readonly kind: 'item'; readonly collection: string; readonly item: Item }
  | { readonly kind: 'itemRemoved'; readonly collection: string; readonly id: string }
  | { readonly kind: 'settings'; readonly settings: Partial<Settings> }
  /** Everything before it is forgotten, the log too. */
  | { readonly kind: 'reset' };

/** Everything that outlives the process, as read when a database is opened. */
export interface Snapshot {
  readonly users: readonly User[];
  readonly tokens: readonly AccessToken[];
  /** In order of their sequence. */
  readonly devices: readonly Device[];
  /** The things of the dialects, by collection, in the order they were first saved. */
  readonly items: Readonly<Record<string, readonly Item[]>>;
  readonly settings: Partial<Settings>;
  /** The highest sequence ever given to a device, so that page markers are never given twice. */
  readonly lastDeviceSequence: number;
  readonly lastLogSequence: number;
}

/** A group of log entries as one JSON list, with their secrets already taken out. */
export interface LogChunk {
  readonly lastSequence: number;
  readonly json: string;
  /** Entries up to this sequence may be forgotten. */
  readonly forgetThrough: number;
}

/**
 * Where the state is kept. `commit` is all or nothing and ends only when the change survives the
 * death of the process; it fails with a `StoreError` and changes nothing otherwise. A place that
 * cannot be written at once gives a promise of that end; it is asked for one commit at a time.
 */
export interface Persistence {
  load(): Snapshot;
  commit(changes: readonly Change[]): void | Promise<void>;
  appendLog(chunk: LogChunk): void;
  /** The JSON lists that hold entries after this sequence, oldest first. */
  readLog(afterSequence: number): string[];
  /** Throws when the next commit would, as far as that can be known. */
  check(): void;
  close(): void;
}

const EMPTY: Snapshot = {
  users: [],
  tokens: [],
  devices: [],
  items: {},
  settings: {},
  lastDeviceSequence: 0,
  lastLogSequence: 0,
};

/**
 * Keeps the log for as long as the process lives and nothing else: for an app object that runs
 * where there is no database.
 */
export function volatile(): Persistence {
  let chunks: LogChunk[] = [];
  return {
    load: () => EMPTY,
    commit: (changes) => {
      if (changes.some(({ kind }) => kind === 'reset')) chunks = [];
    },
    appendLog: (chunk) => {
      chunks = chunks.filter(({ lastSequence }) => lastSequence > chunk.forgetThrough);
      chunks.push(chunk);
    },
    readLog: (afterSequence) =>
      chunks.filter(({ lastSequence }) => lastSequence > afterSequence).map(({ json }) => json),
    check: () => {},
    close: () => {},
  };
}
