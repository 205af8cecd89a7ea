import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const BOARDS = [
  ['lm3s6965evb', 'uart-pl011'],
  ['microbit', 'uart-nrf51'],
] as const;
/** Framing, parity, break and overrun, which PL011 hands over with a byte ("UARTDR"). */
const PL011_ERRORS = [0x100, 0x200, 0x400, 0x800];

let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'oathfob-receive-'));
  for (const [board, driver] of BOARDS) {
    const flags = ['-Wall', '-Wextra', '-Werror', '-fsanitize=undefined', '-fno-sanitize-recover'];
    const folders = ['host/mcu', 'host/mcu/rt', `host/mcu/boards/${board}`];
    const defines = [
      `-DDRIVER="drivers/${driver}.c"`,
      `-DNRF51=${driver === 'uart-nrf51' ? 1 : 0}`,
    ];
    execFileSync('gcc', [
      ...flags,
      ...folders.map((name) => `-I${name}`),
      ...defines,
      ...['test/boards/receive.c', 'host/mcu/drivers/receive-ring.c', 'host/mcu/link.c'],
      ...['-o', join(folder, board)],
    ]);
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each(BOARDS)('what %s receives', (board, driver) => {
  /** Makes calls, one after the other, after a reset. */
  const calls = (...lines: string[]) =>
    execFileSync(join(folder, board), { input: `${lines.join('\n')}\n`, encoding: 'utf8' })
      .trimEnd()
      .split('\n');
  const pins = readFileSync(`host/mcu/boards/${board}/pins.h`, 'utf8');
  const ringBytes = Number(/SERIAL_RING_BYTES (\d+)u/.exec(pins)![1]);
  const counted = (from: number, length: number) =>
    Buffer.from(Array.from({ length }, (_, index) => (from + index) & 0xff)).toString('hex');
  const errors = driver === 'uart-pl011' ? PL011_ERRORS : [0];

  test('comes out as it went in, around the end of the ring, and once', () => {
    const lines = Array.from({ length: 9 }, (_, round) => [
      `come ${counted(round, ringBytes / 3)}`,
      `take ${ringBytes}`,
    ]).flat();
    const answers = calls(...lines, 'take 1', 'lost -');
    for (let round = 0; round < 9; round++) {
      expect(answers[2 * round + 1]).toBe(`${counted(round, ringBytes / 3)}.`);
    }
    expect(answers.slice(-2)).toEqual(['.', '0']);
  });

  test('fills the ring to its last byte; one more is lost, and is said to be, once', () => {
    const full = counted(7, ringBytes);
    const lines = [
      `come ${full}`,
      'lost -',
      'come aa',
      'lost -',
      'lost -',
      `take ${2 * ringBytes}`,
    ];
    expect(calls(...lines)).toEqual(['1', '0', '1', '1', '0', `${full}.`]);
    const after = calls(
      `come ${full}`,
      'come aa',
      'take 1',
      'come bb',
      `take ${ringBytes}`,
      'lost -',
    );
    expect(after.at(-2)).toBe(`${full.slice(2)}bb.`);
    expect(after.at(-1)).toBe('1');
  });

  test.each(errors)(
    'is without a byte that the line has spoilt (%i), which is said, once',
    (error) => {
      const lines = [
        'come 01',
        `spoil ${error | 0x5a}`,
        'come 02',
        'lost -',
        'lost -',
        'take 9',
        'come 03',
        'lost -',
      ];
      expect(calls(...lines)).toEqual(['1', '1', '1', '1', '0', '0102.', '1', '0']);
    },
  );

  test('is answered frame by frame', () => {
    const frame = '000400a40400';
    expect(calls(`come ${frame}`, 'poll -', `come ${frame}${frame}`, 'poll -').slice(1)).toEqual([
      '000600a404009000.',
      '1',
      '000600a404009000'.repeat(2).concat('.'),
    ]);
  });

  test.each([
    ['a spoilt byte', `spoil ${errors[0]! | 0x5a}`],
    ['a ring that ran over', null],
  ])('gives a half frame up after %s, and takes the next one for what it is', (_, event) => {
    // All of a frame but what was lost of it; without giving it up, the next one would be its end.
    const half = ['come 001000a4', 'poll -'];
    const lose =
      event === null ? [`come ${'00'.repeat(ringBytes + 1)}`, `take ${ringBytes}`] : [event];
    const answers = calls(...half, ...lose, 'poll -', 'come 000400a40400', 'poll -');
    expect(answers.at(-1)).toBe('000600a404009000.');
    expect(answers.filter((answer) => answer.endsWith('9000.'))).toHaveLength(1);
    const without = calls(...half, 'come 000400a40400', 'poll -');
    expect(without.at(-1)).toBe('.');
  });

  test('gives a half frame up after two seconds of silence', () => {
    const half = ['come 001000a4', 'poll -'];
    const next = ['poll -', 'come 000400a40400', 'poll -'];
    expect(calls(...half, 'wait 2000', ...next).at(-1)).toBe('.');
    expect(calls(...half, 'wait 2001', ...next).at(-1)).toBe('000600a404009000.');
  });
});
