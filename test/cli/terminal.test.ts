import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { askHidden, type TerminalInput } from '../../sim/cli/terminal.ts';

/** A keyboard, and what the terminal shows. */
function terminal() {
  const keyboard = new PassThrough();
  const rawModes: boolean[] = [];
  const input = Object.assign(keyboard, {
    setRawMode: (isRaw: boolean) => {
      rawModes.push(isRaw);
      return input;
    },
  }) as unknown as TerminalInput & PassThrough;
  const shown: string[] = [];
  const output = {
    write: (text: string | Uint8Array) => void shown.push(String(text)),
    isTerminal: true,
    columns: 80,
  };
  const ask = async (question: string) =>
    new TextDecoder().decode(await askHidden(input, output, question));
  return { keyboard, rawModes, shown, ask };
}

test('a question is answered by a line that is not shown', async () => {
  const { keyboard, rawModes, shown, ask } = terminal();
  const answer = ask('PIN: ');
  for (const key of '271828\r') keyboard.write(key);
  expect(await answer).toBe('271828');
  expect(shown).toEqual(['PIN: ', '\n']);
  expect(rawModes).toEqual([true, false]);
});

test('backspace takes a key back, ctrl-u all of them', async () => {
  const { keyboard, ask } = terminal();
  const answer = ask('PIN: ');
  keyboard.write('99\x1527\x7f\x7f\x7f31\b14159\n');
  expect(await answer).toBe('314159');
});

test('what was typed ahead answers the next question', async () => {
  const { keyboard, ask } = terminal();
  const first = ask('PIN: ');
  keyboard.write('271828\r314159\r');
  expect(await first).toBe('271828');
  expect(await ask('new PIN: ')).toBe('314159');
});

test('ctrl-d and the end of the input end the line', async () => {
  const { keyboard, ask } = terminal();
  const first = ask('PIN: ');
  keyboard.write('271828\x04');
  expect(await first).toBe('271828');
  const second = ask('PIN: ');
  keyboard.end('3141');
  expect(await second).toBe('3141');
});

test('ctrl-c gives up, and the terminal is as before', async () => {
  const { keyboard, rawModes, ask } = terminal();
  const answer = ask('PIN: ');
  keyboard.write('2718\x03');
  await expect(answer).rejects.toMatchObject({ code: 'GIVEN_UP', exitCode: 1 });
  expect(rawModes).toEqual([true, false]);
  expect(keyboard.listenerCount('data')).toBe(0);
});

test('the bytes that came from the keyboard are wiped', async () => {
  const { keyboard, ask } = terminal();
  const answer = ask('PIN: ');
  const chunk = Buffer.from('271828\r');
  keyboard.write(chunk);
  expect(await answer).toBe('271828');
  expect(chunk.every((byte) => byte === 0)).toBe(true);
});
