import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { selectManagement } from '../../../host/management.ts';
import { unblockPin } from '../../../host/pin.ts';
import { Token } from '../../../host/token.ts';
import { DrivenClock } from '../../../sim/board/clock.ts';
import { PowerCut } from '../../../sim/board/flash.ts';
import { openTokenFile } from '../../../sim/board/token-file.ts';
import { ExitCode } from '../../../sim/cli/exit-codes.ts';
import {
  done,
  fob,
  from,
  makeToken,
  makeTokenWithPin,
  path,
  run,
  tryPin,
  tryPuk,
  useDesk,
} from './desk.ts';

useDesk();

describe('wrong PINs', () => {
  test('are waited for from the fourth on, longer each time, and the eighth blocks', async () => {
    await makeTokenWithPin();
    const waits: number[][] = [];
    for (let left = 7; left > 0; left--) {
      const { exitCode, stdout, waits: taken } = await tryPin('other');
      expect(exitCode).toBe(ExitCode.PIN_WRONG);
      expect(JSON.parse(stdout)).toMatchObject({ code: 'PIN_WRONG', exitCode: 3, triesLeft: left });
      waits.push(taken);
    }
    const last = await tryPin('other');
    expect(last.exitCode).toBe(ExitCode.PIN_LOCKED);
    expect(JSON.parse(last.stdout)).toMatchObject({
      code: 'PIN_BLOCKED',
      exitCode: 4,
      triesLeft: 0,
      hint: `oathfob token pin unblock ${fob()}`,
    });
    waits.push(last.waits);
    expect(waits).toEqual([[], [], [], [], [15], [30], [60], [120]]);
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
      const { exitCode, stderr, waits } = await run(['token', ...verb, '--pin', from('pin')]);
      expect(exitCode, verb.join(' ')).toBe(ExitCode.PIN_LOCKED);
      expect(stderr).toContain('error: the PIN is blocked: no tries are left');
      expect(waits).toEqual([]);
    }
    expect(await done('info', fob())).toContain('for each code, blocked, PUK with 10 tries');
    expect((await tryPuk('puk')).exitCode).toBe(ExitCode.DONE);
    expect(await done('code', fob(), '--pin', from('other'))).toMatch(/^\d{6}\n$/);
  });

  test('without a PUK block it for good, and the hint says so', async () => {
    await makeToken();
    await done('pin', 'set', fob(), '--pin', from('pin'));
    for (let wrong = 0; wrong < 8; wrong++) await tryPin('other');
    const { exitCode, stderr } = await run(['token', 'code', fob(), '--pin', from('pin')]);
    expect(exitCode).toBe(ExitCode.PIN_LOCKED);
    expect(stderr).toContain('hint: there is no PUK, and nothing unblocks it');
  });

  test('by the keys of the device are waited for and counted like others', async () => {
    await makeTokenWithPin();
    for (let wrong = 0; wrong < 4; wrong++) await tryPin('other');
    const guess = await run(['token', 'code', fob(), '--pin', from('other')]);
    expect(guess.waits).toEqual([15]);
    expect(guess.exitCode).toBe(ExitCode.PIN_WRONG);
    expect(guess.stderr).toContain('the PIN is wrong: 3 tries are left');
    const at = ['--at', '2026-03-02T10:00:00Z'];
    const right = await run(['token', 'code', fob(), '--pin', from('pin'), ...at]);
    expect(right.waits).toEqual([30]);
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
    const { exitCode, stdout, waits: taken } = await tryPuk('wrongPuk');
    expect(exitCode).toBe(ExitCode.PIN_WRONG);
    expect(JSON.parse(stdout)).toMatchObject({ code: 'PUK_WRONG', triesLeft: left });
    waits.push(...taken);
  }
  const last = await tryPuk('wrongPuk');
  expect(last.exitCode).toBe(ExitCode.PIN_LOCKED);
  expect(JSON.parse(last.stdout)).toMatchObject({ code: 'PUK_BLOCKED', triesLeft: 0 });
  expect(last.stderr).toContain('every key on the token is destroyed');
  waits.push(...last.waits);
  expect(waits).toEqual([15, 30, 60, 120, 240, 480]);
  const info = JSON.parse(await done('info', fob(), '--json'));
  expect(info).toMatchObject({ serialNumber: 'A', accounts: [], pin: { policy: 'off' } });
});

test('a PUK whose last try the power cut is blocked, and the PIN goes on', async () => {
  await makeTokenWithPin();
  for (let wrong = 0; wrong < 9; wrong++) await tryPuk('wrongPuk');
  const clock = new DrivenClock(null);
  const board = openTokenFile(fob(), { clock });
  const token = new Token(board);
  clock.advance(480);
  selectManagement(token);
  // The try, its verdict, and then the first write of the destruction.
  board.flash.cutPower({ operation: 2 });
  const digits = (name: 'wrongPuk' | 'other') => readFileSync(path(name)).subarray(0, -1);
  expect(() => unblockPin(token, digits('wrongPuk'), digits('other'))).toThrow(PowerCut);
  board.close();
  const { exitCode, stderr } = await tryPuk('puk');
  expect(exitCode).toBe(ExitCode.PIN_LOCKED);
  expect(stderr).toContain('error: the PUK is blocked: no tries are left\n');
  expect(await done('code', fob(), '--pin', from('pin'))).toMatch(/^\d{6}\n$/);
});
