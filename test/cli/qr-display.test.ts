import { writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ExitCode } from '../../sim/cli/exit-codes.ts';
import { IVO, START } from '../server/support.ts';
import {
  cancelOnFob,
  confirm,
  confirmOnFob,
  display,
  done,
  ENDPOINT,
  LOGIN,
  makeFob,
  on,
  openPage,
  PIN,
  path,
  run,
  scanOnFob,
  setPin,
  shown,
} from './phone.ts';

describe("the token's display follows the login", () => {
  test('shows it when it is scanned, and no more once it is confirmed', async () => {
    await makeFob();
    const { picture, qrcodeId } = await openPage();
    await done(scanOnFob(picture));
    expect((await display('down')).lines.slice(0, 2)).toEqual(['Authing', 'QR code']);
    expect(shown(await display('down'))).toBe(qrcodeId);
    expect((await confirm(picture)).exitCode).toBe(ExitCode.DONE);
    expect((await display('down')).qrText).toBeNull();
  });

  test('shows the newer of two, and none when it is cancelled', async () => {
    await makeFob();
    const pages = [await openPage(), await openPage()];
    for (const { picture } of pages) {
      await done(scanOnFob(picture));
    }
    expect(shown(await display('down'))).toBe(pages[1]!.qrcodeId);
    expect((await display('down', 'down')).lines[0]).toMatch(/^oathfob /);
    await done(cancelOnFob(pages[1]!.picture));
    expect((await display('down')).qrText).toBeNull();
    expect(await pages[1]!.status()).toBe('CANCELLED');
  });

  test('is left as it is when the server refuses', async () => {
    await makeFob();
    const { picture } = await openPage();
    const noor = ['--endpoint', ENDPOINT, '--token', `@${path('noor.token')}`];
    await done(['qr', 'scan', picture, ...noor]);
    const { exitCode } = await run(scanOnFob(picture));
    expect(exitCode).toBe(ExitCode.REFUSED);
    expect((await display('down')).qrText).toBeNull();
  });

  test('shows what an app needs of a login with data attached, and says that it does', async () => {
    await makeFob();
    const customData = { cart: '7f3a'.repeat(8), note: '漢字'.repeat(20) };
    const page = await openPage({ customData });
    const scanned = await run(scanOnFob(page.picture));
    expect(scanned).toMatchObject({ exitCode: ExitCode.DONE, stdout: 'scanned\n' });
    expect(scanned.stderr).toBe(
      'the token has no room for so long a QR code: it shows what an app needs\n',
    );
    const { qrText, png } = await display('down', '--png', path('display.png'));
    expect(png).toBe(path('display.png'));
    expect(JSON.parse(qrText)).toEqual({ scene: 'APP_AUTH', random: page.qrcodeId });
    // Whoever holds the token's display in front of a phone, Ivo's own once more, can go on.
    expect(await done(['qr', 'scan', path('display.png'), ...LOGIN()])).toBe('scanned\n');
    expect(await done(['qr', 'scan', '-', ...LOGIN()], qrText)).toBe('scanned\n');
    expect((await confirm(path('display.png'))).exitCode).toBe(ExitCode.DONE);
    expect(await page.status()).toBe('AUTHORIZED');
    expect((await display('down')).qrText).toBeNull();
  });

  test('leaves out of a long text a scene that is none', async () => {
    await makeFob();
    const { qrcodeId } = await openPage();
    const text = JSON.stringify({ scene: 'x'.repeat(300), random: qrcodeId });
    await done(scanOnFob('-'), text);
    expect(JSON.parse((await display('down')).qrText)).toEqual({ random: qrcodeId });
  });

  test('needs the PIN of a token that has one', async () => {
    await makeFob();
    await setPin();
    const { picture } = await openPage();
    const locked = await run(scanOnFob(picture));
    expect(locked.stderr).toContain('error: the token asks for its PIN');
    await done(scanOnFob(picture, ...PIN()));
    expect((await display('down')).lines[1]).toBe('PIN NEEDED');
  });
});

