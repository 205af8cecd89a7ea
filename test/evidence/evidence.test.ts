/** The bars of the evidence can be missed, and a figure of other bytes, or none, is noticed. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FIELD_NAMES } from '../fault/campaign.ts';
import { rowsOf as faultRows, faultsInAll } from '../fault/rows.ts';
import { fuzzRow, LEAST_RUNS } from '../fuzz/row.ts';
import { historiesRow } from '../model/row.ts';
import { emptyTally } from '../model/walks.ts';
import type { Mutant } from '../mutation/mutants.ts';
import { rowsOf as mutationRows } from '../mutation/score.ts';
import { type Lived, powerRow } from '../power/row.ts';
import { LEAST_SECRETS, traceRow } from '../secrecy/rows.ts';
import type { Measured as Traced } from '../secrecy/subjects.ts';
import { AREA_NAMES } from './areas.ts';
import { evidenceDocument } from './document.ts';
import { type Hashes, hashesOf, type Measured, MODULES } from './measured.ts';
import type { Row } from './row.ts';
import { areasAsked, isComplete, longestFirst, problemsOf } from './verdict.ts';

const HASHES = Object.fromEntries(MODULES.map((name) => [name, `hash of ${name}`])) as Hashes;
const ROW: Row = { claim: 'it works', bar: 'always', measured: 'always', holds: true };
const GOOD: Measured = {
  commit: 'c0ffee, with changes',
  sha256: HASHES,
  machine: 'a machine',
  seconds: 7,
  rows: [ROW],
  survival: [],
};
const ALL = Object.fromEntries(AREA_NAMES.map((name) => [name, GOOD])) as Record<
  (typeof AREA_NAMES)[number],
  Measured
>;

const ALL_FAULTS = faultsInAll();

describe('the verdict', () => {
  it('is good when every area was measured on these bytes and reaches its bars', () => {
    expect(problemsOf(ALL, HASHES)).toEqual([]);
    expect(isComplete(ALL, HASHES)).toBe(true);
  });

  it.each(AREA_NAMES)('is bad when %s misses a bar', (name) => {
    const missed = { ...ALL, [name]: { ...GOOD, rows: [ROW, { ...ROW, holds: false }] } };
    expect(problemsOf(missed, HASHES)).toEqual([`${name}: missed: it works`]);
    expect(isComplete(missed, HASHES)).toBe(false);
  });

  it.each(AREA_NAMES)('is bad when %s was not measured, or says nothing', (name) => {
    const { [name]: _, ...others } = ALL;
    expect(problemsOf(others, HASHES)).toEqual([`${name}: not measured`]);
    expect(problemsOf({ ...ALL, [name]: { ...GOOD, rows: [] } }, HASHES)).toHaveLength(1);
  });

  it.each(MODULES)('is bad when %s has other bytes than it had', (module) => {
    const problems = problemsOf(ALL, { ...HASHES, [module]: 'another hash' });
    expect(problems).toHaveLength(AREA_NAMES.length);
    expect(problems[0]).toContain(`measured on other bytes of ${module}`);
  });

  it('is bad for figures that do not say what they were measured on', () => {
    const { sha256: _, ...old } = GOOD;
    const problems = problemsOf({ ...ALL, power: old as Measured }, HASHES);
    expect(problems).toEqual([`power: measured on other bytes of ${MODULES.join(', ')}`]);
  });

  it('tells modules apart by what is in them', () => {
    const folder = mkdtempSync(join(tmpdir(), 'oathfob-evidence-'));
    for (const name of MODULES) writeFileSync(join(folder, name), name);
    const before = hashesOf(folder);
    writeFileSync(join(folder, 'qr.wasm'), 'changed');
    const after = hashesOf(folder);
    rmSync(folder, { recursive: true });
    expect(new Set(Object.values(before)).size).toBe(MODULES.length);
    expect(MODULES.filter((name) => before[name] !== after[name])).toEqual(['qr.wasm']);
  });
});

describe('the areas', () => {
  it('are all measured when none is named, and one that there is not is refused', () => {
    expect(areasAsked([])).toEqual(AREA_NAMES);
    expect(areasAsked(['power'])).toEqual(['power']);
    expect(() => areasAsked(['powers'])).toThrow(/area powers: there are /);
  });

  it('begin with those that take longest', () => {
    const kept = {
      fuzz: { ...GOOD, seconds: 9 },
      power: { ...GOOD, seconds: 90 },
      faults: { ...GOOD, seconds: 40 },
    };
    expect(longestFirst(['fuzz', 'power', 'faults'], kept)).toEqual(['power', 'faults', 'fuzz']);
    expect(longestFirst(['fuzz', 'secrecy'], kept)).toEqual(['secrecy', 'fuzz']);
  });
});

describe('the document', () => {
  it('says which bytes, which commit, and that there were changes', () => {
    const text = evidenceDocument(ALL);
    for (const name of MODULES) expect(text).toContain(`| \`${name}\` | \`hash of ${name}\` |`);
    expect(text).toContain('commit c0ffee, with changes;');
    expect(text).toContain('| it works | always | always |');
  });
});

describe('a bar', () => {
  const lived = (points: number, more: Partial<Lived> = {}): Lived => ({
    ...{ id: 'H1', title: 'a life', complete: true, failures: [], operations: 1, states: 1 },
    ...{ pointsDepth1: 1, pointsDepth2: points - 1, ...more },
  });
  const failure = { point: 'H1:op0:outall', problems: ['it is gone'] };

  it.each([
    ['1,000,000 points', [lived(600_000), lived(400_000)], true],
    ['999,999 points', [lived(999_999)], false],
    ['a point that fails', [lived(1_000_000, { failures: [failure] })], false],
    ['operations that were left out', [lived(1_000_000, { complete: false })], false],
  ])('of power cuts: %s', (_, lives, holds) => {
    expect(powerRow(lives).holds).toBe(holds);
  });

  it.each([
    ['100,000 histories', 100_000, [], true],
    ['99,999 histories', 99_999, [], false],
    ['a history that fails', 100_000, ['W7: step 3'], false],
  ])('of random histories: %s', (_, count, failures, holds) => {
    expect(historiesRow({ count, total: emptyTally(), failures }).holds).toBe(holds);
  });

  it.each([
    ['1,000,000 lives', LEAST_RUNS, null, true],
    ['999,999 lives', LEAST_RUNS - 1, null, false],
    ['a life that fails', LEAST_RUNS, 'run 7: trap', false],
  ])('of spoilt images: %s', (_, runs, failed, holds) => {
    expect(LEAST_RUNS).toBe(1_000_000);
    expect(fuzzRow(runs, failed).holds).toBe(holds);
  });

  it.each([
    ['95 of 100 mutants', 95, true],
    ['94 of 100 mutants', 94, false],
  ])('of mutants: %s', (_, killed, holds) => {
    const examined = Array.from({ length: 100 }, (_, index) => ({
      mutant: { area: 'store' } as Mutant,
      killer: index < killed ? 'a script' : null,
    }));
    const rows = mutationRows([{ name: 'token', examined }], []);
    const row = (claim: string) => rows.find((row) => row.claim === claim)!;
    expect(row('Mutation score of crypto/, oath/, pin/, store/').holds).toBe(holds);
    expect(row('Mutation score of store/')).toMatchObject({ holds, bar: '≥ 95 %' });
    expect(row('Mutation score of pin/').holds).toBe(false);
  });

  it.each(FIELD_NAMES)('of single faults: what a thief gets of %s', (field) => {
    const campaign = { tried: ALL_FAULTS, reached: 8, played: 7, crimes: [] };
    expect(faultRows(campaign).every(({ holds }) => holds)).toBe(true);
    expect(faultRows({ ...campaign, reached: 0 }).some(({ holds }) => holds)).toBe(false);
    const missed = faultRows({ ...campaign, crimes: [{ field, what: 'everything' }] });
    expect(missed.map(({ holds }) => holds)).toEqual(FIELD_NAMES.map((name) => name !== field));
  });

  it('of single faults: every other one is not every one', () => {
    const campaign = { tried: Math.ceil(ALL_FAULTS / 2), reached: 8, played: 7, crimes: [] };
    expect(faultRows(campaign).map(({ holds }) => holds)).toEqual(FIELD_NAMES.map(() => false));
  });

  const traced = (title: string, secrets: number, traces = 1): Traced => {
    return { title, secrets, traces, events: 1n };
  };

  it.each([
    ['100,000 secrets', [traced('HMAC-SHA1', LEAST_SECRETS)], true],
    ['99,999 secrets', [traced('HMAC-SHA1', LEAST_SECRETS - 1)], false],
    ['100,000 wrong PINs', [traced('VERIFY 6', 40_000), traced('VERIFY 8', 60_000)], true],
    ['99,999 wrong PINs', [traced('VERIFY 6', 40_000), traced('VERIFY 8', 59_999)], false],
    ['a second trace', [traced('HMAC-SHA1', LEAST_SECRETS, 2)], false],
    ['no subject', [], false],
  ])('of traces: %s', (_, many, holds) => {
    expect(LEAST_SECRETS).toBe(100_000);
    expect(traceRow('HMAC', many, []).holds).toBe(holds);
    expect(traceRow('HMAC', many, [traced('HMAC-SHA1, slowly', 100)]).holds).toBe(holds);
  });
});
