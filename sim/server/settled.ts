import type { State } from './store/state.ts';

/** A value that is there already: what was decided, and not a promise of it. */
export type Decided<Result> = Result extends PromiseLike<unknown> ? never : Result;

/**
 * Looks at the state, decides and changes it in one go. An operation that has to wait for something
 * is given this in place of the state, so that it cannot look before the wait and change after it,
 * nor change something that its answer does not wait for.
 */
export type Decide<Context> = <Result>(work: (context: Context) => Decided<Result>) => Result;

/** Runs a step without waits, and remembers the commit of what it has seen and changed. */
export type Step = <Result>(step: () => Result) => Result;

/**
 * Does what a request asks for, and waits until all that its steps have seen is durable: the one
 * place where every dialect does. Refusals wait too: a wrong code has been counted, and what only
 * read may have read what is not saved yet.
 * @throws StoreError in place of the result, or of another error, when the database refused any of
 *   it; memory is what it was before
 */
export async function settled<Result>(
  state: State,
  work: (step: Step) => Promise<Result>,
): Promise<Result> {
  const commits: Promise<void>[] = [];
  const remember = () => {
    const commit = state.durable();
    if (commit && commits.at(-1) !== commit) commits.push(commit);
  };
  const step: Step = (run) => {
    try {
      return run();
    } finally {
      remember();
    }
  };
  try {
    return await work(step);
  } finally {
    remember();
    for (const commit of commits) await commit;
  }
}
