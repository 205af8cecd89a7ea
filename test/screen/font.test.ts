import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readPictures } from './screen.ts';

const PICTURES = readFileSync('assembly/screen/font.txt', 'utf8');
const directory = mkdtempSync(join(tmpdir(), 'oathfob-font-'));
afterAll(() => rmSync(directory, { recursive: true }));

/** Checks the tables of the core against other pictures. */
function checkAgainst(pictures: string) {
  const path = join(directory, 'font.txt');
  writeFileSync(path, pictures);
  const { status, stderr } = spawnSync('node', ['scripts/font.js', '--check', path], {
    encoding: 'utf8',
  });
  return { status, stderr };
}

/** Pixels in which two pictures of one size differ. */
function difference(left: string[], right: string[]): number {
  const other = right.join('');
  return [...left.join('')].filter((pixel, index) => pixel !== other[index]).length;
}

/** The two most alike pictures of a face. */
function mostAlike(face: string): { names: string; pixels: number } {
  const pictures = [...readPictures(face)];
  const pairs = pictures.flatMap(([name, rows], index) =>
    pictures.slice(index + 1).map(([otherName, otherRows]) => ({
      names: `${name} ${otherName}`,
      pixels: difference(rows, otherRows),
    })),
  );
  return pairs.reduce((least, pair) => (pair.pixels < least.pixels ? pair : least));
}

describe('the tables of the font', () => {
  it('are what the generator makes of the pictures', () => {
    expect(checkAgainst(PICTURES)).toEqual({ status: 0, stderr: '' });
  });

  it('are out of date as soon as one pixel of a picture changes', () => {
    const changed = PICTURES.replace('...######...', '...#####....');
    expect(changed).not.toBe(PICTURES);
    expect(checkAgainst(changed)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('hint: node scripts/font.js'),
    });
  });

  it.each([
    [
      'a glyph out of order',
      ': 6                 7',
      ': 7                 6',
      'face wide: glyphs are',
    ],
    ['a glyph without a picture', ': 6  ', ': 6 b', 'not one row per glyph'],
    ['a row too short', '................\n', '...............\n', 'wide: dash is not 16x28'],
    ['a row that is missing', /^ {2}\.{5} {2}\.\.#.*\n/m, '', 'text: space is not 5x8'],
    ['another character', '\n  ...######...', '\n  ...###x##...', 'narrow: 0 is not 12x24'],
    ['a face that is missing', 'face narrow', 'face slim', 'face narrow: glyphs are'],
  ])('are not made from %s', (_, search, replacement, message) => {
    const broken = PICTURES.replace(search, replacement);
    expect(broken).not.toBe(PICTURES);
    const { status, stderr } = checkAgainst(broken);
    expect(status).toBe(1);
    expect(stderr).toContain(message);
  });

  it('take at most 1.25 KiB', () => {
    const source = readFileSync('assembly/screen/font.ts', 'utf8');
    const bytes = [...source.matchAll(/memory\.data<u(\d+)>\(\[([^\]]*)\]/g)].map(
      ([, bits, values]) => (Number(bits) / 8) * (values?.match(/0x/g)?.length ?? 0),
    );
    expect(bytes).toHaveLength(4);
    expect(bytes.every((size) => size % 4 === 0)).toBe(true);
    expect(bytes.reduce((sum, size) => sum + size)).toBeLessThanOrEqual(1280);
  });
});

describe('the pictures of the font', () => {
  it('keep every two text characters apart by two pixels or more', () => {
    expect(mostAlike('text').pixels).toBeGreaterThanOrEqual(2);
  });

  it.each(['0O', '1l', '1I', 'lI', '5S', '8B', '2Z', 'OD', 'gq'])(
    'keep %s, which are easily taken for each other, apart by three pixels or more',
    (pair) => {
      const pictures = readPictures('text');
      const [left = [], right = []] = [...pair].map((name) => pictures.get(name));
      expect(left).toHaveLength(8);
      expect(difference(left, right)).toBeGreaterThanOrEqual(3);
    },
  );

  it.each(['wide', 'narrow'])('keep every two %s digits apart by twenty pixels or more', (face) => {
    expect(mostAlike(face).pixels).toBeGreaterThanOrEqual(20);
  });

  it('reach below the line of capitals for descenders and nothing else that stands on it', () => {
    const below = [...readPictures('text')].filter(([, rows]) => rows[7]?.includes('#'));
    expect(below.map(([name]) => name).join('')).toBe(',;_gjpqy|');
  });
});
