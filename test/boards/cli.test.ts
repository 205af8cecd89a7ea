import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { createTokenFile } from '../../sim/board/token-file.ts';
import { ExitCode } from '../../sim/cli/exit-codes.ts';
import { runCli } from '../../sim/cli/run.ts';
import { SerialLine } from '../../sim/qemu/serial-line.ts';
import { buildCli } from '../cli/harness.ts';
import { testIo } from '../cli/io.ts';
import { toHex } from '../fixtures.ts';
import { EVERY_BOARD, soon, temporaryFolder } from './bench.ts';

const SELECT_MANAGEMENT = '00a4040008a000000527471117';
const LM3S = ['--board', 'lm3s6965evb'];
const MICROBIT = ['--board', 'microbit'];

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

async function oathfob(...argv: string[]) {
  const { io, printed } = testIo();
  const exitCode = await runCli(argv, io);
  return { exitCode, ...printed };
}

async function newToken(...options: string[]): Promise<string> {
  const path = join(temporaryFolder(), 'fob.token');
  const argv = ['token', 'new', path, '--serial', 'LMP-1', '--record', `${path}.record`];
  expect((await oathfob(...argv, ...options)).exitCode).toBe(ExitCode.DONE);
  return path;
}

/** `oathfob run`, in the background. */
async function run(path: string, board: string) {
  let interrupt = () => {};
  const interrupted = new Promise<void>((resolve) => {
    interrupt = resolve;
  });
  const { io, printed } = testIo({ interrupted: () => interrupted, sleep: async () => {} });
  const argv = ['run', path, '--board', board, '--headless', '--port', '0', '--json'];
  const ended = runCli(argv, io);
  await soon(async () => {
    await new Promise((resolve) => setImmediate(resolve));
    return printed.stdout !== '';
  });
  const { port, schema, process } = JSON.parse(printed.stdout);
  expect(schema).toBe('oathfob.run/1');
  return { port: port as number, process: process as number, interrupt, ended, printed };
}

async function ask(port: number, ...commands: string[]): Promise<string[]> {
  const line = new SerialLine(connect({ host: '127.0.0.1', port }));
  const answers: string[] = [];
  for (const command of commands) {
    const signal = AbortSignal.timeout(60_000);
    answers.push(toHex(await line.ask(Buffer.from(command, 'hex'), signal)));
  }
  line.close();
  return answers;
}

test.each(EVERY_BOARD)(
  'image writes what to flash on %s, and a manifest that says what it is',
  async (name) => {
    const board = ['--board', name];
    const stem = join(temporaryFolder(), 'firmware');
    const { exitCode, stdout } = await oathfob('image', ...board, '-o', `${stem}.hex`, '--json');
    expect(exitCode).toBe(ExitCode.DONE);
    const manifest = JSON.parse(readFileSync(`${stem}.json`, 'utf8'));
    expect(JSON.parse(stdout)).toMatchObject({ board: name, build: 'release' });
    expect(manifest.wasm.sha256).toBe(sha256(readFileSync('dist/token.wasm')));
    expect(manifest.image.sha256).toBe(sha256(readFileSync(`${stem}.bin`)));
    expect(manifest.hex.sha256).toBe(sha256(readFileSync(`${stem}.hex`)));
    expect(manifest.image.bytes).toBe(readFileSync(`${stem}.bin`).length);
    expect(bytesOfHex(readFileSync(`${stem}.hex`, 'utf8'))).toEqual(readFileSync(`${stem}.bin`));
    expect(manifest.image.bytes).toBeLessThan(manifest.image.limitBytes);
    const again = await oathfob('image', ...board, '-o', stem);
    expect(again).toMatchObject({ exitCode: ExitCode.USAGE });
  },
);

