import type { Change } from './persistence.ts';

/** What a dialect keeps of one of its things. */
export interface Item {
  readonly id: string;
}

/** Notes a change, and how to take it back should the database refuse it. */
export type NoteChange = (change: Change, undo: () => void) => void;

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
  #items = new Map<string, Kind>();

  constructor(name: string, note: NoteChange, items: readonly unknown[]) {
    this.#name = name;
    this.#note = note;
    for (const item of items as Kind[]) this.#items.set(item.id, item);
  }

  get(id: string): Kind | undefined {
    return this.#items.get(id);
  }

  find(matches: (item: Kind) => boolean): Kind | undefined {
    for (const item of this.#items.values()) if (matches(item)) return item;
    return undefined;
  }

  filter(matches: (item: Kind) => boolean): Kind[] {
    return [...this.#items.values()].filter(matches);
  }

  /** Adds an item, or replaces the one with its id. */
  save(item: Kind): void {
    const before = this.#items.get(item.id);
    this.#note({ kind: 'item', collection: this.#name, item }, () => {
      if (before) this.#items.set(item.id, before);
      else this.#items.delete(item.id);
    });
    this.#items.set(item.id, item);
  }

  remove(item: Kind): void {
    const before = new Map(this.#items);
    this.#note({ kind: 'itemRemoved', collection: this.#name, item }, () => {
      this.#items = before;
    });
    this.#items.delete(item.id);
  }

  /** Forgets all of them; what is on disk is the caller's business. */
  clear(): void {
    this.#items.clear();
  }
}
