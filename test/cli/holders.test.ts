/** Several processes want one token, and a killed one has left its lock behind. */
import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect, test } from 'vitest';
import { buildCli, Workshop } from './harness.ts';

const ROUNDS = 3;
const PROCESSES = 5;
const GONE = 4_194_999;

test('of several processes at a leftover lock each has the token alone or is told who has it', async () => {
  const cli = await buildCli();
  const workshop = new Workshop(cli);
  try {
    const made = await workshop.run(
      'oathfob token new fob.img --serial A --hotp --record r --format otpauth',
    );
    expect(made.exitCode, made.stderr).toBe(0);
    const codes: string[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      workshop.write('fob.img.lock', String(GONE));
      const outcomes = await Promise.all(
        Array.from({ length: PROCESSES }, () => workshop.run('oathfob token code fob.img')),
      );
      for (const { stdout, stderr, exitCode } of outcomes) {
        if (exitCode === 0) codes.push(stdout);
        else expect(stderr).toMatch(/^error: fob\.img is in use by process \d+\n/);
      }
    }
    expect(codes.length).toBeGreaterThanOrEqual(ROUNDS);
    // Two holders at once would have written over each other's counter.
    const info = await workshop.run('oathfob token info fob.img --json');
    expect(JSON.parse(info.stdout).accounts[0].counter).toBe(String(codes.length));
    expect((await workshop.run('ls')).stdout).toBe('fob.img\nfob.img.board\nr\n');
  } finally {
    workshop.remove();
    rmSync(dirname(cli), { recursive: true, force: true });
  }
});
