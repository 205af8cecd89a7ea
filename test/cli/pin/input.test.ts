import { describe, expect, test } from 'vitest';
import { ExitCode } from '../../../sim/cli/exit-codes.ts';
import { done, fob, from, makeToken, makeTokenWithPin, run, tryPin, useDesk } from './desk.ts';

useDesk();

/** A terminal on which these lines are typed, one after the other. */
function typing(...lines: string[]) {
  const questions: string[] = [];
  const askSecret = async (question: string) => {
    questions.push(question);
    return new TextEncoder().encode(lines.shift());
  };
  return { askSecret, questions };
}

describe('a terminal', () => {
  test('is asked for new secrets twice, the PUK first', async () => {
    await makeToken();
    const { askSecret, questions } = typing('16180339', '16180339', '2718281', '2718281');
    const { exitCode, stderr } = await run(['token', 'pin', 'set', fob()], { askSecret });
    expect(exitCode, stderr).toBe(ExitCode.DONE);
    expect(questions).toEqual([
      'new PUK, for a PIN that is blocked or forgotten (empty for none): ',
      'once more: ',
      'new PIN: ',
      'once more: ',
    ]);
    expect(await done('code', fob(), '--pin', from('pin'))).toMatch(/^\d{6}\n$/);
  });

  test('may leave the PUK out', async () => {
    await makeToken();
    const { askSecret } = typing('', '2718281', '2718281');
    const { stderr } = await run(['token', 'pin', 'set', fob()], { askSecret });
    expect(stderr).toContain('warning: there is no PUK');
  });

  test('that says two different things changes nothing', async () => {
    await makeTokenWithPin();
    const { askSecret } = typing('2718281', '3141592', '3141593');
    const { exitCode, stderr } = await run(['token', 'pin', 'change', fob()], { askSecret });
    expect(exitCode).toBe(ExitCode.USAGE);
    expect(stderr).toContain('error: the two are not the same');
    expect((await tryPin('pin')).exitCode).toBe(ExitCode.DONE);
  });

  test('is asked once for secrets that there are, also where standard input was named', async () => {
    await makeTokenWithPin();
    for (const argv of [
      ['code', fob()],
      ['screen', fob(), '--pin', '-'],
      ['pin', 'verify', fob()],
    ]) {
      const { askSecret, questions } = typing('2718281');
      const { exitCode, stderr } = await run(['token', ...argv], { askSecret });
      expect(exitCode, stderr).toBe(ExitCode.DONE);
      expect(questions).toEqual(['PIN: ']);
    }
    const { askSecret, questions } = typing('16180339', '3141592', '3141592');
    await run(['token', 'pin', 'unblock', fob()], { askSecret });
    expect(questions).toEqual(['PUK: ', 'new PIN: ', 'once more: ']);
    expect((await tryPin('other')).exitCode).toBe(ExitCode.DONE);
  });

  test('is not asked by a token that wants no PIN, nor by a look at the display', async () => {
    await makeToken();
    const askSecret = () => Promise.reject(new Error('asked'));
    const code = await run(['token', 'code', fob()], { askSecret });
    expect(code.exitCode, code.stderr).toBe(ExitCode.DONE);
    await done('pin', 'set', fob(), '--pin', from('pin'), '--puk', from('puk'));
    const screen = await run(['token', 'screen', fob(), '--text'], { askSecret });
    expect(screen.stdout).toContain('PIN NEEDED');
  });
});

test('what is no PIN is refused before it could cost a try', async () => {
  await makeTokenWithPin();
  const tooLong = '12345678901234567';
  for (const text of ['', '\n\n', '27182', tooLong, '27182x', '271 828', '٢٧١٨٢٨', '271828\0']) {
    const readStdin = async () => new TextEncoder().encode(text);
    for (const argv of [
      ['pin', 'verify', fob()],
      ['code', fob()],
    ]) {
      const { exitCode } = await run(['token', ...argv, '--pin', '-'], { readStdin });
      expect(exitCode, JSON.stringify(text)).toBe(ExitCode.USAGE);
    }
  }
  expect(await done('info', fob())).toContain('8 tries left');
});

test('the bytes that were read are wiped when the command is done', async () => {
  await makeTokenWithPin();
  const bytes = new TextEncoder().encode('2718281\n');
  const readStdin = async () => bytes;
  const verified = await run(['token', 'pin', 'verify', fob(), '--pin', '-'], { readStdin });
  expect(verified.exitCode).toBe(ExitCode.DONE);
  expect(bytes).toEqual(new Uint8Array(bytes.length));
  const typed = new TextEncoder().encode('2718281');
  const shown = await run(['token', 'code', fob()], { askSecret: async () => typed });
  expect(shown.exitCode).toBe(ExitCode.DONE);
  expect(typed).toEqual(new Uint8Array(typed.length));
});
