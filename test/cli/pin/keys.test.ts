import { writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ExitCode } from '../../../sim/cli/exit-codes.ts';
import { done, fob, from, makeToken, makeTokenWithPin, path, run, useDesk } from './desk.ts';

useDesk();

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

test('a clock that went back is set with the PIN, and a token without one gets a PIN first', async () => {
  await makeToken();
  await done('code', fob());
  const early = ['token', 'code', fob(), '--at', '2026-03-02T08:00:00Z'];
  const bare = await run(early);
  expect(bare.exitCode).toBe(ExitCode.REFUSED);
  expect(bare.stderr).toContain(
    'its owner sets the clock with oathfob token pin set, and then oathfob token clock --pin;',
  );
  await done('pin', 'set', fob(), '--pin', from('pin'));
  const { stderr } = await run([...early, '--pin', from('pin')]);
  expect(stderr).toContain('its owner sets the clock with oathfob token clock --pin;');
  await done('clock', fob(), '--to', '2026-03-02T08:00:00Z', '--pin', from('pin'));
});
