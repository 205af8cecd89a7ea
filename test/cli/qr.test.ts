import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ExitCode } from '../../sim/cli/exit-codes.ts';
import { runCli } from '../../sim/cli/run.ts';
import { IVO, NOOR, POLICY, START, startSeconds, type Tenant, tenant } from '../server/support.ts';
import { testIo } from './io.ts';

/** The phone, the login page and the server in one process; time stands still. */

const ENDPOINT = 'http://localhost:8080';
let folder = '';
let on: Tenant;
const path = (name: string) => join(folder, name);
const LOGIN = () => ['--endpoint', ENDPOINT, '--token', `@${path('ivo.token')}`];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'oathfob-qr-'));
  on = tenant([]);
  writeFileSync(path('admin.token'), on.token);
  writeFileSync(path('ivo.token'), on.tokenFor(IVO, ['UserAuthenticationMethod.ReadWrite']));
  writeFileSync(path('noor.token'), on.tokenFor(NOOR, []));
  await on.send('PATCH', POLICY, { state: 'enabled' });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function run(argv: readonly string[], stdin = '') {
  const { io, printed } = testIo({
    fetch: async (url, options) => on.app.fetch(new Request(url, options)),
    readStdin: async () => new TextEncoder().encode(stdin),
  });
  const exitCode = await runCli(argv, io);
  return { exitCode, ...printed };
}

async function done(argv: readonly string[], stdin = ''): Promise<string> {
  const { exitCode, stdout, stderr } = await run(argv, stdin);
  expect(exitCode, stderr).toBe(ExitCode.DONE);
  return stdout;
}

/** A token of Ivo's, activated with the code before the one of this moment. */
async function makeFob(): Promise<void> {
  const admin = ['--endpoint', ENDPOINT, '--token', `@${path('admin.token')}`];
  const at = ['--at', String(startSeconds - 30)];
  const record = ['--record', path('fob.json')];
  await done(['token', 'new', path('fob.img'), '--serial', 'LMP-1', ...record, ...at]);
  await done(['token', 'upload', path('fob.json'), ...admin]);
  await done(['token', 'activate', path('fob.img'), ...LOGIN(), '--user', 'me', ...at]);
}

interface Page {
  readonly qrcodeId: string;
  readonly picture: string;
  status(): Promise<string>;
}

/** A login page that shows its QR code. */
async function openPage(): Promise<Page> {
  const { body: console } = await on.send('GET', '/_emulator/authing');
  const headers = { 'x-authing-app-id': console.userPools[0].applications[0].id };
  const { body } = await on.send('POST', '/api/v3/gene-qrcode', { type: 'MOBILE_APP' }, headers);
  const { qrcodeId, url } = body.data;
  const picture = path(`${qrcodeId}.png`);
  const response = await on.app.fetch(new Request(url));
  writeFileSync(picture, new Uint8Array(await response.arrayBuffer()));
  const query = `/api/v3/get-qrcode-status?qrcodeId=${qrcodeId}`;
  return { qrcodeId, picture, status: async () => (await on.send('GET', query)).body.data.status };
}

const confirm = (picture: string, ...options: string[]) =>
  run(['qr', 'confirm', picture, path('fob.img'), ...LOGIN(), '--at', START, ...options]);

