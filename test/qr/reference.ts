/**
 * The parts of the standard that the tests need, written once more without regard to speed, over
 * the tables of the npm package qr: where functions and codewords are, which codewords make a block,
 * and the penalty of a symbol.
 */
import { _alignmentPatterns, _BYTES, _ECC_BLOCKS, _ECC_LEVELS, _WORDS_PER_BLOCK } from 'qr';
import type { QrCode, QrLevel } from '../../host/qr.ts';

export const LEVELS: readonly QrLevel[] = ['L', 'M', 'Q', 'H'];
export const VERSIONS = Array.from({ length: 40 }, (_, index) => index + 1);
export const MASKS = [0, 1, 2, 3, 4, 5, 6, 7];

/** Rows of modules, true is dark. */
export type Grid = boolean[][];

export function gridOf(code: QrCode): Grid {
  const places = Array.from({ length: code.size }, (_, place) => place);
  return places.map((y) => places.map((x) => code.get(x, y)));
}

/** A symbol with other modules. */
export function withGrid(code: QrCode, grid: Grid): QrCode {
  return { ...code, get: (x, y) => grid[y]?.[x] ?? false };
}

/** Which modules are no data, row by row. */
export function functionModules(version: number): Grid {
  const size = 17 + 4 * version;
  const grid: Grid = Array.from({ length: size }, () => Array<boolean>(size).fill(false));
  const fill = (left: number, top: number, width: number, height: number) => {
    for (let y = top; y < top + height; y++) grid[y]!.fill(true, left, left + width);
  };
  fill(0, 0, 9, 9);
  fill(size - 8, 0, 8, 9);
  fill(0, size - 8, 9, 8);
  fill(0, 6, size, 1);
  fill(6, 0, 1, size);
  if (version >= 7) {
    fill(size - 11, 0, 3, 6);
    fill(0, size - 11, 6, 3);
  }
  const middles = version === 1 ? [] : _alignmentPatterns(version);
  const [first, last] = [middles[0], middles.at(-1)];
  for (const x of middles) {
    for (const y of middles) {
      const ends = [x, y].every((place) => place === first || place === last);
      if (!ends || (x === last && y === last)) fill(x - 2, y - 2, 5, 5);
    }
  }
  return grid;
}

/** The modules of the codewords, eight each, in the order of their bits (§7.7.3). */
export function codewordModules(version: number): [x: number, y: number][][] {
  const taken = functionModules(version);
  const size = taken.length;
  const columns = Array.from({ length: size }, (_, x) => x).filter((x) => x !== 6);
  const modules: [number, number][] = [];
  let upwards = true;
  for (let end = columns.length; end > 0; end -= 2) {
    for (let step = 0; step < size; step++) {
      const y = upwards ? size - 1 - step : step;
      for (const x of [columns[end - 1]!, columns[end - 2]!]) {
        if (!taken[y]![x]) modules.push([x, y]);
      }
    }
    upwards = !upwards;
  }
  return Array.from({ length: modules.length >> 3 }, (_, index) =>
    modules.slice(8 * index, 8 * index + 8),
  );
}

export function correctionLength(version: number, level: QrLevel): number {
  return _WORDS_PER_BLOCK[_ECC_LEVELS[LEVELS.indexOf(level)]!][version - 1]!;
}

export function dataLength(version: number, level: QrLevel): number {
  const blocks = _ECC_BLOCKS[_ECC_LEVELS[LEVELS.indexOf(level)]!][version - 1]!;
  return _BYTES[version - 1]! - blocks * correctionLength(version, level);
}

/** The places of the codewords of each block, data first (§7.6). */
export function blockPlaces(version: number, level: QrLevel): number[][] {
  const count = _ECC_BLOCKS[_ECC_LEVELS[LEVELS.indexOf(level)]!][version - 1]!;
  const data = dataLength(version, level);
  const short = Math.floor(data / count);
  const longFrom = count - (data % count);
  const blocks: number[][] = Array.from({ length: count }, () => []);
  let place = 0;
  for (let index = 0; index <= short; index++) {
    for (let block = index < short ? 0 : longFrom; block < count; block++) {
      blocks[block]!.push(place++);
    }
  }
  for (let index = 0; index < correctionLength(version, level); index++) {
    for (const block of blocks) block.push(place++);
  }
  return blocks;
}

/**
 * The penalty of §7.8.3, with its gaps filled as assembly/qr/penalty.ts says.
 * @param round what to make of the share of dark modules, in percent
 */
export function penaltyOf(grid: Grid, round = (percent: number) => percent): number {
  const rows = grid.map((row) => row.map((dark) => (dark ? '1' : '0')).join(''));
  const columns = rows.map((_, x) => rows.map((row) => row[x]).join(''));
  const lines = [...rows, ...columns];
  const size = grid.length;
  let points = 0;
  for (const line of lines) {
    for (const [run] of line.matchAll(/0{5,}|1{5,}/g)) points += 3 + run.length - 5;
    const around = `0000${line}0000`;
    for (const { index } of around.matchAll(/(?<=0)(?=10111010)/g)) {
      const before = around.slice(Math.max(index - 4, 0), index);
      const behind = around.slice(index + 7, index + 11);
      if (before === '0000' || behind === '0000') points += 40;
    }
  }
  for (let y = 1; y < size; y++) {
    for (let x = 1; x < size; x++) {
      const block = rows[y - 1]!.slice(x - 1, x + 1) + rows[y]!.slice(x - 1, x + 1);
      if (block === '0000' || block === '1111') points += 3;
    }
  }
  const percent = round((100 * rows.join('').replaceAll('0', '').length) / (size * size));
  return points + 10 * Math.floor(Math.abs(percent - 50) / 5);
}
