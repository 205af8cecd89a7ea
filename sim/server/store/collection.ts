import type { Change } from './persistence.ts';

/** What a dialect keeps of one of its things. */
export interface Item {
  readonly id: string;
}

/** Notes a change, and how to take it back should the database refuse it. */
export type NoteChange = (change: Change, undo: () => void) => void;

/** Finds the item that has this key now. */
export type Lookup<Kind extends Item> = (key: string) => Kind | undefined;

/**
 * The things of one kind that a dialect keeps, by id, in the order they were first saved. They are
 * immutable records: a change is a new one in place of the old one, durable with its group (State).
 *
 * They are stored as JSON under a name and an id, not as columns: memory answers every question,
 * so no query ever looks inside one.
 */
export class Collection<Kind extends Item> {
  readonly #name: string;
  readonly #note: NoteChange;
  readonly #items = new Map<string, Kind>();
  readonly #indexes: Index<Kind>[] = [];

  constructor(name: string, note: NoteChange, items: readonly unknown[]) {
    this.#name = name;
    this.#note = note;
    for (const item of items as Kind[]) this.#put(item);
  }

  get size(): number {
    return this.#items.size;
  }

  get(id: string): Kind | undefined {
    return this.#items.get(id);
  }

  values(): IterableIterator<Kind> {
    return this.#items.values();
  }

  find(matches: (item: Kind) => boolean): Kind | undefined {
    for (const item of this.#items.values()) if (matches(item)) return item;
    return undefined;
  }

  filter(matches: (item: Kind) => boolean): Kind[] {
    return [...this.#items.values()].filter(matches);
  }

  /** @param keyOf a second name of an item, which no other item has at the same time, or null */
  indexBy(keyOf: (item: Kind) => string | null): Lookup<Kind> {
    const index = new Index(keyOf);
    for (const item of this.#items.values()) index.put(item);
    this.#indexes.push(index);
    return (key) => index.find(key);
  }

  /** Adds an item, or replaces the one with its id, which keeps its place. */
  save(item: Kind): void {
    const before = this.#items.get(item.id);
    this.#note({ kind: 'item', collection: this.#name, item }, () => {
      if (before) this.#put(before);
      else this.#drop(item);
    });
    this.#put(item);
  }

  /**
   * Compare and set: `after` takes the place of `before`, which must still be the item of its id.
   * @throws Error when it is not. Decisions never await between look and change, so that this is a
   *   fault of ours and not a race that somebody lost
   */
  replace(before: Kind, after: Kind): void {
    if (this.#items.get(before.id) !== before) throw new Error(`${this.#name} changed meanwhile`);
    this.save(after);
  }

  remove({ id }: Item): void {
    const item = this.#items.get(id);
    if (!item) return;
    const place = this.#placeOf(id);
    this.#note({ kind: 'itemRemoved', collection: this.#name, id }, () => this.#putAt(place, item));
    this.#drop(item);
  }

  /**
   * Forgets all of them; what is on disk is the caller's business.
   * @returns how to take it back
   */
  clear(): () => void {
    const items = [...this.#items.values()];
    this.#items.clear();
    for (const index of this.#indexes) index.clear();
    return () => {
      for (const item of items) this.#put(item);
    };
  }

  #put(item: Kind): void {
    const before = this.#items.get(item.id);
    this.#items.set(item.id, item);
    for (const index of this.#indexes) {
      if (before) index.drop(before);
      index.put(item);
    }
  }

  #drop(item: Kind): void {
    this.#items.delete(item.id);
    for (const index of this.#indexes) index.drop(item);
  }

  /** Few steps for an old item: those that are removed to make room are the oldest. */
  #placeOf(wanted: string): number {
    let place = 0;
    for (const id of this.#items.keys()) {
      if (id === wanted) break;
      place += 1;
    }
    return place;
  }

  /** Changes are taken back in reverse, so that the others are where they were at its removal. */
  #putAt(place: number, item: Kind): void {
    const others = [...this.#items.values()];
    this.#items.clear();
    for (const each of [...others.slice(0, place), item, ...others.slice(place)]) {
      this.#items.set(each.id, each);
    }
    for (const index of this.#indexes) index.put(item);
  }
}

/** Which item has which key, kept in step by its collection. */
class Index<Kind extends Item> {
  readonly #keyOf: (item: Kind) => string | null;
  readonly #items = new Map<string, Kind>();

  constructor(keyOf: (item: Kind) => string | null) {
    this.#keyOf = keyOf;
  }

  find(key: string): Kind | undefined {
    return this.#items.get(key);
  }

  put(item: Kind): void {
    const key = this.#keyOf(item);
    if (key !== null) this.#items.set(key, item);
  }

  drop(item: Kind): void {
    const key = this.#keyOf(item);
    if (key !== null) this.#items.delete(key);
  }

  clear(): void {
    this.#items.clear();
  }
}
