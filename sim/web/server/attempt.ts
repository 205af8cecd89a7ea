/** Things that are tried on a server, one after the other, and what came of the last one. */
import type { Explanation } from '../../../host/explain.ts';
import { Store } from '../store.ts';
import { TokenCallError } from '../token-client.ts';
import type { Turn } from '../turn.ts';
import type { Exchange, ServerClient } from './client.ts';

export interface Outcome {
  readonly isAccepted: boolean;
  /** The step that was tried: a name among the words of its panel. */
  readonly step: string;
  /** The server's own words for a refusal. */
  readonly message: string;
  /** Whether the server has answered; else it was the token, or this page. */
  readonly isServers: boolean;
  /** Stable name of a refusal, e.g. `wrongCode`; empty when it was accepted. */
  readonly reason: string;
  /** What the code was, if it is to blame. */
  readonly explanation: Explanation | null;
  /** Tells two outcomes apart that say the same. */
  readonly id: number;
}

/** Something that is not even tried; the page has words for the reason. */
export class Obstacle extends Error {
  override readonly name = 'Obstacle';

  constructor(readonly reason: string) {
    super(reason);
  }
}

type Said = Omit<Outcome, 'id'>;

export class Attempt {
  readonly store = new Store<{ readonly outcome: Outcome | null }>({ outcome: null });
  readonly turn: Turn;
  #lastId = 0;

  constructor(turn: Turn) {
    this.turn = turn;
  }

  /**
   * Does one thing at a time: while something is being tried, nothing else is. What the token
   * refuses is a refusal like the server's.
   */
  async run(work: () => Promise<boolean>): Promise<boolean> {
    const isAccepted = await this.turn.take(async () => {
      try {
        return await work();
      } catch (error) {
        if (error instanceof Obstacle) return this.refuse('', error.reason);
        if (error instanceof TokenCallError) return this.refuse('', error.code, error.message);
        throw error;
      }
    });
    return isAccepted ?? false;
  }

  /** Notes how a request ended. @returns whether it was accepted */
  settle(
    step: string,
    { isAccepted, body, status }: Exchange,
    details: Partial<Pick<Outcome, 'reason' | 'explanation'>> = {},
  ): boolean {
    const said = isAccepted ? { reason: '', message: '' } : refusalOf(body);
    if (status === 0) return this.refuse(step, 'away');
    this.#note({ isAccepted, isServers: true, step, explanation: null, ...said, ...details });
    return isAccepted;
  }

  /** Notes a refusal that is not the server's, but ours or the token's. */
  refuse(step: string, reason: string, message = ''): false {
    const explanation = null;
    this.#note({ isAccepted: false, isServers: false, step, reason, message, explanation });
    return false;
  }

  /** Notes that the token has taken something. */
  accept(step: string): true {
    const said = { reason: '', message: '', explanation: null };
    this.#note({ isAccepted: true, isServers: false, step, ...said });
    return true;
  }

  #note(said: Said): void {
    this.#lastId += 1;
    this.store.set({ outcome: { ...said, id: this.#lastId } });
  }

  clear(): void {
    this.store.set({ outcome: null });
  }
}

/** What a flow cannot go on without. @throws Obstacle when the server does not say it */
export async function needed<Answer>(server: ServerClient, path: string): Promise<Answer> {
  const answer = await server.read(path);
  if (!answer) throw new Obstacle('away');
  return answer as Answer;
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
