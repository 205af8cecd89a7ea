/**
 * The power is cut in the middle of commands about the PIN: the process is killed at a write to the
 * flash, as by the user who pulls the plug. test/power cuts finer, without processes.
 */
import { copyFileSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildCli, type Outcome, Workshop } from '../harness.ts';

/** Loaded in front of the program: takes flash writes until there are CUT of them, then dies. */
const PLUG = `
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
const { writeSync } = fs;
let left = Number(process.env.CUT);
fs.writeSync = (...written) => {
  if (left-- === 0) process.kill(process.pid, 'SIGKILL');
  return writeSync(...written);
};
syncBuiltinESMExports();
`;
const SIGKILLED = 137;

let cli = '';
let workshop: Workshop;
beforeAll(async () => {
  cli = await buildCli();
  workshop = new Workshop(cli);
  workshop.write('plug.mjs', PLUG);
  workshop.write('seed', 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ');
  workshop.write('pin', '271828');
  workshop.write('other', '314159');
  workshop.write('puk', '16180339');
  const made = await workshop.run(
    `oathfob token new plain.img --serial A --hotp --seed @seed --record r --format otpauth &&
     cp plain.img fob.img && cp plain.img.board fob.img.board &&
     oathfob token pin set fob.img --pin @pin --puk @puk`,
  );
  expect(made.exitCode, made.stderr).toBe(0);
});
afterAll(() => {
  workshop.remove();
  rmSync(dirname(cli), { recursive: true, force: true });
});

/** Runs a command on a copy of a token until its write number `cut`. */
async function runUntil(cut: number, original: string, command: string): Promise<Outcome> {
  for (const end of ['', '.board']) {
    copyFileSync(workshop.path(`${original}${end}`), workshop.path(`copy.img${end}`));
  }
  return workshop.run(
    `CUT=${cut} NODE_OPTIONS='--import ./plug.mjs' oathfob token pin ${command}; exit $?`,
  );
}

async function statusOf(): Promise<{ policy: string; triesLeft: number; hasPuk: boolean }> {
  const { stdout, stderr } = await workshop.run('oathfob token info copy.img --json');
  expect(stdout, stderr).not.toBe('');
  return JSON.parse(stdout).pin;
}

/**
 * Kills a command at every so many-th write until it runs to its end, and looks at the token after
 * each kill. @returns what was seen, in the order of the writes
 */
async function afterEachKill<Seen>(
  original: string,
  command: string,
  stride: number,
  look: (cut: number) => Promise<Seen>,
): Promise<Seen[]> {
  const seen: Seen[] = [];
  for (let cut = 0; ; cut += stride) {
    const { exitCode, stdout, stderr } = await runUntil(cut, original, command);
    if (exitCode !== SIGKILLED) return seen;
    expect(stdout + stderr, `killed at write ${cut}`).not.toMatch(/error|PIN/);
    seen.push(await look(cut));
  }
}

describe('a process that is killed', () => {
  test('in the middle of a PIN try does not give the try back, nor say what came of it', async () => {
    const left = await afterEachKill('fob.img', 'verify copy.img --pin @other', 1, async () => {
      const { triesLeft } = await statusOf();
      return triesLeft;
    });
    // Nothing is compared before the try is on the flash, and the last write is the verdict.
    expect(left.length).toBeGreaterThan(1);
    expect(left.at(0)).toBe(8);
    expect(left.at(-1)).toBe(7);
    expect([...left].sort().reverse()).toEqual(left);
  });

  test('while it sets PUK and PIN leaves a token that gives its code, with or without them', async () => {
    const command = 'set copy.img --pin @pin --puk @puk';
    const policies = await afterEachKill('plain.img', command, 13, async (cut) => {
      const { policy, hasPuk } = await statusOf();
      if (policy !== 'off') expect(hasPuk, `killed at write ${cut}`).toBe(true);
      await expectCode(cut, policy === 'off' ? '' : '--pin @pin');
      return policy;
    });
    expect(policies.length).toBeGreaterThan(3);
    expect(policies[0]).toBe('off');
  });

  test('while the PUK sets a new PIN leaves the old one or the new one, and the code', async () => {
    const command = 'unblock copy.img --puk @puk --new-pin @other';
    const openers = await afterEachKill('fob.img', command, 13, async (cut) => {
      const old = await workshop.run('oathfob token pin verify copy.img --pin @pin');
      const name = old.exitCode === 0 ? 'pin' : 'other';
      await expectCode(cut, `--pin @${name}`);
      return name;
    });
    expect(openers.length).toBeGreaterThan(3);
    expect(openers[0]).toBe('pin');
  });
});

/** The first code of RFC 4226, appendix D: no key and no counter has changed. */
async function expectCode(cut: number, option: string): Promise<void> {
  const { stdout, stderr } = await workshop.run(`oathfob token code copy.img ${option}`);
  expect(stdout, `killed at write ${cut}: ${stderr}`).toBe('755224\n');
}

test('a process that is ended while it waits has spent no try, and lets go of the token', async () => {
  const { stdout, stderr, exitCode } = await workshop.run(
    `for try in 1 2 3 4; do oathfob token pin verify fob.img --pin @other 2> talk; done
     oathfob token pin verify fob.img --pin @other 2> talk & waiting=$!
     until grep -q ctrl-c talk; do kill -0 $waiting || exit 1; done
     kill $waiting; wait $waiting; echo $?
     oathfob token info fob.img | grep PIN`,
  );
  expect(exitCode, stderr).toBe(0);
  expect(stdout).toBe('143\nPIN       for each code, 4 tries left, PUK with 10 tries left\n');
});
