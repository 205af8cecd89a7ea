/** QR codes on the token, from the command line: made, shown, and refused. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { decodeBase32 } from '../../host/base32.ts';
import { totp } from '../../host/otp.ts';
import { ExitCode } from '../../sim/cli/exit-codes.ts';
import { runCli } from '../../sim/cli/run.ts';
import { readWithZbar } from '../qr/decoders.ts';
import { testIo } from './io.ts';

const SEED = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
const START = 1795262400;
const LIVE = '{"serialNumber":"{serial}","code":"{code}","step":{step}}';
const BADGE = 'ms-qrpin:v1|noor@contoso.example|6f1c|0123456789abcdef';

let folder = '';
const path = (name: string) => join(folder, name);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'oathfob-qr-codes-'));
  writeFileSync(path('seed'), SEED);
  writeFileSync(path('badge'), `${BADGE}\n`);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function run(...argv: string[]) {
  const { io, printed } = testIo({ readStdin: async () => new TextEncoder().encode(BADGE) });
  const exitCode = await runCli(argv, io);
  return { exitCode, ...printed };
}

const make = (...options: string[]) =>
  run('token', 'new', path('fob.img'), '--serial', 'LMP-1', '--record', path('fob.json'),
    '--seed', `@${path('seed')}`, '--at', String(START), ...options); // biome-ignore format: one line

async function screen(...more: string[]) {
  const at = ['--at', String(START), '--json'];
  const { stdout, stderr } = await run('token', 'press', path('fob.img'), ...more, ...at);
  expect(stderr).toBe('');
  return JSON.parse(stdout);
}

/** The picture that --png wrote, read by others. */
function readPicture(name: string): string | null {
  const { width, height, data } = PNG.sync.read(readFileSync(path(name)));
  const grey = new Uint8Array(width * width);
  for (let index = 0; index < width * height; index++) grey[index] = data[4 * index + 1]!;
  return readWithZbar([{ size: width, grey }])[0]!;
}

describe('token new', () => {
  test('makes a live QR code, left of the code of its account', async () => {
    const { stdout, exitCode } = await make('--live', LIVE);
    expect(exitCode).toBe(ExitCode.DONE);
    expect(stdout).toContain('30 s, live QR code');
    const { lines, qrText, code } = await screen('left', '--png', path('live.png'));
    expect(lines.slice(0, 2)).toEqual(['oathfob:LMP-1', 'QR code']);
    const expected = totp(decodeBase32(SEED), { time: START });
    expect(JSON.parse(qrText)).toEqual({
      serialNumber: 'LMP-1',
      code: expected,
      step: START / 30,
    });
    expect(code).toBeNull();
    expect(readPicture('live.png')).toBe(qrText);
  });

  test.each([
    ['a file', () => `@${path('badge')}`],
    ['standard input', () => '-'],
  ])('takes the text of a login QR code from %s, and does not repeat it', async (_, source) => {
    const { stdout, stderr, exitCode } = await make('--qr', source());
    expect(exitCode, stderr).toBe(ExitCode.DONE);
    expect(stdout).toContain(`a QR code of ${BADGE.length} bytes`);
    expect(stdout + stderr).not.toContain('ms-qrpin');
    const { qrText } = await screen('down', '--png', path('badge.png'));
    expect(qrText).toBe(BADGE);
    expect(readPicture('badge.png')).toBe(BADGE);
    expect(readFileSync(path('fob.img')).includes('ms-qrpin')).toBe(false);
    expect(readFileSync(path('fob.json'), 'utf8')).not.toContain('ms-qrpin');
  });

  test('tells of both in JSON, and token info of what they are', async () => {
    const made = JSON.parse((await make('--live', LIVE, '--qr', '-', '--json')).stdout);
    expect(made).toMatchObject({ schema: 'oathfob.token.new/1', liveQr: true, loginQr: true });
    const info = JSON.parse((await run('token', 'info', path('fob.img'), '--json')).stdout);
    expect(info.accounts).toMatchObject([
      { type: 'totp', qrBytes: LIVE.replaceAll(/\{(serial|code|step)\}/g, '.').length },
      { name: 'login', type: 'login', hash: null, digits: null, qrBytes: BADGE.length },
    ]);
    expect((await run('token', 'info', path('fob.img'))).stdout).toContain(
      `login  login QR code, ${BADGE.length} bytes`,
    );
  });

  test.each([
    [['--live', '{serial}'], 'error: --live has no {code} in it'],
    [['--live', '{code}\u0007'], 'error: --live has a control character in it'],
    [['--live', LIVE, '--hotp'], 'error: --live and --hotp exclude each other'],
    [['--live', `{code}${'x'.repeat(200)}`], 'error: --live is 22 bytes longer than'],
    [['--qr', BADGE], 'error: --qr takes no secret from the command line'],
    [['--qr', '-', '--passphrase', '-'], 'cannot both come from standard input'],
  ])('refuses %j, and makes nothing', async (options, message) => {
    const { exitCode, stderr } = await make(...options);
    expect(stderr).toContain(message);
    expect(stderr).not.toContain('ms-qrpin');
    expect(exitCode).toBe(ExitCode.USAGE);
    expect(() => readFileSync(path('fob.img'))).toThrow(/ENOENT/);
  });

  test('refuses a login QR code that has no room', async () => {
    writeFileSync(path('badge'), 'x'.repeat(208));
    const { stderr } = await make('--qr', `@${path('badge')}`);
    expect(stderr).toContain('error: --qr is 1 bytes longer than a token has room for');
    writeFileSync(path('badge'), 'x'.repeat(207));
    expect((await make('--qr', `@${path('badge')}`)).exitCode).toBe(ExitCode.DONE);
  });
});

test('token code gives none for a login QR code, and does not tell what it says', async () => {
  await make('--qr', '-');
  const { exitCode, stderr } = await run(
    'token', 'code', path('fob.img'), '--account', 'login', '--at', String(START),
  ); // biome-ignore format: one line
  expect(exitCode).toBe(ExitCode.REFUSED);
  expect(stderr).toBe('error: a login QR code has no code\nhint: oathfob token screen shows it\n');
});