/** The bytes that an Intel hex file describes, from address 0 on. */
function bytesOfHex(text: string): Buffer {
  const image: number[] = [];
  let base = 0;
  for (const line of text.trim().split(/\r?\n/)) {
    const record = Buffer.from(line.slice(1), 'hex');
    expect(record.reduce((sum, byte) => (sum + byte) & 0xff, 0)).toBe(0);
    const data = record.subarray(4, -1);
    if (record[3] === 4) base = data.readUInt16BE() * 0x10000;
    if (record[3] === 2) base = data.readUInt16BE() * 0x10;
    if (record[3] !== 0) continue;
    data.forEach((byte, at) => {
      image[base + record.readUInt16BE(1) + at] = byte;
    });
  }
  return Buffer.from(image);
}

test.each(EVERY_BOARD)(
  'run on %s holds the token, serves its serial line, and leaves what the board did in the file',
  async (name) => {
    const path = await newToken();
    const board = () => JSON.parse(readFileSync(`${path}.board`, 'utf8'));
    const before = board().clockOffsetSeconds;
    const { port, interrupt, ended } = await run(path, name);
    expect((await oathfob('token', 'info', path)).stderr).toContain('in use');
    expect(await ask(port, SELECT_MANAGEMENT, '8005dead')).toContain('9000');
    interrupt();
    expect(await ended).toBe(ExitCode.DONE);
    expect(existsSync(`${path}.lock`)).toBe(false);
    expect(board().clockOffsetSeconds).toBe(before);
    expect((await oathfob('token', 'info', path, '--json')).stdout).toContain('"accounts":[]');
  },
);

test.each(EVERY_BOARD)('a clock that is set on %s runs on in Node', async (name) => {
  const path = join(temporaryFolder(), 'blank.token');
  createTokenFile(path).close();
  const { port, interrupt, ended } = await run(path, name);
  const future = Math.floor(Date.now() / 1000) + 1_000_000;
  const bytes = future.toString(16).padStart(16, '0');
  expect(await ask(port, SELECT_MANAGEMENT, `8003000008${bytes}`)).toContain('9000');
  interrupt();
  expect(await ended).toBe(ExitCode.DONE);
  const { clockOffsetSeconds } = JSON.parse(readFileSync(`${path}.board`, 'utf8'));
  // To the hour: a busy computer takes its time between here and there.
  expect(Math.round(clockOffsetSeconds / 3600)).toBe(Math.round(1_000_000 / 3600));
});

