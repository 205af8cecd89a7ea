import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ExitCode } from '../../sim/cli/exit-codes.ts';
import { runCli } from '../../sim/cli/run.ts';
import { testIo } from './io.ts';

let folder = '';
const path = (name: string) => join(folder, name);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'oathfob-run-'));
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true, force: true });
});

async function makeToken(): Promise<string> {
  const { io, printed } = testIo();
  const argv = [
    'token',
    'new',
    path('fob.img'),
    '--serial',
    'LMP-1',
    '--at',
    '59',
    '--record',
    path('fob.json'),
  ];
  expect(await runCli(argv, io), printed.stderr).toBe(ExitCode.DONE);
  return path('fob.img');
}

describe('a terminal', () => {
  test('is never shown a seed', async () => {
    const { io, printed } = testIo({ isTerminal: true });
    const argv = ['token', 'new', path('fob.img'), '--serial', 'LMP-1', '--record', '-'];
    expect(await runCli(argv, io)).toBe(ExitCode.USAGE);
    expect(printed.stdout).toBe('');
    expect(printed.stderr).toContain('it is not written to a terminal');
    expect(() => readFileSync(path('fob.img'))).toThrow('ENOENT');
  });

  test('of 130 columns shows the display as a picture', async () => {
    const { io, printed } = testIo({ isTerminal: true, columns: 130 });
    await runCli(['token', 'screen', await makeToken(), '--at', '59'], io);
    expect(printed.stdout.split('\n')).toHaveLength(35);
    expect(printed.stdout).toContain('\x1b[');
  });

  test('with NO_COLOR shows it without colours', async () => {
    const environment = { NO_COLOR: '1' };
    const { io, printed } = testIo({ isTerminal: true, columns: 130, environment });
    await runCli(['token', 'screen', await makeToken(), '--at', '59'], io);
    expect(printed.stdout).toContain('█');
    expect(printed.stdout).not.toContain('\x1b');
  });

  test('that is narrower shows its text and says why', async () => {
    const { io, printed } = testIo({ isTerminal: true, columns: 129 });
    await runCli(['token', 'screen', await makeToken(), '--at', '59'], io);
    expect(printed.stdout).toMatch(/^oathfob:LMP-1\n\d{3} \d{3}\n1 s\n1\/2\n$/);
    expect(printed.stderr).toBe(
      'this terminal has 129 columns, the picture 130: here is its text\n',
    );
  });
});

