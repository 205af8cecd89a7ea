/** `explain` at the command line: what is typed as the display shows it, and what is no code at all. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCli } from '../../sim/cli/run.ts';
import { testIo } from './io.ts';

const AT = ['--at', '2026-03-02T09:30:10Z'];
let folder: string;
let image: string;
let code: string;

async function run(...argv: string[]): Promise<string> {
  const { io, printed } = testIo();
  expect(await runCli(argv, io), printed.stderr).toBe(0);
  return printed.stdout.trim();
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'oathfob-explain-'));
  image = join(folder, 'fob.img');
  // Of a random seed one code or another is 012345.
  const seed = join(folder, 'seed');
  await writeFile(seed, 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ');
  await run(
    'token',
    'new',
    image,
    '--serial',
    'LMP-1',
    '--seed',
    `@${seed}`,
    '--record',
    join(folder, 'fob.json'),
    ...AT,
  );
  code = await run('token', 'code', image, ...AT);
});
afterAll(() => rm(folder, { recursive: true }));

it('takes a code with a space in the middle, as the display shows it', async () => {
  const typed = `${code.slice(0, 3)} ${code.slice(3)}`;
  expect(await run('explain', typed, '--token', image, ...AT)).toContain('this code is right');
});

it.each([
  ['', 'a code is digits and nothing else'],
  ['12345', 'has 6 digits'],
  ['1234567', 'has 6 digits'],
  ['12345678', 'has 6 digits'],
])('says of %j what is plain to see, and of no accident', async (typed, why) => {
  const said = await run('explain', typed, '--token', image, ...AT);
  expect(said).toContain(why);
  expect(said.split('\n')).toHaveLength(1);
});
