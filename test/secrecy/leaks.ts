/**
 * Builds that leave a secret where only one of the checks looks: each shows that its check can fail.
 */
import type { Changes } from '../build.ts';

export interface Leak {
  readonly title: string;
  readonly changes: Changes;
}

/** Asks the board for its key in a buffer of another's, when power-on has a deletion to finish. */
export const LEFT_AT_POWER_ON: Leak = {
  title: 'a firmware that leaves the device key where a deletion was interrupted',
  changes: {
    'assembly/store/mount.ts': (source) =>
      source
        .replace(
          "import { log } from '../memory';",
          "import { log, PBKDF2_STATE } from '../memory'; import { deviceKey } from '../board';",
        )
        .replace(
          'const purged = purge(identity);',
          'const purged = purge(identity); deviceKey(PBKDF2_STATE);',
        ),
  },
};

/** Prepares the key of every account at power-on, each over the one before, in a buffer of another's. */
export const PREPARED_AT_POWER_ON: Leak = {
  title: 'a firmware that leaves the key of the last account',
  changes: {
    'assembly/index.ts': (source) =>
      source.replace(
        '  token.booted = 1;',
        `  if (token.refusal === Status.DONE) {
    for (let slot: u32 = 0; slot < 32; slot++) {
      if (isThere(0x20 + slot)) prepareIn(slot, PBKDF2_STATE);
    }
  }
  token.booted = 1;`,
      ) +
      `import { openCredential as prepareIn } from './oath/credential';
import { exists as isThere } from './store/log';
import { PBKDF2_STATE } from './memory';
`,
  },
};

/** Would save the work of preparing the device key again. */
export const REMEMBERING: Leak = {
  title: 'a firmware that remembers a piece of a key in a global',
  changes: {
    'assembly/pin/vault.ts': (source) =>
      source.replace(
        /^function deriveSealingKey.*\n.*\n/m,
        `let lastKey: u32 = 0;\n$&  if (lastKey === load<u32>(SEALING_KEY)) return true;
  lastKey = load<u32>(SEALING_KEY);\n`,
      ),
  },
};
