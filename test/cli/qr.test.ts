import { writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ExitCode } from '../../sim/cli/exit-codes.ts';
import { START, startSeconds } from '../server/support.ts';
import {
  confirm,
  done,
  ENDPOINT,
  LOGIN,
  makeFob,
  on,
  openPage,
  path,
  run,
  setPin,
} from './phone.ts';

interface LogEntry {
  readonly body: { action?: string; oath?: { step?: number } } | null;
}

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

  test('confirms where no code is taken without its step, which it tells nobody else', async () => {
    await makeFob();
    // It was activated with the code before: the server takes its clock to be a step behind.
    on.setClock(startSeconds + 30);
    for (const signInNeedsStep of [true, false]) {
      await on.send('PATCH', '/_emulator/settings', { signInNeedsStep });
      const page = await openPage();
      await done(['qr', 'scan', page.picture, ...LOGIN()]);
      const at = signInNeedsStep ? startSeconds : startSeconds + 30;
      const options = [...LOGIN(), '--at', String(at)];
      await done(['qr', 'confirm', page.picture, path('fob.img'), ...options]);
      expect(await page.status()).toBe('AUTHORIZED');
    }
    const { body } = await on.send('GET', '/_emulator/log');
    const sent = body.value.filter(({ body }: LogEntry) => body?.action === 'CONFIRM');
    const steps = sent.map(({ body }: LogEntry) => body?.oath?.step);
    expect(steps).toEqual([undefined, Math.floor(startSeconds / 30), undefined]);
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
    await setPin();
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
