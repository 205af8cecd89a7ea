/**
 * The state in a browser's own database, for a server that runs in a service worker.
 *
 * What is kept are the records as memory has them, each under its own key; the log is in memory as
 * well, because it is read without waiting. A commit is one transaction and ends with it: what was
 * answered outlives the worker, and the browser too. (When it reaches the disk the browser leaves
 * to the system, as SQLite's `synchronous = NORMAL` does.)
 */
import type { Item } from './collection.ts';
import { StoreError, type StoreFault } from './errors.ts';
import type { Change, LogChunk, Persistence, Snapshot } from './persistence.ts';
import type { Device, User } from './records.ts';

/** Raised with a step in `upgrade`; a browser that has a higher one refuses to open it. */
const VERSION = 1;

const STORES = ['user', 'token', 'device', 'item', 'setting', 'log', 'mark'] as const;
type StoreName = (typeof STORES)[number];

/** An item, with its collection and its place among the items of all. */
interface KeptItem {
  readonly collection: string;
  readonly place: number;
  readonly item: Item;
}

/** One step of a transaction; without a value the key is removed. */
interface Write {
  readonly store: StoreName;
  readonly key: IDBValidKey;
  readonly value?: unknown;
}

/** The key in `mark` of the highest sequence ever given to a device. */
const LAST_DEVICE = 'lastDeviceSequence';

/**
 * Opens the database of this name, or a new one.
 * @param onLost  told when the database is taken away: somebody clears the data of the site, or a
 *   newer version wants to raise it; every commit fails from then on
 * @throws StoreError DATABASE_UNWRITABLE (no storage here), DATABASE_TOO_NEW, DATABASE_FAILED
 */
export async function openIndexedDb(name: string, onLost: () => void): Promise<Persistence> {
  const database = await opened(name);
  database.onclose = onLost;
  database.onversionchange = () => {
    // Whoever raises or removes it waits until nobody has it open.
    database.close();
    onLost();
  };
  const rows = await readAll(database);
  return new IndexedDbPersistence(database, rows);
}

function opened(name: string): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, VERSION);
    request.onupgradeneeded = () => {
      for (const store of STORES) request.result.createObjectStore(store);
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(storeErrorOf(request.error, name, 'DATABASE_UNWRITABLE'));
  });
}

type Rows = Readonly<Record<StoreName, readonly (readonly [key: IDBValidKey, value: unknown])[]>>;

/** Keys and values of every store, in the order of the keys, from one moment. */
async function readAll(database: IDBDatabase): Promise<Rows> {
  const transaction = database.transaction(STORES, 'readonly');
  const requests = STORES.map((name) => {
    const store = transaction.objectStore(name);
    return { name, keys: store.getAllKeys(), values: store.getAll() };
  });
  await ended(transaction);
  return Object.fromEntries(
    requests.map(({ name, keys, values }) => [
      name,
      keys.result.map((key, index) => [key, values.result[index]]),
    ]),
  ) as unknown as Rows;
}

/** @throws StoreError when the transaction has not happened, e.g. for want of space */
function ended(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => {
      reject(storeErrorOf(transaction.error, transaction.db.name, 'DATABASE_FAILED'));
    };
  });
}

const FAULT_OF_EXCEPTION: Readonly<Record<string, StoreFault>> = {
  VersionError: 'DATABASE_TOO_NEW',
};

function storeErrorOf(error: unknown, name: string, otherwise: StoreFault): StoreError {
  const fault = FAULT_OF_EXCEPTION[(error as DOMException | null)?.name ?? ''] ?? otherwise;
  return new StoreError(fault, name, { cause: error });
}

class IndexedDbPersistence implements Persistence {
  readonly #database: IDBDatabase;
  readonly #snapshot: Snapshot;
  /** The place of each item by collection and id; one that is saved again keeps it. */
  #places = new Map<string, number>();
  #lastPlace = 0;
  #lastDeviceSequence: number;
  #chunks: LogChunk[];
  /** Why the last commit was refused; null when it was not. */
  #failure: unknown = null;

