import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { CERTIFICATE_MANAGEMENT } from '../../sim/server/graph/access.ts';
import { type RunningServer, startServer } from '../../sim/server/index.ts';
import { CardStatus, cmCards, UserPinOption } from '../../sim/server/mimcm/records.ts';
import { newTokenText, tokenDigest } from '../../sim/server/tokens.ts';
import { fob, from, makeToken, makeTokenWithPin, path, run, useDesk } from './pin/desk.ts';

useDesk();

let server: RunningServer;
beforeEach(async () => {
  server = await startServer({ port: 0 });
  writeFileSync(path('ada.token'), tokenOf('ada'));
});
afterEach(() => server.close());

/** A user of the server, and the bearer token that they sign in with. */
function tokenOf(name: string): string {
  const { state } = server.app;
  const id = crypto.randomUUID();
  const userPrincipalName = `${name}@lamplight.example`;
  state.addUser({ id, userPrincipalName, displayName: name, directoryRoles: [], groupIds: [] });
  const text = newTokenText();
  const permissions = [CERTIFICATE_MANAGEMENT];
  state.addAccessToken({ digest: tokenDigest(text), userId: id, label: name, permissions });
  return text;
}

function setPinOption(userPinOption: UserPinOption): void {
  const { mimCm } = server.app.state.settings;
  const templates = mimCm.templates.map((template) => ({ ...template, userPinOption }));
  server.app.state.saveSettings({ mimCm: { ...mimCm, templates } });
}

const RECORD = 'pin-of-the-server';
function mimcm(verb: 'enroll' | 'unblock', ...more: string[]) {
  const common = ['--endpoint', server.url, '--token', `@${path('ada.token')}`];
  return run(['token', 'mimcm', verb, fob(), ...common, ...more]);
}
const enroll = (...more: string[]) => mimcm('enroll', '--pin-record', path(RECORD), ...more);
const proposed = () => readFileSync(path(RECORD), 'utf8').trim();
const cards = () => cmCards(server.app.state).filter(() => true);
const verify = (file: string) => run(['token', 'pin', 'verify', fob(), '--pin', `@${path(file)}`]);

