import { spawn } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SABOTAGE } from '../../sim/cli/demo/sabotage.ts';
import { STEPS, STORIES } from '../../sim/cli/demo/stories.ts';
import { buildCli, Workshop } from './harness.ts';

let cli = '';
let workshop: Workshop;
beforeAll(async () => {
  cli = await buildCli();
  workshop = new Workshop(cli);
});
afterAll(() => {
  workshop.remove();
  rmSync(dirname(cli), { recursive: true, force: true });
});

const NAMES = STEPS.map(({ name }) => name);

describe('the tour', () => {
  test('holds in under ten seconds, a line for every step, and leaves nothing behind', async () => {
    const startedAt = performance.now();
    const { stdout, stderr, exitCode } = await workshop.run('oathfob demo');
    expect(performance.now() - startedAt).toBeLessThan(10_000);
    expect(exitCode, stdout + stderr).toBe(0);
    expect(stderr).toBe('');
    expect(stdout.match(/^ok +\d+ .+ → .+$/gm)).toHaveLength(STEPS.length);
    for (const { title } of STORIES) expect(stdout).toContain(`\n\n${title}\nok `);
    const folder = /^folder +(.+)$/m.exec(stdout)![1]!;
    expect(existsSync(folder)).toBe(false);
  });

  test('tells programs what it did', async () => {
    const { stdout } = await workshop.run('oathfob demo --json');
    const tour = JSON.parse(stdout);
    expect(tour).toMatchObject({ schema: 'oathfob.demo/1', held: true });
    expect(tour.steps.map(({ step }: { step: string }) => step)).toEqual(NAMES);
  });

  test('takes everything away even when nobody reads on', async () => {
    const { stdout } = await workshop.run('oathfob demo | head -n 2');
    const folder = /^folder +(.+)$/m.exec(stdout)![1]!;
    expect(existsSync(folder)).toBe(false);
  });

  test('has a way to break each of its steps', () => {
    expect(Object.keys(SABOTAGE)).toEqual(NAMES);
  });

  test.each(NAMES)('with step %s broken ends there, says so and exits with 5', async (name) => {
    const { stdout, stderr, exitCode } = await workshop.run(`oathfob demo --break ${name} --json`);
    expect(exitCode).toBe(5);
    expect(stderr).toMatch(new RegExp(`^error: step ${name} did not hold: .+`));
    const failure = JSON.parse(stdout);
    expect(failure).toMatchObject({ code: 'STEP_FAILED', failedStep: name, exitCode: 5 });
    const held = failure.steps.map(({ held }: { held: boolean }) => held);
    expect(held).toEqual([...Array(NAMES.indexOf(name)).fill(true), false]);
  });

  test('leaves a server to try, and every command it prints works as pasted', async () => {
    const child = spawn(process.execPath, [cli, 'demo', '--serve', '--port', '0'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
    let talk = '';
    const isUp = new Promise<void>((resolve, reject) => {
      child.stderr.on('data', (chunk) => {
        talk += chunk;
        if (talk.includes('ctrl-c')) resolve();
      });
      child.once('exit', () => reject(new Error(talk)));
    });
    await isUp;
    const [screen, signIn, make, upload, activate, pin] = talk
      .split('\n')
      .filter((line) => /^ {2}[^ #]/.test(line));
    const shown = await workshop.run(screen!);
    expect(shown.stdout).toMatch(/^oathfob:helga@oathfob\.example\n\d{3} \d{3}\n\d+ s\n1\/2\n$/);
    const signedIn = await workshop.run(signIn!);
    expect(signedIn.stdout, signedIn.stderr).toMatch(/^accepted, step \d+, drift (?:0|-1)\n$/);
    const repeated = await workshop.run(signIn!);
    // The second paste may fall into the next step, whose code is new.
    if (repeated.exitCode !== 0) expect(repeated.stderr).toMatch(/^error: codeAlreadyUsed: /);
    for (const command of [make!, upload!, activate!]) {
      const { stderr, exitCode } = await workshop.run(command);
      expect(exitCode, `${command}\n${stderr}`).toBe(0);
    }
    const unasked = await workshop.run(pin!);
    expect(unasked.stderr).toContain('there is no terminal to ask on');
    const lines = "printf '271828\\n16180339\\n'";
    const set = await workshop.run(`${lines} | ${pin} --pin - --puk -`);
    expect(set.stdout, set.stderr).toContain('PIN and PUK are set');
    const folder = dirname(/--token @(\S+)/.exec(signIn!)![1]!);
    expect(existsSync(folder)).toBe(true);
    child.kill('SIGINT');
    expect(await exited).toBe(0);
    expect(existsSync(folder)).toBe(false);
  });
});