  constructor(database: IDBDatabase, rows: Rows) {
    const values = <Kind>(store: StoreName) => rows[store].map(([, value]) => value as Kind);
    const items = values<KeptItem>('item').sort((left, right) => left.place - right.place);
    for (const { collection, place, item } of items) {
      this.#places.set(placeName(collection, item.id), place);
      this.#lastPlace = place;
    }
    this.#database = database;
    this.#lastDeviceSequence = values<number>('mark')[0] ?? 0;
    this.#chunks = values('log');
    this.#snapshot = {
      users: values<User>('user').sort(byPrincipalName),
      tokens: values('token'),
      devices: values<Device>('device').sort((left, right) => left.sequence - right.sequence),
      items: byCollection(items),
      settings: Object.fromEntries(rows.setting),
      lastDeviceSequence: this.#lastDeviceSequence,
      lastLogSequence: this.#chunks.at(-1)?.lastSequence ?? 0,
    };
  }

  load(): Snapshot {
    return this.#snapshot;
  }

  async commit(changes: readonly Change[]): Promise<void> {
    const before = { places: this.#places, lastDeviceSequence: this.#lastDeviceSequence };
    const reset = changes.findLastIndex(({ kind }) => kind === 'reset');
    this.#places = new Map(reset >= 0 ? [] : this.#places);
    if (reset >= 0) this.#lastDeviceSequence = 0;
    try {
      const writes = changes.slice(reset + 1).flatMap((change) => this.#writesOf(change));
      await this.#transaction(writes, reset >= 0);
      this.#failure = null;
    } catch (error) {
      this.#places = before.places;
      this.#lastDeviceSequence = before.lastDeviceSequence;
      this.#failure = error;
      throw error;
    }
    if (reset >= 0) this.#chunks = [];
  }

  appendLog(chunk: LogChunk): void {
    const { lastSequence, forgetThrough } = chunk;
    const forgotten = this.#chunks.filter((each) => each.lastSequence <= forgetThrough);
    this.#chunks = [...this.#chunks.slice(forgotten.length), chunk];
    const writes: Write[] = forgotten.map((each) => ({ store: 'log', key: each.lastSequence }));
    writes.push({ store: 'log', key: lastSequence, value: chunk });
    // A database that fails costs lines of the log, which memory has for now, and no request.
    this.#transaction(writes).catch(() => {});
  }

  readLog(afterSequence: number): string[] {
    const chunks = this.#chunks.filter(({ lastSequence }) => lastSequence > afterSequence);
    return chunks.map(({ json }) => json);
  }

  check(): void {
    if (this.#failure !== null) throw this.#failure;
  }

  /** Transactions that were begun go on to their end. */
  close(): void {
    this.#database.close();
  }

  /** All of it or nothing. @throws StoreError (as a rejection) */
  async #transaction(writes: readonly Write[], isReset = false): Promise<void> {
    let transaction: IDBTransaction;
    try {
      transaction = this.#database.transaction(STORES, 'readwrite');
    } catch (error) {
      throw storeErrorOf(error, this.#database.name, 'DATABASE_FAILED');
    }
    if (isReset) for (const store of STORES) transaction.objectStore(store).clear();
    for (const { store, key, value } of writes) {
      if (value === undefined) transaction.objectStore(store).delete(key);
      else transaction.objectStore(store).put(value, key);
    }
    await ended(transaction);
  }

  #writesOf(change: Change): Write[] {
    switch (change.kind) {
      case 'user':
        return [{ store: 'user', key: change.user.id, value: change.user }];
      case 'token':
        return [{ store: 'token', key: change.token.digest, value: change.token }];
      case 'device':
      case 'deviceState':
        return this.#deviceWrites(change.device);
      case 'deviceRemoved':
        return [{ store: 'device', key: change.device.id }];
      case 'item':
        return [this.#itemWrite(change.collection, change.item)];
      case 'itemRemoved':
        this.#places.delete(placeName(change.collection, change.id));
        return [{ store: 'item', key: [change.collection, change.id] }];
      case 'settings':
        return Object.entries(change.settings).map(([key, value]) => {
          return { store: 'setting', key, value };
        });
      case 'reset':
        return [];
    }
  }

  #deviceWrites(device: Device): Write[] {
    this.#lastDeviceSequence = Math.max(this.#lastDeviceSequence, device.sequence);
    return [
      { store: 'device', key: device.id, value: device },
      { store: 'mark', key: LAST_DEVICE, value: this.#lastDeviceSequence },
    ];
  }

  #itemWrite(collection: string, item: Item): Write {
    const name = placeName(collection, item.id);
    const place = this.#places.get(name) ?? this.#lastPlace + 1;
    this.#places.set(name, place);
    this.#lastPlace = Math.max(this.#lastPlace, place);
    return {
      store: 'item',
      key: [collection, item.id],
      value: { collection, place, item } satisfies KeptItem,
    };
  }
}

const placeName = (collection: string, id: string) => `${collection} ${id}`;

const byPrincipalName = (left: User, right: User) =>
  left.userPrincipalName < right.userPrincipalName ? -1 : 1;

function byCollection(items: readonly KeptItem[]): Record<string, Item[]> {
  const collections: Record<string, Item[]> = {};
  for (const { collection, item } of items) {
    collections[collection] ??= [];
    collections[collection].push(item);
  }
  return collections;
}
