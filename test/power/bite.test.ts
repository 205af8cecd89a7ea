/** Every check of the laboratory can fail: firmware and flash with one fault each are found out. */
import { describe, expect, it } from 'vitest';
import { openWalks } from '../model/walks.ts';
import { Laboratory } from './laboratory.ts';
import { buildMutant, type Mutation } from './mutant.ts';
import { NARROW } from './outcomes.ts';

const SPENT = 0;
const EXTENT = { first: NARROW, second: null };

interface Bite extends Mutation {
  /** The history that finds it. */
  readonly history: string;
  readonly finds: RegExp;
}

const MUTATIONS: readonly Bite[] = [
  {
    title: 'a new page counts before everything is copied to it',
    file: 'assembly/store/compaction.ts',
    from: `const end = copyLiveRecords(victim, page);
  if (end === NO_RECORD || !commitPage(page)) return false;`,
    to: `if (!commitPage(page)) return false;
  const end = copyLiveRecords(victim, page);
  if (end === NO_RECORD) return false;`,
    history: 'H3',
    finds: /found: /,
  },
  {
    title: 'an interrupted deletion is not finished at power-on',
    file: 'assembly/store/mount.ts',
    from: `const purged = purge(identity);
    if (purged !== Stored.DONE) return purged;
  }
  return eraseAllSuperseded();`,
    to: `setAddress(identity, 0);
  }
  return Stored.DONE;`,
    history: 'H3',
    finds: /the sealed key of doomed survives its deletion/,
  },
  {
    title: 'a torn tally word counts as unspent',
    file: 'assembly/store/record.ts',
    from: 'readWord(first + ((count - 1) << 2)) === BLANK',
    to: 'readWord(first + ((count - 1) << 2)) !== 0',
    history: 'H2',
    finds: /programmed a second time/,
  },
  {
    title: 'a PIN is compared before the try is counted',
    file: 'assembly/pin/verify.ts',
    from: `const counted = spendTry(triesOf(identity), TRIES + identity, most);`,
    to: `const early = openWith(identity, secret, length); lock();
  const counted = spendTry(triesOf(identity), TRIES + identity, most) + early - early;`,
    history: 'H7',
    finds: /found: .* pin 8 left, .*; expected: .* pin 7 left, /,
  },
];

describe('a firmware with a fault', () => {
  const built = new Map<Mutation, Promise<Uint8Array<ArrayBuffer>>>();
  const mutant = (mutation: Mutation) => {
    const wasm = built.get(mutation) ?? buildMutant(mutation);
    built.set(mutation, wasm);
    return wasm;
  };

  it.each(MUTATIONS.map((mutation) => [mutation.title, mutation] as const))(
    'is found out when %s, by a point that shows it alone',
    async (_, mutation) => {
      const wasm = await mutant(mutation);
      const { failures } = new Laboratory(wasm).explore(mutation.history, EXTENT);
      const failure = failures.find(({ problems }) => mutation.finds.test(problems.join('\n')));
      expect(failure).toBeDefined();
      expect(new Laboratory(wasm).replay(failure!.point).problems).toEqual(failure!.problems);
    },
  );

  it('is found out by random histories too', async () => {
    const walk = openWalks(await mutant(MUTATIONS[2]!));
    const failed = Array.from({ length: 30 }, (_, seed) => () => walk(`W${seed}`)).filter(fails);
    expect(failed.length).toBeGreaterThan(0);
  });
});

describe('a flash with a fault', () => {
  const laboratory = new Laboratory();
  const { operations } = laboratory.recording('H2');
  const step = operations.findLastIndex(({ word }) => word === SPENT);

  it('is found out when it forgets its last finished write', () => {
    const left = laboratory.replay(`H2:op${step}:outffffffff`).remains;
    expect(laboratory.judge('H2', step, left)).toEqual([]);
    expect(laboratory.judge('H2', step + 1, left).join()).toMatch(/found: .*a:one=26 /);
  });

  it('is found out when it changes a word that was not being written', () => {
    const { words, clock } = laboratory.replay(`H2:op${step}:outffffffff`).remains;
    for (const at of [2, 5, 6]) {
      const harmed = words.slice();
      harmed[at] = harmed[at]! & (harmed[at]! - 1);
      expect(laboratory.judge('H2', step, { words: harmed, clock }).join()).toMatch(/DAMAGED/);
    }
  });
});

function fails(act: () => unknown): boolean {
  try {
    act();
    return false;
  } catch {
    return true;
  }
}
