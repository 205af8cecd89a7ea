/** Ten desks at once, each with a daemon, a token and a client of its own. */
import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildCli } from '../cli/harness.ts';
import { Desk, demandPrograms } from './desk.ts';
import { DESK_MILLISECONDS } from './isolation.ts';
import { keyText, oathtool, Ykman } from './ykman.ts';

const RUNS = 10;

let cli = '';
beforeAll(async () => {
  demandPrograms(['pcscd', 'ykman', 'oathtool', 'opensc-tool']);
  cli = await buildCli();
});
afterAll(() => rmSync(dirname(cli), { recursive: true, force: true }));

/** From an empty desk to two codes. @returns what oathtool says, and what the token said */
async function live(run: number): Promise<[expected: string[], shown: string[]]> {
  const desk = await Desk.withToken(cli, `--serial RUN-${run}`);
  try {
    const ykman = new Ykman(desk);
    const counters = [run, run + 1].map(String);
    await ykman.oath('accounts', 'add', '-o', 'HOTP', '-c', counters[0]!, 'h', keyText('SHA1'));
    const shown = [await ykman.code('h'), await ykman.code('h')];
    const expected = [];
    for (const counter of counters) expected.push(await oathtool(desk, 'SHA1', '-c', counter));
    return [expected, shown];
  } finally {
    await desk.close();
  }
}

test(`${RUNS} runs at once do not disturb each other`, { timeout: DESK_MILLISECONDS }, async () => {
  const runs = await Promise.all(Array.from({ length: RUNS }, (_, run) => live(run)));
  for (const [expected, shown] of runs) expect(shown).toEqual(expected);
  // Each began elsewhere: a reader that two of them shared would have shown the other's codes.
  expect(new Set(runs.map(([, shown]) => shown.join()))).toHaveProperty('size', RUNS);
});
