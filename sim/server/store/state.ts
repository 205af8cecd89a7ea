import { Collection, type Item, type NoteChange } from './collection.ts';
import type { Change, Persistence, Snapshot } from './persistence.ts';
import {
  type AccessToken,
  DEFAULT_SETTINGS,
  type Device,
  type DeviceState,
  type Settings,
  type User,
} from './records.ts';

/**
 * Everything the server knows, held in memory and written through.
 *
 * The database is locked by this process, so memory can be the truth while it runs: requests read
 * maps, never SQL. A request decides and changes memory without awaiting anything in between, so
 * that two requests can never both be the first to use a code.
 *
 * Changes become durable in groups: those of the requests that arrived in one turn of the event
 * loop are one database transaction. No answer, not even of a request that only read, leaves
 * before `durable` says that everything it saw is on disk. If the database refuses a group, memory
 * goes back to what it was before the group, and all of its requests are told.
 *
 * Where a commit takes its time, the group after it gathers until it has ended. That one was decided
 * on what the first one did: if the first is refused, both are taken back.
 */
export class State {
  readonly #persistence: Persistence;
  readonly #users = new Map<string, User>();
  readonly #userIdByPrincipalName = new Map<string, string>();
  readonly #tokens = new Map<string, AccessToken>();
  /** In order of creation; a changed device keeps its place. */
  readonly #devices = new Map<string, Device>();
  readonly #deviceIdBySerial = new Map<string, string>();
  /** Device ids in order of assignment. */
  readonly #deviceIdsByUser = new Map<string, Set<string>>();
  readonly #collections = new Map<string, Collection<Item>>();
  #settings: Settings = DEFAULT_SETTINGS;
  #lastDeviceSequence = 0;
  #group: Group | undefined;
  /** The group that is being written, where that takes its time. */
  #committing: Group | undefined;

  constructor(persistence: Persistence, snapshot: Snapshot) {
    this.#persistence = persistence;
    for (const user of snapshot.users) this.#putUser(user);
    for (const token of snapshot.tokens) this.#tokens.set(token.digest, token);
    for (const device of snapshot.devices) this.#putDevice(device);
    for (const [name, items] of Object.entries(snapshot.items)) this.#openCollection(name, items);
    this.#settings = { ...DEFAULT_SETTINGS, ...snapshot.settings };
    this.#lastDeviceSequence = snapshot.lastDeviceSequence;
  }

  get settings(): Settings {
    return this.#settings;
  }

  accessToken(digest: string): AccessToken | undefined {
    return this.#tokens.get(digest);
  }

