import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ExitCode } from '../../sim/cli/exit-codes.ts';
import type { Io } from '../../sim/cli/io.ts';
import { runCli } from '../../sim/cli/run.ts';
import { testIo } from './io.ts';

const SECRETS = {
  pin: '271828',
  other: '314159',
  long: '2718281828459045',
  puk: '16180339',
  wrongPuk: '11223344',
};

let folder = '';
const path = (name: string) => join(folder, name);
const from = (name: keyof typeof SECRETS) => `@${path(name)}`;
const fob = () => path('fob.img');

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date', 'performance'], now: new Date('2026-03-02T09:30:10Z') });
  folder = mkdtempSync(join(tmpdir(), 'oathfob-pin-'));
  for (const [name, digits] of Object.entries(SECRETS)) writeFileSync(path(name), `${digits}\n`);
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true, force: true });
});

/** Milliseconds that commands have slept; their clock moves on by as much. */
let slept: number[] = [];
async function sleep(milliseconds: number): Promise<void> {
  slept.push(milliseconds);
  vi.advanceTimersByTime(milliseconds);
}

async function run(argv: readonly string[], change: Partial<Io> = {}) {
  slept = [];
  const { io, printed } = testIo({ sleep, ...change });
  const exitCode = await runCli(argv, io);
  for (const digits of Object.values(SECRETS)) {
    expect(printed.stdout + printed.stderr, argv.join(' ')).not.toContain(digits);
  }
  return { exitCode, ...printed };
}

/** Runs `token …`, which must succeed. */
async function done(...argv: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await run(['token', ...argv]);
  expect(exitCode, stderr).toBe(ExitCode.DONE);
  return stdout;
}

async function makeToken(...options: string[]): Promise<void> {
  await done(
    'new',
    fob(),
    '--serial',
    'A',
    '--record',
    path('r'),
    '--format',
    'otpauth',
    ...options,
  );
}

async function makeTokenWithPin(): Promise<void> {
  await makeToken();
  await done('pin', 'set', fob(), '--pin', from('pin'), '--puk', from('puk'));
}

const tryPin = (name: keyof typeof SECRETS) =>
  run(['token', 'pin', 'verify', fob(), '--pin', from(name), '--json']);
const tryPuk = (name: keyof typeof SECRETS) =>
  run([
    'token',
    'pin',
    'unblock',
    fob(),
    '--puk',
    from(name),
    '--new-pin',
    from('other'),
    '--json',
  ]);

/** A terminal on which these lines are typed, one after the other. */
function typing(...lines: string[]) {
  const questions: string[] = [];
  const askSecret = async (question: string) => {
    questions.push(question);
    return new TextEncoder().encode(lines.shift());
  };
  return { askSecret, questions };
}

