import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { seededEntropy } from '../../sim/board/entropy.ts';
import { ExitCode } from '../../sim/cli/exit-codes.ts';
import { runCli } from '../../sim/cli/run.ts';
import { testIo } from './io.ts';

const RUNS = 300;
/** Where a fresh token has its records; half of the flips go there, the others anywhere. */
const USED_BYTES = 512;

let folder = '';
let image = Buffer.alloc(0);
const path = (name: string) => join(folder, name);

async function run(...argv: string[]) {
  const { io, printed } = testIo();
  return { exitCode: await runCli(argv, io), ...printed };
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'oathfob-damage-'));
  const record = ['--record', path('fob.json')];
  const made = await run(
    'token',
    'new',
    path('fob.img'),
    '--serial',
    'LMP-1',
    '--at',
    '59',
    ...record,
  );
  expect(made.exitCode, made.stderr).toBe(ExitCode.DONE);
  image = readFileSync(path('fob.img'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a token with any bit flipped gives its right code or none, and says what is wrong', async () => {
  const right = await run('token', 'code', path('fob.img'), '--at', '59');
  const random = new Uint32Array(2 * RUNS);
  seededEntropy(6238)(new Uint8Array(random.buffer));
  const exitCodes = new Set<ExitCode>();
  for (let index = 0; index < RUNS; index++) {
    const range = index % 2 === 0 ? USED_BYTES : image.length;
    const place = random[2 * index]! % range;
    const bit = random[2 * index + 1]! % 8;
    const flipped = Buffer.from(image);
    flipped[place]! ^= 1 << bit;
    writeFileSync(path('flipped.img'), flipped);
    copyFileSync(path('fob.img.board'), path('flipped.img.board'));
    const { stdout, stderr, exitCode } = await run(
      ...['token', 'code', path('flipped.img'), '--at', '59'],
    );
    const what = `bit ${bit} of byte ${place}: exit code ${exitCode}, ${stderr}`;
    if (exitCode === ExitCode.DONE) expect(stdout, what).toBe(right.stdout);
    else expect(stdout, what).toBe('');
    expect([ExitCode.DONE, ExitCode.VERIFICATION_FAILED], what).toContain(exitCode);
    if (exitCode !== ExitCode.DONE) expect(stderr, what).toMatch(/^error: /m);
    exitCodes.add(exitCode);
  }
  expect(exitCodes.size).toBe(2);
});

test.each([0, 1, 16_383, 16_385])('an image of %d bytes is no token', async (length) => {
  const cut = Buffer.alloc(length);
  image.copy(cut);
  writeFileSync(path('cut.img'), cut);
  copyFileSync(path('fob.img.board'), path('cut.img.board'));
  const { stdout, stderr, exitCode } = await run('token', 'code', path('cut.img'));
  expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: ExitCode.VERIFICATION_FAILED });
  expect(stderr).toContain(`has ${length} bytes, a token image has 16384`);
  expect(readFileSync(path('cut.img'))).toEqual(cut);
});
