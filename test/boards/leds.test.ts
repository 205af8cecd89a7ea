/** What the LEDs of the micro:bit show, seen from the lines of the emulated chip. */
import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { LED_SIDE } from '../../sim/qemu/led-matrix.ts';
import { NOON, RFC_KEY, toHex } from '../fixtures.ts';
import { Bench, MICROBIT, soon } from './bench.ts';
import { readFont, readLines } from './led-font.ts';
import { tokenImage, twin } from './token-image.ts';

/** The chip sleeps most of the time: it need not take as long here. */
const HURRIED = () => ['-icount', 'shift=0,sleep=off'];

const ROWS_A_COLUMN = 100;

/**
 * Collects what comes in on the right: the columns of each text since the one that runs now, which is
 * the first, from the time on that it started over. The chip's time may fly while this computer is
 * busy, and a code be over before anybody asks for it.
 */
function watchTexts({ board: { leds } }: Bench): string[][] {
  let columns: string[] = [];
  const texts = [columns];
  let before = leds.picture;
  let seen = leds.rowsSeen;
  leds.watcher = (picture) => {
    const right = (of: string) => columnOf(of, LED_SIDE - 1);
    // A picture that is like the one before is not told of: time tells how many there were.
    const steps = Math.round((leds.rowsSeen - seen) / ROWS_A_COLUMN);
    for (let step = 1; step < steps; step++) columns.push(right(before));
    if (isShifted(before, picture)) columns.push(right(picture));
    else {
      columns = [];
      texts.push(columns);
    }
    before = picture;
    seen = leds.rowsSeen;
  };
  return texts;
}

function columnOf(picture: string, x: number): string {
  return picture
    .split('\n')
    .map((row) => row[x])
    .join('');
}

/** Whether each column but the last is what its right neighbour was before. */
function isShifted(before: string, now: string): boolean {
  return Array.from({ length: LED_SIDE - 1 }, (_, x) => x).every(
    (x) => columnOf(now, x) === columnOf(before, x + 1),
  );
}

test('each letter of the LEDs differs from all others, and has no gap that parts letters in it', () => {
  const font = readFont();
  expect([...font.keys()].join('')).toBe(
    Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index)).join(''),
  );
  const pictures = [...font.values()].map((columns) => columns.join());
  expect(new Set(pictures).size).toBe(95);
  for (const columns of font.values()) expect(columns).not.toContain('.....');
});

/**
 * Between two lines all LEDs are dark. A text that starts over just then cannot be told from one that runs on,
 * and is not found: that is chance, and not so three times in a row.
 */
const UNSEEN_START = { retry: 2 };

test(
  'the text of the screen runs over the LEDs, and what is new starts over at its line',
  UNSEEN_START,
  async () => {
    const image = tokenImage([{ name: 'al@x.org:b', key: RFC_KEY, type: 'hotp' }]);
    const bench = await Bench.powerOn({ type: MICROBIT, image, extra: HURRIED });
    const { token } = twin(image);
    const texts = watchTexts(bench);
    const begins = (columns: string[], lines: readonly string[]) =>
      readLines(columns)
        .slice(0, lines.length + 1)
        .join('\n')
        .startsWith(lines.join('\n'));
    const reads = (lines: readonly string[]) =>
      soon(async () => {
        await new Promise((resolve) => setImmediate(resolve));
        return texts.some((columns) => begins(columns, lines));
      });
    for (const key of ['ok', 'ok', 'right'] as const) {
      // Only the text that runs when the key is pressed may be an earlier one.
      texts.splice(0, texts.length - 1);
      await bench.press(key);
      token.press(key);
      const [name, ...others] = token.text.split('\n');
      // From the line that is new on, through the end of the text, to that line again.
      await reads([...others, name!, others[0]!]);
    }
  },
);

test('a board without a battery does not know the time, says so, and gives codes once it is set', async () => {
  const image = tokenImage([{ name: 'a:b', key: RFC_KEY }]);
  const bench = await Bench.powerOn({ type: MICROBIT, image });
  expect(await bench.ledText()).toMatch(/^a:b\nCLOCK NOT SET\n/);
  await bench.send('00a4040008a000000527471117');
  const time = NOON.toString(16).padStart(16, '0');
  expect(await bench.send(`8003000008${time}`)).toBe('9000');
  const args = ['--totp', `--now=@${NOON}`, toHex(RFC_KEY)];
  const code = execFileSync('oathtool', args, { encoding: 'utf8' }).trim();
  await soon(async () => (await bench.ledText()).replaceAll(' ', '').includes(`\n${code}\n`));
  // A reset is a loss of power, as far as time goes.
  await bench.board.qmp.execute('system_reset');
  await soon(async () => (await bench.ledText()).includes('CLOCK NOT SET'));
});
