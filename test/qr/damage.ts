/** Symbols whose codewords are wrong: as many as the standard lets a reader mend, or others. */
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
export function limit(version: number, level: QrLevel): number {
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

export const DAMAGED_SYMBOLS = cases.length;

/** What both readers make of all symbols with so many wrong codewords in every block. */
function readSpoiled(errors: typeof limit, versions: readonly number[]) {
  const chosen = cases.filter(({ version }) => versions.includes(version));
  const images = chosen.map(({ code, version, level }) =>
    qrToPixels(spoil(code, errors(version, level)), { scale: COARSE.includes(version) ? 3 : 2 }),
  );
  const byZbar = readWithZbar(images);
  return chosen.map(({ name, text }, index) => {
    return { name, text, read: [byZbar[index], readWithQr(images[index]!)] };
  });
}

/** The symbols that some reader does not read although every block can be mended. */
export function unreadUpTo(errors = limit, versions: readonly number[] = VERSIONS): string[] {
  const isUnread = ({ read, text }: ReturnType<typeof readSpoiled>[number]) =>
    read.some((found) => found !== text);
  return readSpoiled(errors, versions)
    .filter(isUnread)
    .map(({ name }) => name);
}

/** The symbols that some reader reads, rightly or not, although no block can be mended. */
export function readBeyond(
  errors: typeof limit = (version, level) => (correctionLength(version, level) >> 1) + 1,
  versions: readonly number[] = VERSIONS,
): string[] {
  return readSpoiled(errors, versions)
    .filter(({ read }) => read.some((found) => found !== null))
    .map(({ name }) => name);
}
