/** Every wipe in assembly/ is there for something: without it one of the checks fails. */
import { beforeAll, expect, it } from 'vitest';
import { needOf, type Switched, switchedModules } from './wipe-needs.ts';
import { findWipes } from './wipes.ts';

let modules: Switched;
beforeAll(async () => {
  modules = await switchedModules();
}, 120_000);

it('the checks find nothing while all wipes are there', () => {
  expect(needOf(modules, { number: 0 })).toBeNull();
});

it('finds the wipes by a search of the sources', () => {
  const wipes = findWipes();
  expect(wipes.length).toBeGreaterThan(40);
  expect(wipes.map(({ file }) => file)).toContain('assembly/pin/vault.ts');
});

it.each(findWipes())('$file:$line $call is needed', (wipe) => {
  expect(needOf(modules, wipe)).not.toBeNull();
});
