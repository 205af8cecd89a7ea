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
