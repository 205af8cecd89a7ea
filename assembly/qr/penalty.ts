/**
 * How badly a masked symbol reads (ISO/IEC 18004 §7.8.3, Table 11): 48 rows of all columns at a
 * time, each column a word whose bits are counted.
 *
 * Where the standard leaves room, this is how it is read here: the whole symbol counts; the finder
 * pattern look-alike is one module wide, as its light neighbourhood is given in modules; it counts
 * once, whether that neighbourhood is on one side or on both; and what lies outside is light.
 */
import { qr } from './memory';
import { lineAddress } from './pattern';

const BLOCK_POINTS: i32 = 3;
const FINDER_POINTS: i32 = 40;
const BALANCE_POINTS: i32 = 10;
/** Points of a run beyond one for each group of five modules that lies in it: n - 2, not n - 4. */
const RUN_POINTS: i32 = 2;

/** Rows that one word decides. On both sides it shows eight more, of which up to seven matter. */
const ROWS: i32 = 48;
const CONTEXT: i32 = 8;

/** The rows of a word that are decided, as far as they are less than `end`. */
function decided(firstRow: i32, end: i32): u64 {
  const rows = end - firstRow;
  if (rows <= 0) return 0;
  return ((<u64>1 << (rows < ROWS ? rows : ROWS)) - 1) << CONTEXT;
}

function count(bits: u64): i32 {
  return <i32>popcnt<u64>(bits);
}

/** The penalty of the symbol in the plane, mask and format information in place. */
export function penalty(): i32 {
  const size: i32 = qr.size;
  let points = 0;
  let dark = 0;
  for (let firstRow = 0; firstRow < size; firstRow += ROWS) {
    const rows = decided(firstRow, size);
    const address = lineAddress(0) + (firstRow >> 3) - (CONTEXT >> 3);
    points += pairPoints(address, firstRow) + finderPoints(address, rows);
    for (let x = 0, line = address; x < size; x++, line += qr.stride) {
      dark += count(load<u64>(line) & rows);
    }
  }
  const modules = size * size;
  const deviation = 20 * dark - 10 * modules;
  return points + ((deviation < 0 ? -deviation : deviation) / modules) * BALANCE_POINTS;
}

/** Runs of five modules and more, along columns and along rows, and blocks of 2 x 2. */
function pairPoints(address: usize, firstRow: i32): i32 {
  const size: i32 = qr.size;
  const rows = decided(firstRow, size);
  const blockRows = decided(firstRow, size - 1);
  const runRows = decided(firstRow, size - 4);
  const firstBit: u64 = firstRow === 0 ? 1 << CONTEXT : 0;

  let groups = 0;
  let runs = 0;
  let blocks = 0;
  let before: u64 = ~load<u64>(address);
  // Where a module differs from the next one in its column; of the column before, too.
  let changesBefore: u64 = ~0;
  // Where it differs from the one before it in its row; up to one, and up to three columns ago.
  let stepBefore: u64 = ~0;
  let steps2: u64 = ~0;
  let steps3: u64 = ~0;
  let rowRunsBefore: u64 = 0;
  for (let x = 0; x < size; x++) {
    const line = load<u64>(address + x * qr.stride);
    const changes = line ^ (line >> 1);
    const step = line ^ before;

    const twoChanges = changes | (changes >> 1);
    const columnRuns = ~(twoChanges | (twoChanges >> 2)) & runRows;
    const columnStarts = columnRuns & ((changes << 1) | firstBit);
    const steps = step | stepBefore;
    const rowRuns = ~(steps | steps3) & rows;
    const rowStarts = rowRuns & ~rowRunsBefore;
    groups += count(columnRuns) + count(rowRuns);
    runs += count(columnStarts) + count(rowStarts);
    blocks += count(~(changes | changesBefore | step) & blockRows);

    before = line;
    changesBefore = changes;
    stepBefore = step;
    steps3 = steps2;
    steps2 = steps;
    rowRunsBefore = rowRuns;
  }
  return groups + RUN_POINTS * runs + BLOCK_POINTS * blocks;
}

/** Look-alikes of a finder pattern, along columns and along rows, found by their middle module. */
function finderPoints(address: usize, rows: u64): i32 {
  const stride = <usize>qr.stride;
  let finders = 0;
  for (let x = 0; x < qr.size; x++) {
    const line = address + <usize>x * stride;
    const middle = load<u64>(line);
    const inner = middle & rows;
    // 1011101 and a light module at each end, which is there whichever side has the light area.
    let found = inner & (middle << 1) & (middle >> 1) & (middle << 3) & (middle >> 3);
    found &= ~((middle << 2) | (middle >> 2) | (middle << 4) | (middle >> 4));
    if (found !== 0) {
      const darkBefore = (middle << 5) | (middle << 6) | (middle << 7);
      const darkBehind = (middle >> 5) | (middle >> 6) | (middle >> 7);
      finders += count(found & ~(darkBefore & darkBehind));
    }

    found = inner & load<u64>(line - stride) & load<u64>(line + stride);
    found &= load<u64>(line - 3 * stride) & load<u64>(line + 3 * stride);
    found &= ~(load<u64>(line - 2 * stride) | load<u64>(line + 2 * stride));
    found &= ~(load<u64>(line - 4 * stride) | load<u64>(line + 4 * stride));
    if (found !== 0) {
      const darkBefore = darkLines(line - 7 * stride);
      const darkBehind = darkLines(line + 5 * stride);
      finders += count(found & ~(darkBefore & darkBehind));
    }
  }
  return finders * FINDER_POINTS;
}

/** What is dark in any of three lines. */
function darkLines(line: usize): u64 {
  const stride = <usize>qr.stride;
  return load<u64>(line) | load<u64>(line + stride) | load<u64>(line + 2 * stride);
}