describe('wrong PINs', () => {
  test('are waited for from the fourth on, longer each time, and the eighth blocks', async () => {
    await makeTokenWithPin();
    const waits: number[][] = [];
    for (let left = 7; left > 0; left--) {
      const { exitCode, stdout } = await tryPin('other');
      expect(exitCode).toBe(ExitCode.PIN_WRONG);
      expect(JSON.parse(stdout)).toMatchObject({ code: 'PIN_WRONG', exitCode: 3, triesLeft: left });
      waits.push(slept);
    }
    const last = await tryPin('other');
    expect(last.exitCode).toBe(ExitCode.PIN_LOCKED);
    expect(JSON.parse(last.stdout)).toMatchObject({
      code: 'PIN_BLOCKED',
      exitCode: 4,
      triesLeft: 0,
      hint: `oathfob token pin unblock ${fob()}`,
    });
    waits.push(slept);
    expect(waits).toEqual([[], [], [], [], [15_000], [30_000], [60_000], [120_000]]);
    expect(last.stderr).toMatch(
      /^after 7 wrong PINs the token makes you wait: 120 s to go\nctrl-c/,
    );
  });

  test('block it for the right one too, by every way in, and the PUK unblocks it', async () => {
    await makeTokenWithPin();
    for (let wrong = 0; wrong < 8; wrong++) await tryPin('other');
    for (const verb of [
      ['pin', 'verify', fob()],
      ['pin', 'change', fob(), '--new-pin', from('other')],
      ['pin', 'policy', fob(), 'off'],
      ['code', fob()],
      ['screen', fob()],
      ['press', fob(), 'ok'],
    ]) {
      const { exitCode, stderr } = await run(['token', ...verb, '--pin', from('pin')]);
      expect(exitCode, verb.join(' ')).toBe(ExitCode.PIN_LOCKED);
      expect(stderr).toContain('error: the PIN is blocked: no tries are left');
      expect(slept).toEqual([]);
    }
    expect(await done('info', fob())).toContain('once per power-on, blocked, PUK with 10 tries');
    expect((await tryPuk('puk')).exitCode).toBe(ExitCode.DONE);
    expect(await done('code', fob(), '--pin', from('other'))).toMatch(/^\d{6}\n$/);
  });

  test('without a PUK block it for good, and the hint says so', async () => {
    await makeToken();
    await done('pin', 'set', fob(), '--pin', from('pin'));
    for (let wrong = 0; wrong < 8; wrong++) await tryPin('other');
    const { exitCode, stderr } = await run(['token', 'code', fob(), '--pin', from('pin')]);
    expect(exitCode).toBe(ExitCode.PIN_LOCKED);
    expect(stderr).toContain('hint: there is no PUK that could unblock it');
  });

  test('by the keys of the device are waited for and counted like others', async () => {
    await makeTokenWithPin();
    for (let wrong = 0; wrong < 4; wrong++) await tryPin('other');
    const { exitCode, stderr } = await run(['token', 'code', fob(), '--pin', from('other')]);
    expect(slept).toEqual([15_000]);
    expect(exitCode).toBe(ExitCode.PIN_WRONG);
    expect(stderr).toContain('the PIN is wrong: 3 tries are left');
    const at = ['--at', '2026-03-02T10:00:00Z'];
    const right = await run(['token', 'code', fob(), '--pin', from('pin'), ...at]);
    expect(slept).toEqual([30_000]);
    expect(right.exitCode, right.stderr).toBe(ExitCode.DONE);
  });

  test('cost nothing when the wait is given up', async () => {
    await makeTokenWithPin();
    for (let wrong = 0; wrong < 4; wrong++) await tryPin('other');
    const giveUp = () => Promise.reject(new Error('interrupted'));
    const argv = ['token', 'pin', 'verify', fob(), '--pin', from('other')];
    await run(argv, { sleep: giveUp });
    expect(await done('info', fob())).toContain(', 4 tries left');
  });
});

test('ten wrong PUKs destroy every key, and each but the first four is waited for', async () => {
  await makeTokenWithPin();
  const waits: number[] = [];
  for (let left = 9; left > 0; left--) {
    const { exitCode, stdout } = await tryPuk('wrongPuk');
    expect(exitCode).toBe(ExitCode.PIN_WRONG);
    expect(JSON.parse(stdout)).toMatchObject({ code: 'PUK_WRONG', triesLeft: left });
    waits.push(...slept);
  }
  const last = await tryPuk('wrongPuk');
  expect(last.exitCode).toBe(ExitCode.PIN_LOCKED);
  expect(JSON.parse(last.stdout)).toMatchObject({ code: 'PUK_BLOCKED', triesLeft: 0 });
  waits.push(...slept);
  expect(waits).toEqual([15, 30, 60, 120, 240, 480].map((seconds) => seconds * 1000));
  const info = JSON.parse(await done('info', fob(), '--json'));
  expect(info).toMatchObject({ serialNumber: 'A', accounts: [], pin: { policy: 'off' } });
});

describe('a terminal', () => {
  test('is asked for new secrets twice, the PUK first', async () => {
    await makeToken();
    const { askSecret, questions } = typing('16180339', '16180339', '271828', '271828');
    const { exitCode, stderr } = await run(['token', 'pin', 'set', fob()], { askSecret });
    expect(exitCode, stderr).toBe(ExitCode.DONE);
    expect(questions).toEqual([
      'new PUK (empty for none): ',
      'once more: ',
      'new PIN: ',
      'once more: ',
    ]);
    expect(await done('code', fob(), '--pin', from('pin'))).toMatch(/^\d{6}\n$/);
  });

  test('may leave the PUK out', async () => {
    await makeToken();
    const { askSecret } = typing('', '271828', '271828');
    const { stderr } = await run(['token', 'pin', 'set', fob()], { askSecret });
    expect(stderr).toContain('warning: there is no PUK');
  });

  test('that says two different things changes nothing', async () => {
    await makeTokenWithPin();
    const { askSecret } = typing('271828', '314159', '314158');
    const { exitCode, stderr } = await run(['token', 'pin', 'change', fob()], { askSecret });
    expect(exitCode).toBe(ExitCode.USAGE);
    expect(stderr).toContain('error: the two are not the same');
    expect((await tryPin('pin')).exitCode).toBe(ExitCode.DONE);
  });

  test('is asked once for secrets that there are, also where standard input was named', async () => {
    await makeTokenWithPin();
    for (const argv of [
      ['code', fob()],
      ['screen', fob(), '--pin', '-'],
      ['pin', 'verify', fob()],
    ]) {
      const { askSecret, questions } = typing('271828');
      const { exitCode, stderr } = await run(['token', ...argv], { askSecret });
      expect(exitCode, stderr).toBe(ExitCode.DONE);
      expect(questions).toEqual(['PIN: ']);
    }
    const { askSecret, questions } = typing('16180339', '314159', '314159');
    await run(['token', 'pin', 'unblock', fob()], { askSecret });
    expect(questions).toEqual(['PUK: ', 'new PIN: ', 'once more: ']);
    expect((await tryPin('other')).exitCode).toBe(ExitCode.DONE);
  });

  test('is not asked by a token that wants no PIN, nor by a look at the display', async () => {
    await makeToken();
    const askSecret = () => Promise.reject(new Error('asked'));
    const code = await run(['token', 'code', fob()], { askSecret });
    expect(code.exitCode, code.stderr).toBe(ExitCode.DONE);
    await done('pin', 'set', fob(), '--pin', from('pin'), '--puk', from('puk'));
    const screen = await run(['token', 'screen', fob(), '--text'], { askSecret });
    expect(screen.stdout).toContain('PIN NEEDED');
  });
});

