/** The page's end of the line to the worker that runs the token. */
import type { CallMessage, CallName, Calls, TokenState, WorkerMessage } from './protocol.ts';

/** A call that the worker refused; `code` is one of ShelfProblem, or of the host library. */
export class TokenCallError extends Error {
  override readonly name = 'TokenCallError';

  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

export type TokenClient = Calls;

/** @param onState  told of everything that can be seen of the token; null: there is none */
export function connectToken(
  worker: Worker,
  onState: (state: TokenState | null) => void,
): TokenClient {
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  let lastId = 0;
  worker.onmessage = ({ data }: MessageEvent<WorkerMessage>) => {
    if (data.kind === 'state') {
      onState(data.state);
      return;
    }
    const call = waiting.get(data.id);
    waiting.delete(data.id);
    if (data.kind === 'answer') call?.resolve(data.value);
    else call?.reject(new TokenCallError(data.code, data.message));
  };
  const call = (name: CallName, parameters: readonly unknown[]) =>
    new Promise((resolve, reject) => {
      lastId += 1;
      waiting.set(lastId, { resolve, reject });
      worker.postMessage({ id: lastId, name, parameters } satisfies CallMessage);
    });
  const handler = {
    get:
      (_: object, name: CallName) =>
      (...parameters: unknown[]) =>
        call(name, parameters),
  };
  return new Proxy({}, handler) as TokenClient;
}