describe('a login that is over is taken off the display by whatever is tried next', () => {
  const verbs = {
    scan: (picture: string) => scanOnFob(picture),
    cancel: (picture: string) => cancelOnFob(picture),
    confirm: (picture: string) => confirmOnFob(picture),
  };
  const ends = {
    expired: [422, 'QR code has expired', async () => void on.app.clock.advance(120_000)],
    cancelled: [422, 'QR code was cancelled', (id: string) => actAsIvo(id, 'CANCEL')],
    used: [422, 'QR code was confirmed already', (id: string) => actAsIvo(id, 'CONFIRM')],
    failed: [422, 'login with this QR code has failed', interrupt],
    forgotten: [404, 'QR code does not exist', forget],
  } as const;

  async function actAsIvo(qrcodeId: string, action: string): Promise<void> {
    const headers = { authorization: on.tokenFor(IVO, []) };
    const body = { qrcodeId, action };
    const reply = await on.send('POST', '/api/v3/set-qrcode-status', body, headers);
    expect(reply.body.statusCode).toBe(200);
  }

  async function interrupt(qrcodeId: string): Promise<void> {
    const body = { qrcodeId, status: 'ERROR' };
    const { status } = await on.send('POST', '/_emulator/authing/interruptions', body);
    expect(status).toBe(204);
  }

  async function forget(): Promise<void> {
    on.app.clock.advance(24 * 3_600_000);
    await openPage();
  }

  const cases = (Object.keys(ends) as (keyof typeof ends)[]).flatMap((end) =>
    (Object.keys(verbs) as (keyof typeof verbs)[])
      // A second confirmation by the same user is no refusal.
      .filter((verb) => end !== 'used' || verb !== 'confirm')
      .map((verb) => [end, verb] as const),
  );

  test.each(cases)('%s, and qr %s tried', async (end, verb) => {
    await makeFob();
    const { picture, qrcodeId } = await openPage();
    await done(scanOnFob(picture));
    const [status, message, makeOver] = ends[end];
    await makeOver(qrcodeId);
    expect(shown(await display('down'))).toBe(qrcodeId);
    const { exitCode, stderr } = await run(verbs[verb](picture));
    expect(stderr).toContain(`error: the server answered ${status}: ${message}\n`);
    expect(exitCode).toBe(status === 404 ? ExitCode.NOT_FOUND : ExitCode.REFUSED);
    expect((await display('down')).qrText).toBeNull();
  });

  test('but another login that is shown stays there', async () => {
    await makeFob();
    const pages = [await openPage(), await openPage(), await openPage()] as const;
    for (const { picture } of pages) await done(scanOnFob(picture));
    await done(cancelOnFob(pages[0].picture));
    expect(shown(await display('down'))).toBe(pages[2].qrcodeId);
    expect((await confirm(pages[1].picture)).exitCode).toBe(ExitCode.DONE);
    expect(shown(await display('down'))).toBe(pages[2].qrcodeId);
    expect((await run(confirmOnFob(pages[0].picture))).stderr).toContain('was cancelled');
    expect(shown(await display('down'))).toBe(pages[2].qrcodeId);
  });

  test('but one that is refused for now stays', async () => {
    await makeFob();
    const pages = [await openPage(), await openPage()] as const;
    await done(['qr', 'scan', pages[0].picture, ...LOGIN()]);
    await done(scanOnFob(pages[1].picture));
    await done(confirmOnFob(pages[0].picture));
    expect((await run(confirmOnFob(pages[1].picture))).stderr).toContain('accepted before');
    writeFileSync(path('ivo.token'), 'nobody');
    expect((await run(cancelOnFob(pages[1].picture))).stderr).toContain('Not logged in');
    expect(shown(await display('down'))).toBe(pages[1].qrcodeId);
  });

  test('also where the account that confirms is behind it', async () => {
    await makeFob();
    const { picture } = await openPage();
    await done(scanOnFob(picture));
    const uri = 'otpauth://totp/Lamp:late?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Lamp';
    await done(['token', 'import', path('fob.img'), '--from', '-', '--at', START], `${uri}\n`);
    on.app.clock.advance(120_000);
    const { stderr } = await run(confirmOnFob(picture, '--account', 'Lamp:late'));
    expect(stderr).toContain('QR code has expired');
    expect((await display('down')).lines[0]).toBe('Lamp:late');
  });

  test('on a token that asks for its PIN each time, with it only', async () => {
    await makeFob();
    await setPin();
    await done(['token', 'pin', 'policy', path('fob.img'), 'each-code', ...PIN()]);
    const { picture } = await openPage();
    await done(scanOnFob(picture, ...PIN()));
    on.app.clock.advance(120_000);
    const unhidden = await run(cancelOnFob(picture));
    expect(unhidden.exitCode).toBe(ExitCode.REFUSED);
    expect(unhidden.stderr).toMatch(/^the token may still show the login: .*PIN\nerror: .*expired/);
    expect((await display('down')).lines.slice(0, 2)).toEqual(['Authing', 'PIN NEEDED']);
    const { exitCode, stderr } = await run(confirmOnFob(picture, ...PIN()));
    expect(exitCode).toBe(ExitCode.REFUSED);
    expect(stderr).toMatch(/^error: .*expired\n/);
    expect((await display('down')).lines[0]).toMatch(/^oathfob /);
  });
});
