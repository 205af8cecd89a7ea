/** The machine that makes and examines mutants, and a sample of what full.ts examines. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { ShippedName } from '../wasm/attribution.ts';
import { Examiner } from './examiner.ts';
import { keyOf, type Mutant } from './mutants.ts';
import { type Population, populationOf } from './run.ts';
import { type ListedGroup, rowsOf } from './score.ts';
import survivors from './survivors.json' with { type: 'json' };

/** Mutants of each module that are examined here. */
const SAMPLE = 60;
const known = new Set(
  (survivors as readonly ListedGroup[]).flatMap(({ mutants }) => Object.keys(mutants)),
);

describe.each(['otp', 'token'] as const)('%s.wasm', (name: ShippedName) => {
  let population: Population;
  let examiner: Examiner;

  beforeAll(async () => {
    population = await populationOf(name);
    examiner = new Examiner(population.prepared);
  }, 120_000);

  /** What the report says about mutants that are examined alone. */
  const report = (mutants: readonly Mutant[], isListed: boolean) => {
    const examined = mutants.flatMap((mutant) => {
      const fate = examiner.examine(mutant);
      return fate === 'invalid' ? [] : [{ mutant, killer: fate.killer }];
    });
    const keys = Object.fromEntries(mutants.map((mutant) => [`${name} | ${keyOf(mutant)}`, 1]));
    const list = isListed ? [{ reason: 'a test', mutants: keys }] : [];
    return rowsOf([{ name, examined }], list).at(-1)!;
  };

  it('loses a sample of its mutants, spread over all of them', () => {
    const candidates = population.mutants.filter(
      (mutant) => !known.has(`${name} | ${keyOf(mutant)}`),
    );
    const stride = candidates.length / SAMPLE;
    const alive: string[] = [];
    for (let index = 0; index < SAMPLE; index++) {
      const mutant = candidates[Math.floor((index + 0.5) * stride)]!;
      const fate = examiner.examine(mutant);
      if (fate !== 'invalid' && fate.killer === null) alive.push(keyOf(mutant));
    }
    expect(alive).toEqual([]);
  }, 120_000);

  /** An instruction that the genuine module runs, replaced by itself: nobody can notice that. */
  const harmless = (): Mutant => {
    const mutant = population.mutants.find(({ operator }) => operator === 'condition inverted')!;
    const { start, end } = mutant.edit!;
    const same = [...population.prepared.module.bytes.subarray(start, end)];
    return { ...mutant, edit: { ...mutant.edit!, bytes: same } };
  };

  it('is not done with a mutant that nothing kills, unless it is on the list', () => {
    expect(report([harmless()], false)).toMatchObject({ holds: false });
    expect(report([harmless()], true)).toMatchObject({ holds: true });
  }, 120_000);

  it('is not done with a mutant on the list that is killed', () => {
    const killed = population.mutants.find(({ operator }) => operator === 'bit flipped')!;
    expect(report([killed], false)).toMatchObject({ holds: true });
    expect(report([killed], true)).toMatchObject({ holds: false });
  }, 120_000);

  it('ends a loop that has no end', () => {
    const { module } = population.prepared;
    const index = module.instructions.findIndex(({ opcode }) => opcode === 0x03);
    const { functionIndex, end } = module.instructions[index]!;
    const endless = { functionIndex, start: end, end, bytes: [0x0c, 0x00] };
    const key = { file: 'loop', area: 'crypto', code: '', operator: 'endless', flip: null };
    expect(examiner.examine({ ...key, edit: endless })).not.toEqual({ killer: null });
  }, 120_000);
});
