import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ExitCode } from '../../sim/cli/exit-codes.ts';
import type { Io } from '../../sim/cli/io.ts';
import { runCli } from '../../sim/cli/run.ts';
import { Control } from '../../sim/link/vpcd.ts';
import { GET_INFO, SELECT_MANAGEMENT, SET_PIN, useBench } from '../link/bench.ts';
import { TcpReader } from '../link/tcp-reader.ts';
import { testIo } from './io.ts';

const bench = useBench();
const fob = () => bench.path('fob.img');
let reader: TcpReader;
const ends: (() => Promise<unknown>)[] = [];
beforeEach(async () => {
  reader = await TcpReader.listen();
});
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
  await reader.close();
});

/** Retries at once; a second never passes. */
const sleep: Io['sleep'] = (milliseconds, signal) =>
  new Promise((resolve) => {
    if (milliseconds < 1000) setImmediate(resolve);
    else signal!.addEventListener('abort', () => resolve());
  });

/** Runs `pcsc` until it is ended or ends by itself. */
const plugIn = (...options: string[]) => plugInAt(reader.port, ...options);

function plugInAt(port: number, ...options: string[]) {
  let interrupt = () => {};
  const interrupted = () =>
    new Promise<void>((resolve) => {
      interrupt = resolve;
    });
  const { io, printed } = testIo({ sleep, interrupted });
  const running = runCli(['pcsc', fob(), '--port', String(port), ...options], io);
  const end = () => {
    interrupt();
    return running;
  };
  ends.push(end);
  return { printed, running, end };
}

describe('pcsc', () => {
  test('plugs the token in, answers, and ends with 0 when it is interrupted', async () => {
    const { printed, end } = plugIn('--json');
    const card = await reader.card();
    card.send([Control.ATR]);
    expect(Buffer.from((await card.answer())!).toString('hex')).toBe('3b8880014f415448544f4b4e05');
    expect(await card.transmit(SELECT_MANAGEMENT)).toMatch(/9000$/);
    expect(await end()).toBe(ExitCode.DONE);
    await card.gone;
    const place = `127.0.0.1:${reader.port}`;
    expect(JSON.parse(printed.stdout)).toEqual({
      schema: 'oathfob.pcsc/1',
      token: fob(),
      serial: null,
      reader: place,
      touch: 'ask',
      log: null,
    });
    expect(printed.stderr).toBe('pull it out with ctrl-c\npulled out\n');
    expect(existsSync(`${fob()}.lock`)).toBe(false);
  });

  test('waits for a reader, and comes back to one that was away, without its rights', async () => {
    const { port } = reader;
    await reader.close();
    const { printed, end } = plugInAt(port);
    while (!printed.stderr.includes('no reader')) await new Promise(setImmediate);
    reader = await TcpReader.listen(port);
    const first = await reader.card();
    expect(await first.transmit(SELECT_MANAGEMENT)).toMatch(/9000$/);
    first.hangUp();
    const second = await reader.card();
    expect(await second.transmit(GET_INFO)).toBe('6985');
    expect(await end()).toBe(ExitCode.DONE);
    expect(printed.stderr).toContain(
      `no reader at 127.0.0.1:${port} yet: is pcscd with vsmartcard-vpcd running?\n`,
    );
  });

  test('holds the token: a second process is told who has it', async () => {
    plugIn();
    await reader.card();
    const { printed, running } = plugIn();
    expect(await running).toBe(ExitCode.REFUSED);
    expect(printed.stderr).toBe(
      `error: ${fob()} is in use by process ${process.pid}\n` +
        'hint: a token can only be in one place: end that program first\n',
    );
  });

  test('refuses a damaged token, whose display says so', async () => {
    writeFileSync(fob(), bench.read('fob.img').fill(0));
    const { printed, running } = plugIn();
    expect(await running).toBe(ExitCode.VERIFICATION_FAILED);
    expect(printed.stderr).toContain('error: the flash image is damaged');
  });

  test.each([
    ['--port 0', '--port is a number 1 to 65535'],
    ['--port 65536', '--port is a number 1 to 65535'],
    [`--host ${'x'.repeat(64)}`, `there is no host ${'x'.repeat(64)}`],
    ['--touch maybe', '--touch is one of auto, ask, never'],
  ])('refuses %s', async (options, message) => {
    const { io, printed } = testIo({ sleep });
    const port = options.startsWith('--port') ? [] : ['--port', String(reader.port)];
    const exitCode = await runCli(['pcsc', fob(), ...port, ...options.split(' ')], io);
    expect(printed.stderr).toContain(`error: ${message}`);
    expect(exitCode).toBe(ExitCode.USAGE);
  });

  test('warns when the reader is on another computer', async () => {
    const { printed, end } = plugIn('--host', '0.0.0.0');
    await reader.card();
    await end();
    expect(printed.stderr).toContain('warning: commands, PINs and keys go to the reader in clear');
  });
});

describe('a log', () => {
  test('is for its owner only, says what it holds, and repeats to the same bytes', async () => {
    const log = bench.path('fob.log');
    bench.copy('fob.img', 'before.img');
    const { printed, end } = plugIn('--log', log);
    const card = await reader.card();
    card.send([Control.POWER_ON]);
    await card.transmit(SELECT_MANAGEMENT);
    expect(await card.transmit(SET_PIN)).toBe('9000');
    expect(await end()).toBe(ExitCode.DONE);
    expect(printed.stderr).toContain(`warning: ${log} gets every command, with PINs and keys\n`);
    expect(printed.stdout + printed.stderr).not.toMatch(/271828|323731383238/);
    expect(statSync(log).mode & 0o777).toBe(0o600);
    expect(readFileSync(log, 'utf8').split('\n')[0]).toContain('"warning":"holds every command');
    const replay = testIo();
    const before = bench.path('before.img');
    expect(await runCli(['apdu', 'replay', log, before, '--json'], replay.io)).toBe(ExitCode.DONE);
    expect(JSON.parse(replay.printed.stdout)).toMatchObject({
      schema: 'oathfob.apdu.replay/1',
      commands: 2,
    });
    expect(bench.read('before.img')).toEqual(bench.read('fob.img'));
    const again = testIo();
    expect(await runCli(['apdu', 'replay', log, before], again.io)).toBe(
      ExitCode.VERIFICATION_FAILED,
    );
    expect(again.printed.stderr).toContain('error: the log begins with another image');
  });

  test('is never written over another file', async () => {
    writeFileSync(bench.path('notes'), 'dear to somebody');
    const { printed, running } = plugIn('--log', bench.path('notes'));
    expect(await running).toBe(ExitCode.USAGE);
    expect(printed.stderr).toContain('notes exists');
    expect(bench.read('notes').toString()).toBe('dear to somebody');
  });

  test('that is none is refused, and the token stays as it is', async () => {
    const before = bench.read('fob.img');
    const { io, printed } = testIo();
    const argv = ['apdu', 'replay', `${fob()}.board`, fob()];
    expect(await runCli(argv, io)).toBe(ExitCode.USAGE);
    expect(printed.stderr).toContain('error: line 1 is not that of a log of APDUs\nhint: ');
    expect(bench.read('fob.img')).toEqual(before);
  });
});
