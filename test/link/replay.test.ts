import { writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { firmwareBytes } from '../../host/core.ts';
import { DrivenClock } from '../../sim/board/clock.ts';
import { hashOf } from '../../sim/link/caller.ts';
import { LinkError } from '../../sim/link/errors.ts';
import { callLine, headerLine } from '../../sim/link/log.ts';
import { readLog } from '../../sim/link/read-log.ts';
import { replayLog } from '../../sim/link/replay.ts';
import { GET_INFO, PUT_HOTP, SELECT_MANAGEMENT, SET_PIN, useBench, WRONG_PIN } from './bench.ts';

const bench = useBench();

/** Lives through what needs a clock, chance and keys, and writes it down. */
async function live(): Promise<string[]> {
  bench.copy('fob.img', 'before.img');
  const lines = [headerLine(hashOf(bench.read('fob.img')), hashOf(firmwareBytes()))];
  const { card, send } = bench.card('fob.img', {
    onCall: (call, outcome) => lines.push(callLine(call, outcome)),
  });
  await send(SELECT_MANAGEMENT, '8001000003414243', PUT_HOTP);
  await send('800300000800000000 69a55a62', GET_INFO);
  for (let second = 0; second < 3; second++) {
    bench.clock.advance(1);
    card.tick();
  }
  card.press('ok');
  await send(SET_PIN, WRONG_PIN);
  card.powerOff();
  card.powerOn();
  bench.clock.advance(1);
  await send(SELECT_MANAGEMENT, WRONG_PIN, GET_INFO);
  bench.close();
  return lines;
}

function replay(lines: readonly string[], name = 'before.img') {
  const board = bench.open(name, new DrivenClock(null));
  try {
    return replayLog(board, readLog(lines.join('')));
  } finally {
    bench.close();
  }
}

function problemOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    expect(error).toBeInstanceOf(LinkError);
    return `${(error as LinkError).code} ${(error as LinkError).message}`;
  }
  return 'none';
}

describe('a log', () => {
  test('repeats to the same bytes, with clock and chance of its own time', async () => {
    const lines = await live();
    const original = bench.read('fob.img');
    const boardFile = bench.read('before.img.board');
    expect(bench.read('before.img')).not.toEqual(original);
    const { commands, calls, image } = replay(lines);
    expect(bench.read('before.img')).toEqual(original);
    expect(image).toBe(hashOf(original));
    expect({ commands, calls }).toEqual({ commands: 10, calls: lines.length - 1 });
    expect(bench.read('before.img.board')).toEqual(boardFile);
  });

  test('cannot be repeated on another image, which stays as it is', async () => {
    const lines = await live();
    const after = bench.read('fob.img');
    expect(problemOf(() => replay(lines, 'fob.img'))).toMatch(/^OTHER_IMAGE /);
    expect(bench.read('fob.img')).toEqual(after);
  });

  test('with the device key of another token differs where keys are sealed', async () => {
    const lines = await live();
    const board = JSON.parse(bench.read('before.img.board').toString());
    const deviceKey = board.deviceKey.replace(
      /^../,
      board.deviceKey.startsWith('00') ? '01' : '00',
    );
    writeFileSync(bench.path('before.img.board'), JSON.stringify({ ...board, deviceKey }));
    expect(problemOf(() => replay(lines))).toMatch(
      /^LOG_DIFFERS line \d+: exchange leaves another/,
    );
  });

  test('in which an answer, a time or a random byte is changed differs', async () => {
    const lines = await live();
    const spoil = (pattern: RegExp, replacement: string) => {
      const index = lines.findIndex((line) => pattern.test(line));
      expect(index, String(pattern)).toBeGreaterThan(0);
      const spoilt = lines.with(index, lines[index]!.replace(pattern, replacement));
      bench.copy('before.img', 'copy.img');
      return problemOf(() => replay(spoilt, 'copy.img'));
    };
    expect(spoil(/"63c7"/, '"63c6"')).toMatch(
      /^LOG_DIFFERS line \d+: exchange gives another answer/,
    );
    expect(spoil(/"entropy":"../, '"entropy":"0')).toMatch(/^BAD_LOG /);
    const [draw] = lines.filter((line) => line.includes('"entropy"'));
    const first = /"entropy":"(..)/.exec(draw!)![1]!;
    const other = first === '00' ? '01' : '00';
    expect(spoil(/"entropy":"../, `"entropy":"${other}`)).toMatch(/^LOG_DIFFERS line \d+: /);
  });

  test.each([
    ['nothing', () => []],
    ['no header', (lines: string[]) => lines.slice(1)],
    ['a line that is cut short', (lines: string[]) => lines.with(-1, lines.at(-1)!.slice(0, 20))],
    ['a call that is none', (lines: string[]) => lines.with(3, '{"call":"dance"}\n')],
    ['a command before power-on', (lines: string[]) => [lines[0]!, ...lines.slice(2)]],
    [
      'a command that no token takes',
      (lines: string[]) =>
        lines.with(
          3,
          `{"call":"exchange","command":"${'00'.repeat(513)}","uptimeMilliseconds":0}\n`,
        ),
    ],
  ])('with %s is refused by the line, and the line is not repeated', async (_, spoil) => {
    const lines = spoil(await live());
    expect(problemOf(() => replay(lines))).toMatch(
      /^BAD_LOG line \d+ is not that of a log of APDUs$/,
    );
  });
});