describe('the phone', () => {
  test('scans the picture and confirms with the code on the display', async () => {
    await makeFob();
    const page = await openPage();
    expect(await done(['qr', 'scan', page.picture, ...LOGIN()])).toBe('scanned\n');
    expect(await page.status()).toBe('SCANNED');
    const confirmed = await confirm(page.picture);
    expect(confirmed, confirmed.stderr).toMatchObject({ stdout: 'confirmed with LMP-1\n' });
    expect(await page.status()).toBe('AUTHORIZED');
  });

  test('cancels, and says in JSON what it did; the text may come by standard input', async () => {
    const { qrcodeId, status } = await openPage();
    const text = JSON.stringify({ scene: 'APP_AUTH', random: qrcodeId });
    const scanned = await done(['qr', 'scan', '-', ...LOGIN(), '--json'], text);
    expect(JSON.parse(scanned)).toEqual({ schema: 'oathfob.qr.scan/1', qrcodeId });
    const cancelled = await done(['qr', 'cancel', '-', ...LOGIN(), '--json'], text);
    expect(JSON.parse(cancelled)).toEqual({ schema: 'oathfob.qr.cancel/1', qrcodeId });
    expect(await status()).toBe('CANCELLED');
  });

  test('asks for the PIN that the token asks for, and keeps it to itself', async () => {
    await makeFob();
    for (const [name, digits] of [
      ['pin', '271828'],
      ['puk', '16180339'],
    ] as const) {
      writeFileSync(path(name), digits);
    }
    const secrets = ['--pin', `@${path('pin')}`, '--puk', `@${path('puk')}`];
    await done(['token', 'pin', 'set', path('fob.img'), ...secrets, '--at', START]);
    const page = await openPage();
    await done(['qr', 'scan', page.picture, ...LOGIN()]);
    expect((await confirm(page.picture)).stderr).toContain('error: the token asks for its PIN');
    expect((await confirm(page.picture, '--pin', `@${path('puk')}`)).exitCode).toBe(
      ExitCode.PIN_WRONG,
    );
    const confirmed = await confirm(page.picture, '--pin', `@${path('pin')}`);
    expect(confirmed.exitCode, confirmed.stderr).toBe(ExitCode.DONE);
    expect(confirmed.stdout + confirmed.stderr).not.toContain('271828');
  });
});

describe("the token's display follows the login", () => {
  const display = async (...keys: string[]) => {
    const at = ['--at', String(startSeconds + 60), '--json'];
    return JSON.parse(await done(['token', 'press', path('fob.img'), ...keys, ...at]));
  };
  const ids = (text: string) => JSON.parse(text).random;

  test('shows it when it is scanned, and no more once it is confirmed', async () => {
    await makeFob();
    const { picture, qrcodeId } = await openPage();
    await done(['qr', 'scan', picture, path('fob.img'), ...LOGIN(), '--at', START]);
    expect((await display('down')).lines.slice(0, 2)).toEqual(['Authing', 'QR code']);
    expect(ids((await display('down')).qrText)).toBe(qrcodeId);
    expect((await confirm(picture)).exitCode).toBe(ExitCode.DONE);
    expect((await display('down')).qrText).toBeNull();
  });

  test('shows the newer of two, and none when it is cancelled', async () => {
    await makeFob();
    const pages = [await openPage(), await openPage()];
    for (const { picture } of pages) {
      await done(['qr', 'scan', picture, path('fob.img'), ...LOGIN(), '--at', START]);
    }
    expect(ids((await display('down')).qrText)).toBe(pages[1]!.qrcodeId);
    expect((await display('down', 'down')).lines[0]).toMatch(/^oathfob /);
    await done(['qr', 'cancel', pages[1]!.picture, path('fob.img'), ...LOGIN(), '--at', START]);
    expect((await display('down')).qrText).toBeNull();
    expect(await pages[1]!.status()).toBe('CANCELLED');
  });

  test('is left as it is when the server refuses', async () => {
    await makeFob();
    const { picture } = await openPage();
    const noor = ['--endpoint', ENDPOINT, '--token', `@${path('noor.token')}`];
    await done(['qr', 'scan', picture, ...noor]);
    const { exitCode } = await run([
      'qr',
      'scan',
      picture,
      path('fob.img'),
      ...LOGIN(),
      '--at',
      START,
    ]);
    expect(exitCode).toBe(ExitCode.REFUSED);
    expect((await display('down')).qrText).toBeNull();
  });

  test('says so when the token has no room for it, and asks for the PIN', async () => {
    await makeFob();
    const { qrcodeId } = await openPage();
    const text = JSON.stringify({ random: qrcodeId, customData: 'x'.repeat(200) });
    const scanned = await run(
      ['qr', 'scan', '-', path('fob.img'), ...LOGIN(), '--at', START],
      text,
    );
    expect(scanned).toMatchObject({ exitCode: ExitCode.DONE, stdout: 'scanned\n' });
    expect(scanned.stderr).toContain('no room for so long a QR code');
    writeFileSync(path('pin'), '271828');
    writeFileSync(path('puk'), '16180339');
    const secrets = ['--pin', `@${path('pin')}`, '--puk', `@${path('puk')}`];
    await done(['token', 'pin', 'set', path('fob.img'), ...secrets, '--at', START]);
    const { picture } = await openPage();
    const locked = await run(['qr', 'scan', picture, path('fob.img'), ...LOGIN(), '--at', START]);
    expect(locked.stderr).toContain('error: the token asks for its PIN');
    const pin = ['--pin', `@${path('pin')}`];
    await done(['qr', 'scan', picture, path('fob.img'), ...LOGIN(), '--at', START, ...pin]);
    expect((await display('down')).lines[1]).toBe('PIN NEEDED');
  });
});