describe('enroll', () => {
  test('binds the card, changes its key, and gives it the PIN that the server proposes', async () => {
    await makeToken();
    const { exitCode, stdout, stderr } = await enroll('--json');
    expect([exitCode, stderr]).toEqual([
      0,
      expect.stringMatching(
        /^bound card .*\nchanged the admin key\nset the PIN that the server proposes\n$/,
      ),
    ]);
    const [card] = cards();
    expect(JSON.parse(stdout)).toEqual({
      schema: 'oathfob.token.mimcm.enroll/1',
      cardId: card!.cardId,
      atr: card!.atr,
      smartcard: card!.id,
      pinRecord: path(RECORD),
    });
    expect(card).toMatchObject({ status: CardStatus.Active, proposedPin: null });
    expect(proposed()).toMatch(/^\d{8}$/);
    expect(statSync(path(RECORD)).mode & 0o777).toBe(0o600);
    expect(stdout + stderr).not.toContain(proposed());
    expect((await verify(RECORD)).exitCode).toBe(0);
  });

  test('leaves the PIN to its user where the server does', async () => {
    setPinOption(UserPinOption.UserProvided);
    await makeToken();
    expect((await mimcm('enroll', '--new-pin', from('pin'))).exitCode).toBe(0);
    expect((await verify('pin')).exitCode).toBe(0);
  });

  test('changes the PIN of a token that has one, which it asks for', async () => {
    await makeTokenWithPin();
    expect(await enroll()).toMatchObject({ exitCode: 2 });
    expect(await enroll('--pin', from('pin'))).toMatchObject({ exitCode: 0 });
    expect((await verify(RECORD)).exitCode).toBe(0);
  });

  test('asks the server for nothing while the PIN of the token is wrong', async () => {
    await makeTokenWithPin();
    expect(await enroll('--pin', from('other'))).toMatchObject({ exitCode: 3 });
    expect(existsSync(path(RECORD))).toBe(false);
    expect(cards()).toEqual([]);
    expect((await verify('pin')).exitCode).toBe(0);
  });

  test('gives up as a whole: nobody is left with a card, a request or a PIN', async () => {
    await makeTokenWithPin();
    expect(await mimcm('enroll', '--pin', from('pin'))).toMatchObject({ exitCode: 2 });
    expect(cards()).toMatchObject([{ status: CardStatus.New }]);
    const { exitCode, stderr } = await enroll('--pin', from('other'));
    expect([exitCode, stderr]).toEqual([3, expect.stringContaining('changed already')]);
    expect(existsSync(path(RECORD))).toBe(false);
    expect(cards()).toMatchObject([{ status: CardStatus.New, proposedPin: null }]);
    expect((await verify('pin')).exitCode).toBe(0);
    expect((await enroll('--pin', from('pin'))).exitCode).toBe(0);
  });

  test('keeps the PIN when the server is gone once the token has it', async () => {
    await makeToken();
    const real = globalThis.fetch;
    const spy = vi.spyOn(globalThis, 'fetch').mockImplementation((request, options) => {
      if (options?.method === 'PUT') return Promise.reject(new TypeError('gone'));
      return real(request, options);
    });
    const { exitCode } = await enroll();
    spy.mockRestore();
    expect(exitCode).toBe(1);
    expect((await verify(RECORD)).exitCode).toBe(0);
  });

  test('takes a proposed PIN only where it can write it down, and over nothing', async () => {
    await makeToken();
    expect(await mimcm('enroll')).toMatchObject({ exitCode: 2 });
    writeFileSync(path(RECORD), 'precious');
    expect(await enroll()).toMatchObject({ exitCode: 2 });
    expect(proposed()).toBe('precious');
    expect(cards()).toMatchObject([{ status: CardStatus.New }, ...[]]);
  });

  test('is refused a card that is somebody else’s, and an API that is off', async () => {
    await makeToken();
    expect((await enroll()).exitCode).toBe(0);
    writeFileSync(path('bob.token'), tokenOf('bob'));
    const bob = ['--token', `@${path('bob.token')}`, '--pin', `@${path(RECORD)}`];
    const common = ['--endpoint', server.url, '--pin-record', path('bobs')];
    const refused = await run(['token', 'mimcm', 'enroll', fob(), ...common, ...bob]);
    expect([refused.exitCode, refused.stderr]).toEqual([
      1,
      expect.stringContaining('403 Forbidden'),
    ]);
    const { state } = server.app;
    state.saveSettings({ mimCm: { ...state.settings.mimCm, enabled: false } });
    const off = await run(['token', 'mimcm', 'enroll', fob(), ...common, ...bob]);
    expect([off.exitCode, off.stderr]).toEqual([6, expect.stringContaining('answered 404')]);
  });
});

describe('unblock', () => {
  test('gives an enrolled card a new PIN of the server’s, by the token’s PUK', async () => {
    await makeTokenWithPin();
    await enroll('--pin', from('pin'));
    const before = proposed();
    const record = ['--pin-record', path('second')];
    expect(await mimcm('unblock', ...record, '--puk', from('wrongPuk'))).toMatchObject({
      exitCode: 3,
    });
    expect(await mimcm('unblock', ...record, '--puk', from('puk'))).toMatchObject({ exitCode: 0 });
    expect((await verify(RECORD)).exitCode).toBe(3);
    expect((await verify('second')).exitCode).toBe(0);
    expect(readFileSync(path('second'), 'utf8').trim()).not.toBe(before);
  });

  test('is for cards that the server knows', async () => {
    await makeTokenWithPin();
    const record = ['--pin-record', path(RECORD), '--puk', from('puk')];
    expect(await mimcm('unblock', ...record)).toMatchObject({ exitCode: 6 });
  });
});
