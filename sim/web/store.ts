/** State that several parts of the page see. */
import { useLayoutEffect, useState } from 'preact/hooks';

export class Store<State> {
  #state: State;
  readonly #listeners = new Set<() => void>();

  constructor(state: State) {
    this.#state = state;
  }

  get state(): State {
    return this.#state;
  }

  set(change: Partial<State>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#listeners) listener();
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

/** The state of a store; the component is drawn anew when it changes. */
export function useStore<State>(store: Store<State>): State {
  const [, draw] = useState(store.state);
  // Before the browser paints: what has changed meanwhile is never seen as it was.
  useLayoutEffect(() => {
    draw(store.state);
    return store.subscribe(() => draw(store.state));
  }, [store]);
  return store.state;
}