test('what is no PIN is refused before it could cost a try', async () => {
  await makeTokenWithPin();
  const tooLong = '12345678901234567';
  for (const text of ['', '\n\n', '27182', tooLong, '27182x', '271 828', '٢٧١٨٢٨', '271828\0']) {
    const readStdin = async () => new TextEncoder().encode(text);
    for (const argv of [
      ['pin', 'verify', fob()],
      ['code', fob()],
    ]) {
      const { exitCode } = await run(['token', ...argv, '--pin', '-'], { readStdin });
      expect(exitCode, JSON.stringify(text)).toBe(ExitCode.USAGE);
    }
  }
  expect(await done('info', fob())).toContain('8 tries left');
});

test('a PIN of sixteen digits is entered with the keys like a short one', async () => {
  await makeToken('--hotp');
  await done('pin', 'set', fob(), '--pin', from('long'));
  expect(await done('code', fob(), '--pin', from('long'))).toMatch(/^\d{6}\n$/);
});

test('every digit is found on the wheel', async () => {
  await makeToken();
  writeFileSync(path('all'), '9081726354');
  await done('pin', 'set', fob(), '--pin', `@${path('all')}`);
  await done('code', fob(), '--pin', `@${path('all')}`);
});

describe('a PIN for each code', () => {
  test('is entered where the display asks for it, before the code and not after it', async () => {
    await makeToken('--hotp');
    await done('pin', 'set', fob(), '--pin', from('pin'));
    await done('pin', 'policy', fob(), 'each-code', '--pin', from('pin'));
    const text = await done('press', fob(), 'down', 'up', 'ok', '--pin', from('pin'));
    expect(text).toMatch(/^oathfob:A\n\d{3} \d{3}\nOK: next code\n1\/2\n$/);
    expect(await done('info', fob())).toContain('next counter 1');
  });
});

test('activation unlocks the token with the keys before it sends the code', async () => {
  await makeTokenWithPin();
  const sent: string[] = [];
  const fetch = async (_: string, options?: RequestInit) => {
    sent.push(JSON.parse(options!.body as string).verificationCode);
    return new Response(null, { status: 204 });
  };
  const endpoint = ['--endpoint', 'http://127.0.0.1:9/beta', '--user', 'me', '--token', '-'];
  const readStdin = async () => new TextEncoder().encode('bearer-token\n');
  const argv = ['token', 'activate', fob(), ...endpoint];
  const locked = await run(argv, { fetch, readStdin });
  expect(locked.exitCode).toBe(ExitCode.REFUSED);
  expect(locked.stderr).toContain('error: the token asks for its PIN');
  expect(sent).toEqual([]);
  const { exitCode, stderr } = await run([...argv, '--pin', from('pin')], { fetch, readStdin });
  expect(exitCode, stderr).toBe(ExitCode.DONE);
  expect(sent).toEqual([(await done('code', fob(), '--pin', from('pin'))).trim()]);
});

test('the bytes that were read are wiped when the command is done', async () => {
  await makeTokenWithPin();
  const bytes = new TextEncoder().encode('271828\n');
  await run(['token', 'pin', 'verify', fob(), '--pin', '-'], { readStdin: async () => bytes });
  expect(bytes).toEqual(new Uint8Array(bytes.length));
  const typed = new TextEncoder().encode('271828');
  await run(['token', 'code', fob()], { askSecret: async () => typed });
  expect(typed).toEqual(new Uint8Array(typed.length));
});