  accessTokens(): AccessToken[] {
    return [...this.#tokens.values()];
  }

  users(): User[] {
    return [...this.#users.values()];
  }

  /** @param idOrPrincipalName object id as issued, or a user principal name in any letter case */
  user(idOrPrincipalName: string): User | undefined {
    const id = this.#userIdByPrincipalName.get(idOrPrincipalName.toLowerCase());
    return this.#users.get(id ?? idOrPrincipalName.toLowerCase());
  }

  devices(): IterableIterator<Device> {
    return this.#devices.values();
  }

  device(id: string): Device | undefined {
    return this.#devices.get(id.toLowerCase());
  }

  deviceBySerialNumber(serialNumber: string): Device | undefined {
    const id = this.#deviceIdBySerial.get(serialNumber);
    return id === undefined ? undefined : this.#devices.get(id);
  }

  /** The user's tokens in order of assignment. */
  devicesOfUser(userId: string): Device[] {
    const ids = this.#deviceIdsByUser.get(userId);
    return ids ? Array.from(ids, (id) => this.#devices.get(id)!) : [];
  }

  tokenCountOfUser(userId: string): number {
    return this.#deviceIdsByUser.get(userId)?.size ?? 0;
  }

  /**
   * What a dialect keeps, by a name of its own. The name is the caller's word that all of its items
   * are of this kind.
   */
  collection<Kind extends Item>(name: string): Collection<Kind> {
    const collection = this.#collections.get(name) ?? this.#openCollection(name, []);
    return collection as unknown as Collection<Kind>;
  }

  /** The sequence for the next device; taken once a device that carries it is added. */
  nextDeviceSequence(): number {
    return this.#lastDeviceSequence + 1;
  }

  addUser(user: User): void {
    this.#note({ kind: 'user', user }, () => this.#dropUser(user));
    this.#putUser(user);
  }

  addAccessToken(token: AccessToken): void {
    this.#note({ kind: 'token', token }, () => this.#tokens.delete(token.digest));
    this.#tokens.set(token.digest, token);
  }

  /** One that is good while this process runs, and not saved. */
  lendAccessToken(token: AccessToken): void {
    this.#tokens.set(token.digest, token);
  }

  /** Adds a device or replaces the one with the same id. */
  saveDevice(device: Device): void {
    const before = this.#devices.get(device.id);
    const undo = before ? () => this.#putDevice(before) : () => this.#dropDevice(device);
    this.#note({ kind: 'device', device }, undo);
    this.#putDevice(device);
  }

  /** Writes what happened to a device; the small and frequent half of `saveDevice`. */
  saveDeviceState(device: Device, state: DeviceState): Device {
    const changed = { ...device, state };
    this.#note({ kind: 'deviceState', device: changed }, () => this.#putDevice(device));
    this.#putDevice(changed);
    return changed;
  }

  removeDevice(device: Device): void {
    this.#note({ kind: 'deviceRemoved', device }, () => this.#restoreDevice(device));
    this.#dropDevice(device);
  }

  saveSettings(settings: Partial<Settings>): void {
    const before = this.#settings;
    this.#note({ kind: 'settings', settings }, () => {
      this.#settings = before;
    });
    this.#settings = { ...before, ...settings };
  }

  /**
   * Back to an empty server with default settings; one user and one bearer token may stay.
   * @param undo  takes back what the caller empties along with it
   */
  reset(user: User | undefined, token: AccessToken, undo: () => void): void {
    const [settings, lastDeviceSequence] = [this.#settings, this.#lastDeviceSequence];
    const refills = [undo, ...this.#empty()];
    this.#settings = DEFAULT_SETTINGS;
    this.#lastDeviceSequence = 0;
    this.#note({ kind: 'reset' }, () => {
      for (const refill of refills) refill();
      this.#settings = settings;
      this.#lastDeviceSequence = lastDeviceSequence;
    });
    if (user) this.addUser(user);
    this.addAccessToken(token);
  }

  /** Empties every map and collection. @returns how to fill each of them again */
  #empty(): (() => void)[] {
    return [
      emptied(this.#users),
      emptied(this.#userIdByPrincipalName),
      emptied(this.#tokens),
      emptied(this.#devices),
      emptied(this.#deviceIdBySerial),
      emptied(this.#deviceIdsByUser),
      ...Array.from(this.#collections.values(), (collection) => collection.clear()),
    ];
  }

  /**
   * Undefined when all that memory holds is durable; else a promise for the moment it will be.
   * @throws StoreError (as a rejection) when the database refused the group
   */
  durable(): Promise<void> | undefined {
    return (this.#group ?? this.#committing)?.committed;
  }

  /**
   * Commits the open group, if there is one, without waiting for the others of this turn. While
   * another one is being written it stays open: it is committed when that has ended.
   */
  commitNow(): void {
    const group = this.#group;
    if (!group || this.#committing) return;
    this.#group = undefined;
    try {
      const written = this.#persistence.commit(group.changes);
      if (written) this.#finish(group, written);
      else group.resolve();
    } catch (error) {
      takeBack(group, error);
    }
  }

  async #finish(group: Group, written: Promise<void>): Promise<void> {
    this.#committing = group;
    try {
      await written;
      group.resolve();
    } catch (error) {
      if (this.#group) takeBack(this.#group, error);
      this.#group = undefined;
      takeBack(group, error);
    }
    this.#committing = undefined;
    this.commitNow();
  }

  /** Adds a change of memory to the group that is committed next, and how to take it back. */
  #note(change: Change, undo: () => void): void {
    const group = this.#group ?? this.#openGroup();
    group.changes.push(change);
    group.undos.push(undo);
  }

  #openCollection(name: string, items: readonly Item[]): Collection<Item> {
    const note: NoteChange = (change, undo) => this.#note(change, undo);
    const collection = new Collection<Item>(name, note, items);
    this.#collections.set(name, collection);
    return collection;
  }

  #openGroup(): Group {
    const group = newGroup();
    this.#group = group;
    afterThisTurn(() => {
      if (this.#group === group) this.commitNow();
    });
    return group;
  }

  #putUser(user: User): void {
    this.#users.set(user.id, user);
    this.#userIdByPrincipalName.set(user.userPrincipalName.toLowerCase(), user.id);
  }

  #putDevice(device: Device): void {
    const before = this.#devices.get(device.id)?.state.assignedUserId ?? null;
    const after = device.state.assignedUserId;
    this.#devices.set(device.id, device);
    this.#deviceIdBySerial.set(device.serialNumber, device.id);
    this.#lastDeviceSequence = Math.max(this.#lastDeviceSequence, device.sequence);
    if (before === after) return;
    if (before !== null) this.#deviceIdsByUser.get(before)?.delete(device.id);
    if (after !== null) this.#assign(after, device.id);
  }

  #assign(userId: string, deviceId: string): void {
    const ids = this.#deviceIdsByUser.get(userId);
    if (ids) ids.add(deviceId);
    else this.#deviceIdsByUser.set(userId, new Set([deviceId]));
  }

  #dropUser(user: User): void {
    this.#users.delete(user.id);
    this.#userIdByPrincipalName.delete(user.userPrincipalName.toLowerCase());
  }

  #dropDevice(device: Device): void {
    this.#devices.delete(device.id);
    this.#deviceIdBySerial.delete(device.serialNumber);
    const { assignedUserId } = device.state;
    if (assignedUserId !== null) this.#deviceIdsByUser.get(assignedUserId)?.delete(device.id);
  }

  /** Puts a device back in its place among the others. */
  #restoreDevice(device: Device): void {
    const all = [...this.#devices.values(), device].sort((a, b) => a.sequence - b.sequence);
    this.#devices.clear();
    for (const each of all) this.#devices.set(each.id, each);
    this.#deviceIdBySerial.set(device.serialNumber, device.id);
    if (device.state.assignedUserId !== null) this.#assign(device.state.assignedUserId, device.id);
  }
}

/** Changes that will be one transaction, how to take them back, and who waits for them. */
interface Group {
  readonly changes: Change[];
  readonly undos: (() => void)[];
  readonly committed: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

function newGroup(): Group {
  let resolve!: () => void;
  let reject!: (error: unknown) => void;
  const committed = new Promise<void>((onDone, onFailed) => {
    resolve = onDone;
    reject = onFailed;
  });
  // Whoever waits hears of a failure; with nobody waiting it must not end the process.
  committed.catch(() => {});
  return { changes: [], undos: [], committed, resolve, reject };
}

/** Memory goes back to what it was before the group, and those who wait are told. */
function takeBack(group: Group, error: unknown): void {
  for (const undo of group.undos.reverse()) undo();
  group.reject(error);
}

/** Empties a map. @returns how to take that back */
function emptied<Key, Value>(map: Map<Key, Value>): () => void {
  const entries = [...map];
  map.clear();
  return () => {
    map.clear();
    for (const [key, value] of entries) map.set(key, value);
  };
}

/** After the sockets that are readable now have been read. A service worker has no setImmediate. */
const afterThisTurn: (work: () => void) => void =
  typeof setImmediate === 'function' ? setImmediate : (work) => setTimeout(work, 0);
