import type { State } from '../store/state.ts';
import type { AuthingKind, AuthingRecords } from './records.ts';

/** The records of one kind, in memory in order of creation, every change part of a transaction. */
export class Collection<Kind extends AuthingKind> {
  readonly #kind: Kind;
  readonly #state: State;
  readonly #keyOf: (record: AuthingRecords[Kind]) => string | null;
  readonly #records = new Map<string, AuthingRecords[Kind]>();
  readonly #idByKey = new Map<string, string>();

  /** @param keyOf a second name of a record, by which `find` finds it, or null */
  constructor(
    kind: Kind,
    state: State,
    keyOf: (record: AuthingRecords[Kind]) => string | null = () => null,
  ) {
    this.#kind = kind;
    this.#state = state;
    this.#keyOf = keyOf;
  }

  get size(): number {
    return this.#records.size;
  }

  get(id: string): AuthingRecords[Kind] | undefined {
    return this.#records.get(id);
  }

  find(key: string): AuthingRecords[Kind] | undefined {
    const id = this.#idByKey.get(key);
    return id === undefined ? undefined : this.#records.get(id);
  }

  values(): IterableIterator<AuthingRecords[Kind]> {
    return this.#records.values();
  }

  /** Takes in what the database held; no change of anything. */
  restore(record: AuthingRecords[Kind]): void {
    this.#put(record);
  }

  add(record: AuthingRecords[Kind]): void {
    const { id } = record;
    const change = { kind: 'authing', set: this.#kind, id, value: record } as const;
    this.#state.record(change, () => this.#drop(record));
    this.#put(record);
  }

  /**
   * Compare and set: `after` takes the place of `before`, which must still be the record of its id.
   * @throws Error when it is not. Decisions never await between look and change, so that this is a
   *   fault of ours and not a race that somebody lost
   */
  replace(before: AuthingRecords[Kind], after: AuthingRecords[Kind]): void {
    const { id } = before;
    if (this.#records.get(id) !== before) throw new Error(`${this.#kind} changed meanwhile`);
    const change = { kind: 'authing', set: this.#kind, id, value: after } as const;
    this.#state.record(change, () => this.#put(before));
    this.#put(after);
  }

  remove(record: AuthingRecords[Kind]): void {
    const { id } = record;
    const change = { kind: 'authing', set: this.#kind, id, value: null } as const;
    this.#state.record(change, () => this.#putFirst(record));
    this.#drop(record);
  }

  /** For a reset, which empties the database in its own transaction. */
  clear(): void {
    this.#records.clear();
    this.#idByKey.clear();
  }

  #put(record: AuthingRecords[Kind]): void {
    const before = this.#records.get(record.id);
    if (before) this.#dropKey(before);
    this.#records.set(record.id, record);
    const key = this.#keyOf(record);
    if (key !== null) this.#idByKey.set(key, record.id);
  }

  #drop(record: AuthingRecords[Kind]): void {
    this.#dropKey(record);
    this.#records.delete(record.id);
  }

  #dropKey(record: AuthingRecords[Kind]): void {
    const key = this.#keyOf(record);
    if (key !== null) this.#idByKey.delete(key);
  }

  /** Only the oldest are ever removed, and are taken back in reverse: the order is as it was. */
  #putFirst(record: AuthingRecords[Kind]): void {
    const others = [...this.#records];
    this.#records.clear();
    this.#put(record);
    for (const [id, other] of others) this.#records.set(id, other);
  }
}
