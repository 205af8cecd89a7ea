/**
 * Whose turn it is: token, server and time are one bench, on which one thing is done at a time. What is
 * asked for meanwhile, by a second click or in another panel, is not done at all; files that somebody
 * has gone to choose wait for their turn.
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

  /** Does the work when what is being done is over, and before anything else is begun. */
  async waitFor<Result>(work: () => Promise<Result>): Promise<Result> {
    while (this.store.state.isBusy) await this.#change();
    return (await this.take(work)) as Result;
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      const forget = this.store.subscribe(() => {
        forget();
        resolve();
      });
    });
  }
}
