/** Things that are tried on a server, one after the other, and what came of the last one. */
import type { Explanation } from '../../../host/explain.ts';
import { Store } from '../store.ts';
import type { Exchange } from './client.ts';

export interface Outcome {
  readonly isAccepted: boolean;
  /** The step that was tried: a name among the words of its panel. */
  readonly step: string;
  /** The server's own words for a refusal. */
  readonly message: string;
  /** Stable name of a refusal, e.g. `wrongCode`; empty when it was accepted. */
  readonly reason: string;
  /** What the code was, if it is to blame. */
  readonly explanation: Explanation | null;
  /** Tells two outcomes apart that say the same. */
  readonly id: string;
}

export interface AttemptState {
  readonly outcome: Outcome | null;
  readonly isBusy: boolean;
}

export class Attempt {
  readonly store = new Store<AttemptState>({ outcome: null, isBusy: false });

  /** Does one thing at a time: while something is being tried, nothing else is. */
  async run(work: () => Promise<boolean>): Promise<boolean> {
    if (this.store.state.isBusy) return false;
    this.store.set({ isBusy: true });
    try {
      return await work();
    } finally {
      this.store.set({ isBusy: false });
    }
  }

  /** Notes how a request ended. @returns whether it was accepted */
  settle(
    step: string,
    { isAccepted, body, id }: Exchange,
    details: Partial<Pick<Outcome, 'reason' | 'explanation'>> = {},
  ): boolean {
    const said = isAccepted ? { reason: '', message: '' } : refusalOf(body);
    this.store.set({ outcome: { isAccepted, step, explanation: null, ...said, ...details, id } });
    return isAccepted;
  }

  /** Notes a refusal that is not the server's, but ours or the token's. */
  refuse(step: string, reason: string, message = ''): false {
    this.#note({ isAccepted: false, step, reason, message });
    return false;
  }

  /** Notes that the token has taken something. */
  accept(step: string): true {
    this.#note({ isAccepted: true, step, reason: '', message: '' });
    return true;
  }

  #note(outcome: Pick<Outcome, 'isAccepted' | 'step' | 'reason' | 'message'>): void {
    this.store.set({ outcome: { ...outcome, explanation: null, id: crypto.randomUUID() } });
  }

  clear(): void {
    this.store.set({ outcome: null });
  }
}

/** Of the refusal forms of all dialects: its stable name, and the sentence. */
export function refusalOf(body: unknown): { reason: string; message: string } {
  const said = (typeof body === 'object' && body !== null ? body : {}) as {
    reason?: string;
    message?: string;
    Message?: string;
    ErrorCode?: string;
    error?: { code: string; message: string };
  };
  return {
    reason: said.reason ?? said.error?.code ?? said.ErrorCode ?? '',
    message: said.message ?? said.error?.message ?? said.Message ?? '',
  };
}
