/** Symbols whose codewords are wrong: as many as the standard lets a reader mend, and one more. */
import { expect, it } from 'vitest';
import { encodeQr, type QrCode, type QrLevel, qrToPixels } from '../../host/qr.ts';
import { readWithQr, readWithZbar } from './decoders.ts';
import {
  blockPlaces,
  codewordModules,
  correctionLength,
  gridOf,
  LEVELS,
  VERSIONS,
  withGrid,
} from './reference.ts';

/** Error correction codewords that small symbols keep for noticing errors (Table 9). */
const KEPT: Record<string, number> = { '1-L': 3, '1-M': 2, '1-Q': 1, '1-H': 1, '2-L': 2, '3-L': 1 };

/** Errors in a block that can be corrected. */
function limit(version: number, level: QrLevel): number {
  return (correctionLength(version, level) - (KEPT[`${version}-${level}`] ?? 0)) >> 1;
}

/** Spoils the first, the last and further codewords of every block, `count` in all. */
function spoil(code: QrCode, count: number): QrCode {
  const grid = gridOf(code);
  const modules = codewordModules(code.version);
  for (const places of blockPlaces(code.version, code.level)) {
    const chosen = places.filter((_, index) => index < count - 1 || index === places.length - 1);
    for (const place of chosen.slice(-count)) {
      // Some of the eight modules, never none.
      const flipped = modules[place]!.filter((_, bit) => (place * 7 + bit * 3) % 5 < 2);
      for (const [x, y] of flipped) grid[y]![x] = !grid[y]![x];
    }
  }
  return withGrid(code, grid);
}

/** Versions that zbarimg, when they are damaged, does not find at two pixels a module. */
const COARSE = [19, 24, 26, 33, 37, 40];

const cases = VERSIONS.flatMap((version) =>
  LEVELS.map((level) => {
    const name = `${version}-${level}`;
    const text = version < 4 ? name : `${name}: damaged, ${'but legible '.repeat(version / 4)}`;
    const code = encodeQr(text, { versionMin: version, versionMax: version, level });
    return { name, text, version, level, code };
  }),
);

/** What both readers make of all symbols with so many wrong codewords in every block. */
function readSpoiled(errors: (version: number, level: QrLevel) => number) {
  const images = cases.map(({ code, version, level }) =>
    qrToPixels(spoil(code, errors(version, level)), { scale: COARSE.includes(version) ? 3 : 2 }),
  );
  const byZbar = readWithZbar(images);
  return cases.map(({ name, text }, index) => {
    return { name, text, read: [byZbar[index], readWithQr(images[index]!)] };
  });
}

it('are read by both readers up to the limit, in every block', { timeout: 60_000 }, () => {
  const unread = readSpoiled(limit).filter(({ read, text }) =>
    read.some((found) => found !== text),
  );
  expect(unread).toEqual([]);
});

it('are refused by both readers beyond it', { timeout: 60_000 }, () => {
  const beyond = readSpoiled((version, level) => (correctionLength(version, level) >> 1) + 1);
  expect(beyond.filter(({ read }) => read.some((found) => found !== null))).toEqual([]);
});