describe('the phone is refused', () => {
  test('a second confirmation with one code, and told to wait for the next', async () => {
    await makeFob();
    const pages = [await openPage(), await openPage()];
    for (const { picture } of pages) await done(['qr', 'scan', picture, ...LOGIN()]);
    await confirm(pages[0]!.picture);
    const { exitCode, stderr } = await confirm(pages[1]!.picture);
    expect(exitCode).toBe(ExitCode.REFUSED);
    expect(stderr).toBe(
      'error: the server answered 422: The code, or a later one, has been accepted before\n' +
        'hint: wait for the next code\n',
    );
    expect(await pages[1]!.status()).toBe('SCANNED');
  });

  test('a confirmation of what it has not scanned, or another has', async () => {
    await makeFob();
    const page = await openPage();
    const { exitCode, stderr } = await confirm(page.picture);
    expect([exitCode, stderr]).toEqual([
      ExitCode.REFUSED,
      'error: the server answered 422: QR code must be scanned first\nhint: oathfob qr scan\n',
    ]);
    const noor = ['--endpoint', ENDPOINT, '--token', `@${path('noor.token')}`];
    await done(['qr', 'scan', page.picture, ...noor]);
    expect((await confirm(page.picture)).stderr).toContain('answered 403: not allowed');
  });

  test("a login with somebody else's token, an expired code, and a login that is none", async () => {
    await makeFob();
    const page = await openPage();
    const noor = ['--endpoint', ENDPOINT, '--token', `@${path('noor.token')}`];
    await done(['qr', 'scan', page.picture, ...noor]);
    const borrowed = ['qr', 'confirm', page.picture, path('fob.img'), ...noor, '--at', START];
    expect((await run(borrowed)).stderr).toContain('the OATH token is not one of this user');
    on.app.clock.advance(120_000);
    expect((await run(borrowed)).stderr).toContain(
      'QR code has expired\nhint: have the login page show a new QR code\n',
    );
    writeFileSync(path('ivo.token'), 'nobody');
    const unknown = await run(['qr', 'scan', page.picture, ...LOGIN()]);
    expect(unknown.stderr).toContain('answered 401: Not logged in\nhint: is the bearer token');
  });

  test.each([
    ['a text that is none', '{"random":"nope nope"}', ExitCode.USAGE, 'no login of Authing'],
    ['no JSON', 'https://example.org/?code=1', ExitCode.USAGE, 'no login of Authing'],
    ['nothing', '', ExitCode.USAGE, 'no login of Authing'],
    ['a code nobody made', '{"random":"nope"}', ExitCode.NOT_FOUND, 'answered 404'],
  ])('%s', async (_, text, exitCode, message) => {
    const outcome = await run(['qr', 'scan', '-', ...LOGIN()], text);
    expect(outcome.stderr).toContain(message);
    expect(outcome.exitCode).toBe(exitCode);
  });

  test('a picture that is none, or shows none', async () => {
    writeFileSync(path('notes.png'), 'not a picture');
    const page = await openPage();
    const { PNG } = await import('pngjs');
    writeFileSync(
      path('blank.png'),
      PNG.sync.write(new PNG({ width: 64, height: 64, fill: true })),
    );
    expect((await run(['qr', 'scan', path('notes.png'), ...LOGIN()])).stderr).toContain(
      'is no picture in PNG format',
    );
    expect((await run(['qr', 'scan', path('blank.png'), ...LOGIN()])).stderr).toContain(
      'there is no QR code to be read in',
    );
    expect((await run(['qr', 'scan', path('none.png'), ...LOGIN()])).exitCode).toBe(
      ExitCode.NOT_FOUND,
    );
    const twice = ['qr', 'scan', '-', '--endpoint', ENDPOINT, '--token', '-'];
    expect((await run(twice)).stderr).toContain(
      'error: CODE and --token cannot both come from standard input\nhint: use --token @FILE\n',
    );
    expect(await page.status()).toBe('PENDING');
  });
});