test.each(EVERY_BOARD)(
  'ctrl-c is for `run` on %s and not for QEMU: what the board did is in the file',
  async (name) => {
    const cli = await buildCli();
    const path = join(temporaryFolder(), 'blank.token');
    createTokenFile(path).close();
    try {
      const argv = [cli, 'run', path, '--board', name, '--headless', '--port', '0', '--json'];
      // A group of its own, as a shell gives every command; a terminal signals all of it.
      const child = spawn(process.execPath, argv, {
        detached: true,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let said = '';
      child.stderr.on('data', (text) => {
        said += text;
      });
      const [stdout] = await once(child.stdout, 'data');
      const bytes = Math.floor(Date.now() / 1000 + 1_000_000).toString(16);
      const setClock = `8003000008${bytes.padStart(16, '0')}`;
      const { port } = JSON.parse(String(stdout));
      expect(await ask(port, SELECT_MANAGEMENT, setClock)).toContain('9000');
      process.kill(-child.pid!, 'SIGINT');
      const [exitCode] = await once(child, 'close');
      expect(said).not.toContain('error');
      expect(exitCode).toBe(ExitCode.DONE);
    } finally {
      rmSync(dirname(cli), { recursive: true, force: true });
    }
    expect(existsSync(`${path}.lock`)).toBe(false);
    const { clockOffsetSeconds } = JSON.parse(readFileSync(`${path}.board`, 'utf8'));
    expect(Math.round(clockOffsetSeconds / 3600)).toBe(Math.round(1_000_000 / 3600));
  },
);

test('run says that it was QEMU that ended, when somebody has killed that', async () => {
  const path = await newToken();
  const { process: qemu, ended, printed } = await run(path, 'lm3s6965evb');
  process.kill(qemu, 'SIGKILL');
  expect(await ended).toBe(ExitCode.REFUSED);
  expect(printed.stderr).toMatch(
    /error: the emulated board has ended by itself\nhint: run it again\n$/,
  );
  expect(printed.stderr).not.toContain('switched off');
  expect(existsSync(`${path}.lock`)).toBe(false);
});

test('a window that QEMU does not have is named, with its package', async () => {
  const path = await newToken();
  const bin = temporaryFolder();
  const help = '#!/bin/sh\necho "Available display backend types:"\necho none\n';
  writeFileSync(join(bin, 'qemu-system-arm'), help, { mode: 0o755 });
  vi.stubEnv('PATH', `${bin}:${process.env.PATH}`);
  try {
    const refused = await oathfob('run', path, ...LM3S, '--window');
    expect(refused.stderr).toMatch(/^error: QEMU has no window: qemu-system-gui .+\nhint: apt-get/);
    expect(refused.exitCode).not.toBe(ExitCode.INTERNAL);
    const { findings } = JSON.parse((await oathfob('doctor', '--json')).stdout);
    const names = findings.map(({ name }: { name: string }) => name);
    expect(names).toEqual(
      expect.arrayContaining(['qemu-system-gui', 'openocd', 'zbarimg', 'newlib', 'setpriv']),
    );
    const window = findings.find(({ name }: { name: string }) => name === 'qemu-system-gui');
    expect(window).toMatchObject({ found: null, mend: 'apt-get install -y qemu-system-gui' });
  } finally {
    vi.unstubAllEnvs();
  }
});

test('flash closes a port for good only when it is told to', async () => {
  const flash = async (...more: string[]) => {
    const { stdout, stderr, exitCode } = await oathfob('flash', ...more, '--dry-run', '--json');
    return { stderr, exitCode, isOpen: JSON.parse(stdout).isOpen };
  };
  expect(await flash(...LM3S)).toMatchObject({
    isOpen: true,
    stderr: expect.stringMatching(/warning: the debug port stays open.+\nhint: --close/),
  });
  expect(await flash(...LM3S, '--close')).toMatchObject({
    isOpen: false,
    stderr: expect.stringMatching(/warning: .+closes its debug port for good/),
  });
  // This one is opened again by erasing it.
  expect(await flash(...MICROBIT)).toMatchObject({ isOpen: false, stderr: '' });
  expect((await flash(...LM3S, '--open', '--close')).exitCode).toBe(ExitCode.USAGE);
});

test('what flash would do with a token names no file that is gone', async () => {
  const path = await newToken();
  const dry = await oathfob('flash', ...MICROBIT, '--token', path, '--dry-run', '--json');
  const { command } = JSON.parse(dry.stdout);
  expect(command).toEqual(
    expect.arrayContaining([
      'program {KEYS-PAGE} 0x3fc00 verify',
      'program {TOKEN} 0x3bc00 verify',
    ]),
  );
  expect(dry.stderr).toContain('KEYS-PAGE and TOKEN are files');
});

test('flash prints what it would do, and passes on why openocd refuses', async () => {
  const dry = await oathfob('flash', ...LM3S, '--dry-run', '--json');
  const { command, keysWritten } = JSON.parse(dry.stdout);
  expect(command.slice(0, 3)).toEqual(['openocd', '-f', 'board/ek-lm3s6965.cfg']);
  expect(keysWritten).toBe(false);
  const path = process.env.PATH;
  // The rest of the tool chain stays on the path.
  const bin = temporaryFolder();
  writeFileSync(join(bin, 'openocd'), '#!/bin/sh\necho "Error: no device found" >&2\nexit 1\n', {
    mode: 0o755,
  });
  process.env.PATH = `${bin}:${path}`;
  try {
    const refused = await oathfob('flash', ...LM3S);
    expect(refused.exitCode).toBe(ExitCode.NOT_FOUND);
    expect(refused.stderr).toContain('no device found');
  } finally {
    process.env.PATH = path;
  }
});

test('boards and options that do not go together are refused', async () => {
  const path = await newToken();
  const refused = async (...argv: string[]) => (await oathfob(...argv)).exitCode;
  expect(await refused('image', '--board', 'toaster', '-o', 'x')).toBe(ExitCode.USAGE);
  expect(await refused('image', ...LM3S)).toBe(ExitCode.USAGE);
  expect(await refused('run', path, ...LM3S, '--pcsc', '--port', '1')).toBe(ExitCode.USAGE);
  expect(await refused('run', `${path}.none`, ...LM3S, '--headless')).toBe(ExitCode.NOT_FOUND);
});

test('flash --to copies the image onto the drive of the board, with the token when one is given', async () => {
  const path = await newToken();
  const drive = temporaryFolder();
  const flash = (...more: string[]) => oathfob('flash', ...MICROBIT, '--to', drive, ...more);
  expect(await flash()).toMatchObject({ exitCode: ExitCode.NOT_FOUND });
  writeFileSync(join(drive, 'DETAILS.TXT'), 'Interface Version: 0253\r\n');
  expect((await flash('--dry-run')).exitCode).toBe(ExitCode.DONE);
  expect(existsSync(join(drive, 'oathfob.hex'))).toBe(false);
  expect((await flash()).exitCode).toBe(ExitCode.DONE);
  const plain = bytesOfHex(readFileSync(join(drive, 'oathfob.hex'), 'utf8'));
  const { exitCode, stdout } = await flash('--token', path, '--json');
  expect(exitCode).toBe(ExitCode.DONE);
  expect(JSON.parse(stdout)).toMatchObject({ keysWritten: true, command: null });
  const whole = bytesOfHex(readFileSync(join(drive, 'oathfob.hex'), 'utf8'));
  expect(whole.subarray(0, plain.length)).toEqual(plain);
  expect(whole.subarray(0x3bc00, 0x3fc00)).toEqual(readFileSync(path));
  const { deviceKey } = JSON.parse(readFileSync(`${path}.board`, 'utf8'));
  const onBoard = whole.subarray(0x3fc00, 0x3fc20);
  expect([onBoard.toString('hex'), onBoard.toString('base64')]).toContain(deviceKey);
  expect(await oathfob('flash', ...LM3S, '--to', drive)).toMatchObject({
    exitCode: ExitCode.USAGE,
  });
});

test('a board without a window refuses one', async () => {
  const path = await newToken();
  expect((await oathfob('run', path, ...MICROBIT, '--window')).exitCode).toBe(ExitCode.USAGE);
});

test('the LEDs are to be seen on a terminal, and its keys are the buttons', async () => {
  const path = await newToken('--hotp', '--format', 'otpauth');
  let interrupt = () => {};
  const interrupted = new Promise<void>((resolve) => {
    interrupt = resolve;
  });
  let type: (bytes: Uint8Array) => void = () => {};
  const { io, printed } = testIo({
    isTerminal: true,
    interrupted: () => interrupted,
    sleep: () => new Promise((resolve) => setImmediate(resolve)),
    onKeys: (taken) => {
      type = taken;
      return () => {};
    },
  });
  const before = readFileSync(path);
  const ended = runCli(['run', path, ...MICROBIT], io);
  await soon(async () => {
    await new Promise((resolve) => setImmediate(resolve));
    return printed.stdout.includes('●');
  });
  expect(printed.stdout).toMatch(/(?:[●·] ){5}\n(?:[●·] ){5}/);
  // OK is for the next code: its counter has moved when the terminal shows it.
  type(new TextEncoder().encode('\r'));
  await soon(async () => {
    await new Promise((resolve) => setImmediate(resolve));
    return !readFileSync(path).equals(before);
  });
  interrupt();
  expect(await ended).toBe(ExitCode.DONE);
});
