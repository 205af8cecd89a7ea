import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import { expect, it } from 'vitest';
import { code128, QUIET_ZONE } from '../../sim/web/fob/code128.ts';

/** What a scanner reads in the bars, two pixels a module. */
function scan(text: string): string {
  const { width, bars } = code128(text);
  const png = new PNG({ width: (width + 2 * QUIET_ZONE) * 2, height: 40 });
  png.data.fill(255);
  for (const bar of bars) {
    for (let x = (QUIET_ZONE + bar.left) * 2; x < (QUIET_ZONE + bar.left + bar.width) * 2; x++) {
      for (let y = 0; y < png.height; y++)
        png.data.fill(0, 4 * (y * png.width + x), 4 * (y * png.width + x) + 3);
    }
  }
  const folder = mkdtempSync(join(tmpdir(), 'oathfob-barcode-'));
  try {
    writeFileSync(join(folder, 'code.png'), PNG.sync.write(png));
    const options = ['--quiet', '--raw', '-Sdisable', '-Scode128.enable', join(folder, 'code.png')];
    return execFileSync('zbarimg', options, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trimEnd();
  } finally {
    rmSync(folder, { recursive: true });
  }
}

it('is read by a scanner: every character of a serial number, and the longest one', () => {
  for (const text of [
    'OF-48210377',
    'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345',
    'abcdefghijklmnopqrstuvwxyz6789._-',
  ]) {
    expect(scan(text)).toBe(text);
  }
});

it('is read with every other printable character, so that no width is wrong', () => {
  const all = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index)).join('');
  for (let start = 0; start < all.length; start += 24) {
    const part = `x${all.slice(start, start + 24)}x`;
    expect(scan(part)).toBe(part);
  }
});

it.each(['', 'A', 'OF-1'])('has a stop symbol and whole modules: %j', (text) => {
  const { width, bars } = code128(text);
  expect(width).toBe((text.length + 2) * 11 + 13);
  expect(bars).toHaveLength((text.length + 2) * 3 + 4);
});

it('refuses what it has no symbol for', () => {
  expect(() => code128('ü')).toThrow(RangeError);
});