describe('token activate', () => {
  const ENDPOINT = ['--endpoint', 'http://127.0.0.1:9/beta', '--user', 'me', '--token', '-'];
  const readStdin = async () => new TextEncoder().encode('bearer-token\n');
  const NO_PAUSE = { 'Retry-After': '0' };

  test('waits for the next code when this one is about to end, and says so', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-03-02T09:30:10Z') });
    const file = await makeToken();
    vi.setSystemTime(new Date('2026-03-02T09:30:28Z'));
    const slept: number[] = [];
    const sent: { serialNumber: string; verificationCode: string }[] = [];
    const { io, printed } = testIo({
      readStdin,
      sleep: async (milliseconds) => {
        slept.push(milliseconds);
        vi.setSystemTime(Date.now() + milliseconds);
      },
      fetch: async (_, options) => {
        sent.push(JSON.parse(options!.body as string));
        return new Response(null, { status: 204 });
      },
    });
    expect(await runCli(['token', 'activate', file, ...ENDPOINT], io), printed.stderr).toBe(0);
    expect(slept).toEqual([2000]);
    expect(printed.stderr).toBe('the code ends in 2 s: waiting for the next one\n');
    const next = testIo();
    await runCli(['token', 'code', file, '--at', '2026-03-02T09:30:30Z'], next.io);
    expect(sent).toEqual([{ serialNumber: 'LMP-1', verificationCode: next.printed.stdout.trim() }]);
  });

  test('gives up on a server that does not answer, with exit code 42', async () => {
    const { io, printed } = testIo({
      readStdin,
      fetch: (_, options) =>
        new Promise((__, reject) => {
          options!.signal!.addEventListener('abort', () => reject(options!.signal!.reason));
        }),
    });
    const argv = ['token', 'activate', await makeToken(), ...ENDPOINT, '--at', '59'];
    expect(await runCli([...argv, '--timeout', '0.01'], io)).toBe(ExitCode.TIMED_OUT);
    expect(printed.stderr).toContain('error: http://127.0.0.1:9 did not answer within 0.01 s');
  });

  test('sends nothing twice after a 429, and says how long to wait', async () => {
    let requests = 0;
    const { io, printed } = testIo({
      readStdin,
      fetch: async () => {
        requests++;
        const error = { code: 'TooManyRequests', message: 'Wait.' };
        const headers = { 'Retry-After': '60', 'Content-Type': 'application/json' };
        return new Response(JSON.stringify({ error }), { status: 429, headers });
      },
    });
    const argv = ['token', 'activate', await makeToken(), ...ENDPOINT, '--at', '59'];
    expect(await runCli(argv, io)).toBe(ExitCode.REFUSED);
    expect(requests).toBe(1);
    expect(printed.stderr).toContain('hint: try again in 60 s, with a new code');
  });

  test('tries again when a gateway had a hiccup', async () => {
    const statuses = [503, 504, 204];
    const { io, printed } = testIo({
      readStdin,
      fetch: async () => new Response(null, { status: statuses.shift()!, headers: NO_PAUSE }),
    });
    const argv = ['token', 'activate', await makeToken(), ...ENDPOINT, '--at', '59'];
    expect(await runCli(argv, io), printed.stderr).toBe(ExitCode.DONE);
    expect(statuses).toEqual([]);
  });

  test('does not let a server steer the terminal', async () => {
    const { io, printed } = testIo({
      readStdin,
      fetch: async () => {
        const error = { code: 'badRequest', message: '\x1b]0;owned\x07\x1b[2J no' };
        const headers = { 'Content-Type': 'application/json' };
        return new Response(JSON.stringify({ error }), { status: 400, headers });
      },
    });
    await runCli(['token', 'activate', await makeToken(), ...ENDPOINT, '--at', '59'], io);
    expect(printed.stderr).not.toContain('\x1b');
    expect(printed.stderr).toContain(' no');
  });

  test('takes its bearer token along to no other address', async () => {
    const seen: (string | undefined)[] = [];
    const { io } = testIo({
      readStdin,
      fetch: async (_, options) => {
        seen.push(options!.redirect);
        return new Response(null, { status: 204 });
      },
    });
    await runCli(['token', 'activate', await makeToken(), ...ENDPOINT, '--at', '59'], io);
    expect(seen).toEqual(['error']);
  });
});

test('a fault of oathfob itself ends with exit code 70', async () => {
  const { io, printed } = testIo({ readStdin: () => Promise.reject(new Error('no such stream')) });
  const argv = ['token', 'new', path('x'), '--serial', 'A', '--record', path('y'), '--seed', '-'];
  expect(await runCli(argv, io)).toBe(ExitCode.INTERNAL);
  expect(printed.stderr).toMatch(/^error: unexpected failure: no such stream\nhint: .+ report it/);
});

test('every verb says what it does and takes', async () => {
  const verbs = ['demo', 'serve', 'pcsc', 'doctor'].map((verb) => [verb]);
  const ofToken = ['new', 'info', 'code', 'screen', 'press', 'sign-in', 'upload', 'activate'];
  const ofPin = ['set', 'change', 'verify', 'unblock', 'policy'];
  for (const verb of [
    ...verbs,
    ...ofToken.map((name) => ['token', name]),
    ...ofPin.map((name) => ['token', 'pin', name]),
    ['apdu', 'replay'],
  ]) {
    const { io, printed } = testIo();
    expect(await runCli([...verb, '--help'], io)).toBe(ExitCode.DONE);
    expect(printed.stdout).toContain(`USAGE oathfob ${verb.join(' ')} `);
    expect(printed.stdout).toContain('--json');
    expect(printed.stdout).not.toContain('\x1b');
  }
});

test('doctor finds all that the tests need', async () => {
  const { io, printed } = testIo();
  const exitCode = await runCli(['doctor', '--json'], io);
  const { schema, complete, findings } = JSON.parse(printed.stdout);
  expect(schema).toBe('oathfob.doctor/1');
  const missing = findings.filter(({ found }: { found: string | null }) => found === null);
  expect({ complete, exitCode }).toEqual(
    missing.length === 0 ? { complete: true, exitCode: 0 } : { complete: false, exitCode: 1 },
  );
  for (const finding of findings) expect(finding.mend).not.toBe('');
});

test('doctor says what is missing and how to get it', async () => {
  vi.stubEnv('PATH', folder);
  const { io, printed } = testIo();
  expect(await runCli(['doctor'], io)).toBe(ExitCode.REFUSED);
  expect(printed.stdout).toMatch(/missing {2}oathtool .+\n +apt-get install -y oathtool\n/);
  vi.unstubAllEnvs();
});
