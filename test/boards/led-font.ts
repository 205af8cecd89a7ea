/** Reads text off the columns that run over the LEDs, with the letters of drivers/font-5x5.c. */
import { readFileSync } from 'node:fs';

const NAMES: Readonly<Record<string, string>> = {
  space: ' ',
  asterisk: '*',
  slash: '/',
  backslash: '\\',
};
/** As drivers/text-scroller.c: dark columns behind a character, of a space, and behind a line. */
const GAP = 1;
const SPACE_COLUMNS = 2;
const LINE_GAP = 4;

/** Columns from the left, each a string of '#' and '.' from the top. */
export type Columns = readonly string[];

/** Character → its columns, those without a dot on the right left out. */
export function readFont(): ReadonlyMap<string, Columns> {
  const source = readFileSync('host/mcu/drivers/font-5x5.c', 'utf8');
  const font = new Map<string, Columns>();
  for (const [, bits, name] of source.matchAll(/^ {4}GLYPH\((.*)\), \/\* (.+) \*\/$/gm)) {
    const rows = bits!.split(', ').map((row) => row.slice(2));
    const columns = Array.from({ length: 5 }, (_, x) =>
      rows.map((row) => (row[x] === '1' ? '#' : '.')).join(''),
    );
    font.set(NAMES[name!] ?? name!, columns.slice(0, columns.findLastIndex(isLit) + 1));
  }
  return font;
}

function isLit(column: string): boolean {
  return column.includes('#');
}

/**
 * The lines of a text that runs by.
 * @param columns  as they came in on the right, from the beginning of a line on
 * @returns the lines, the last of which may not be whole
 */
export function readLines(columns: Columns): string[] {
  const font = readFont();
  const lines = [''];
  for (let at = 0; at < columns.length; ) {
    const dark = columns.slice(at).findIndex(isLit);
    if (dark < 0) break;
    for (let gap = LINE_GAP; gap <= dark; gap += LINE_GAP) lines.push('');
    if (dark === SPACE_COLUMNS) lines[lines.length - 1] += ' ';
    at += dark;
    const found = longestAt(font, columns, at);
    if (found === null) return lines;
    const [character, glyph] = found;
    lines[lines.length - 1] += character;
    at += glyph.length + GAP;
  }
  return lines;
}

function longestAt(
  font: ReadonlyMap<string, Columns>,
  columns: Columns,
  at: number,
): [string, Columns] | null {
  let found: [string, Columns] | null = null;
  for (const [character, glyph] of font) {
    const isThere =
      glyph.length > 0 &&
      glyph.every((column, x) => columns[at + x] === column) &&
      !isLit(columns[at + glyph.length] ?? '#');
    if (isThere && glyph.length > (found?.[1].length ?? 0)) found = [character, glyph];
  }
  return found;
}
