/** What a step of the tour is. */
import type { Tour } from './tour.ts';

/** What a step says it did. */
export interface Account {
  readonly sent: string;
  readonly received: string;
}

export interface Step {
  readonly name: string;
  readonly title: string;
  /** @throws when the step does not hold, with the reason */
  run(tour: Tour): Promise<Account>;
}

/** @throws for a step that did not hold */
export function demand(holds: boolean, reason: string): asserts holds {
  if (!holds) throw new Error(reason);
}

export function codeOf(tour: Tour): string {
  const { code } = tour;
  demand(code !== null, 'the display shows no code');
  return code;
}

/** The last request and its answer, addresses shortened to their ends. */
export function passage({ wire }: Tour, more = ''): Account {
  const { method, path, status } = wire.last;
  const end = path.split('/').slice(-1)[0]!;
  const shown = /^[0-9a-f-]{36}$/.test(end)
    ? `…/${path.split('/').at(-2)}/${end.slice(0, 8)}…`
    : `…/${end}`;
  return {
    sent: `${method} ${shown}`,
    received: [String(status), more].filter(Boolean).join('  '),
  };
}
