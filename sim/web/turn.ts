/**
 * Whose turn it is: token, server and time are one bench, on which one thing is done at a time. What is
 * asked for meanwhile, by a second click or in another panel, is not done at all.
 */
import { Store } from './store.ts';

export class Turn {
  readonly store = new Store({ isBusy: false });

  /** @returns null when it was somebody else's turn */
  async take<Result>(work: () => Promise<Result>): Promise<Result | null> {
    if (this.store.state.isBusy) return null;
    this.store.set({ isBusy: true });
    try {
      return await work();
    } finally {
      this.store.set({ isBusy: false });
    }
  }
}
