import { type Change, type Persistence, volatile } from '../../sim/server/store/persistence.ts';

/** A commit that was begun, with the items it saves; it ends when a test says so, and how. */
export interface Writing {
  readonly ids: readonly string[];
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** A database that takes its time, as a browser's does. */
export function slow(): { persistence: Persistence; writings: Writing[] } {
  const writings: Writing[] = [];
  const commit = (changes: readonly Change[]) =>
    new Promise<void>((resolve, reject) => {
      const ids = changes.flatMap((change) => (change.kind === 'item' ? [change.item.id] : []));
      writings.push({ ids, resolve, reject });
    });
  return { persistence: { ...volatile(), commit }, writings };
}
