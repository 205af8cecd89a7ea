import { StoreError } from '../../sim/server/store/errors.ts';
import { openLibsql } from '../../sim/server/store/libsql.ts';
import type { Persistence } from '../../sim/server/store/persistence.ts';

/** The real database with a switch that makes its commits fail, as a full disk does. */
export function failing(): { persistence: Persistence; fault: { active: boolean } } {
  const real = openLibsql(':memory:');
  const fault = { active: false };
  const persistence: Persistence = {
    load: () => real.load(),
    commit: (changes) => {
      if (fault.active) throw new StoreError('DATABASE_FAILED', 'test');
      real.commit(changes);
    },
    appendLog: (chunk) => real.appendLog(chunk),
    readLog: (sequence) => real.readLog(sequence),
    check: () => {
      if (fault.active) throw new StoreError('DATABASE_FAILED', 'test');
    },
    close: () => real.close(),
  };
  return { persistence, fault };
}
