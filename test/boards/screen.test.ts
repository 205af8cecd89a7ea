import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { frameToArt } from '../../sim/board/display.ts';
import { NOON, RFC_KEY, toHex } from '../fixtures.ts';
import { Bench } from './bench.ts';
import { readCode } from './font.ts';
import { keepPicture } from './pictures.ts';
import { tokenImage, twin } from './token-image.ts';

/** A code that an independent program computes. */
function oathtool(...args: string[]): string {
  return execFileSync('oathtool', [...args, toHex(RFC_KEY)], { encoding: 'utf8' }).trim();
}

test.each([
  ['SHA1', 6],
  ['SHA1', 8],
  ['SHA256', 6],
  ['SHA512', 8],
] as const)(
  'the code on the OLED is that of oathtool: TOTP %s, %i digits',
  async (hash, digits) => {
    const image = tokenImage([{ name: 'a:b', key: RFC_KEY, hash, digits }]);
    // The clock runs, so the step may end while QEMU starts: of two codes one must be there.
    const bench = await Bench.powerOn({ image, timeSeconds: NOON + 1 });
    const frame = await bench.until((shown) => readCode(shown).length === digits);
    keepPicture(`totp-${hash}-${digits}`.toLowerCase(), frame);
    const codes = [NOON, NOON + 30].map((timeSeconds) =>
      oathtool(`--totp=${hash}`, `--digits=${digits}`, `--now=@${timeSeconds}`),
    );
    expect(codes).toContain(readCode(frame));
  },
);

test('each press of OK shows the next HOTP code, and each is that of oathtool', async () => {
  const image = tokenImage([{ name: 'a:b', key: RFC_KEY, type: 'hotp', counter: 7n }]);
  const bench = await Bench.powerOn({ image });
  for (const counter of [7, 8, 9]) {
    const before = toHex(await bench.frame());
    await bench.press('ok');
    const frame = await bench.until((shown) => toHex(shown) !== before);
    expect(readCode(frame), frameToArt(frame)).toBe(oathtool('--hotp', `--counter=${counter}`));
    keepPicture(`hotp-${counter}`, frame);
  }
});

test('every one of the five keys does what it does on the simulated token', async () => {
  const credentials = [1, 2, 3].map((index) => ({
    name: `a:${index}`,
    key: RFC_KEY,
    type: 'hotp' as const,
  }));
  const bench = await Bench.powerOn({ image: tokenImage(credentials) });
  const { token, flash } = twin(bench.image);
  expect(toHex(await bench.board.frame())).toBe(toHex(token.frame));
  for (const key of ['down', 'down', 'up', 'right', 'left', 'ok'] as const) {
    token.press(key);
    const expected = toHex(token.frame);
    await bench.board.press(key);
    await bench.until((frame) => toHex(frame) === expected);
  }
  expect(toHex(bench.image)).toBe(toHex(flash.image));
});
