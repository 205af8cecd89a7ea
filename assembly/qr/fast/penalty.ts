/**
 * How badly a masked symbol reads (ISO/IEC 18004 §7.8.3, Table 11): 48 rows of all columns at a
 * time, each column a word whose bits are counted.
 *
 * Reads the standard as ../penalty.ts does.
 */
import { Line, qr } from '../memory';

const BLOCK_POINTS: i32 = 3;
const FINDER_POINTS: i32 = 40;
const BALANCE_POINTS: i32 = 10;
/** A run of n modules, n >= 5, makes n - 2 points: one for each five in a row, and two more. */
const RUN_POINTS: i32 = 2;

/** The finder patterns themselves: three columns and three rows of each, whatever the mask. */
const REAL_FINDERS: i32 = 18;

/** Rows that one word decides. On both sides it shows eight more, of which up to seven matter. */
const ROWS: i32 = 48;
const CONTEXT: i32 = 8;

/**
 * The penalty of the symbol in the plane, mask and format information in place.
 * @param limit a penalty this high need not be known exactly
 */
export function penalty(limit: i32): i32 {
  const points = REAL_FINDERS * FINDER_POINTS + commonPoints();
  if (points >= limit) return points;
  return points + (countFinders() - REAL_FINDERS) * FINDER_POINTS;
}

/** Address of the rows from `firstRow` on of column 0, as bits from CONTEXT on. */
function rowsAddress(firstRow: i32): usize {
  return Line.address(0) + (firstRow >> 3) - (CONTEXT >> 3);
}

/** The bits that decide, as far as they stand for rows less than `end`. */
function deciding(firstRow: i32, end: i32): u64 {
  const rows = end - firstRow;
  return rows <= 0 ? 0 : (((<u64>1) << (rows < ROWS ? rows : ROWS)) - 1) << CONTEXT;
}

function count(bits: u64): i32 {
  return <i32>popcnt<u64>(bits);
}

/** Runs in columns and in rows, blocks of 2 x 2, and the balance of dark and light. */
function commonPoints(): i32 {
  const size = qr.size;
  const stride = Line.stride();
  let groups = 0;
  let runs = 0;
  let blocks = 0;
  let dark = 0;
  for (let firstRow = 0; firstRow < size; firstRow += ROWS) {
    const rows = deciding(firstRow, size);
    const blockRows = deciding(firstRow, size - 1);
    const runRows = deciding(firstRow, size - 4);
    const topRow: u64 = firstRow === 0 ? 1 << CONTEXT : 0;
    // A module changes where the next one in its column is another, and steps where the one before
    // it in its row is; the latter within the last column, the last two, the two before those.
    let changes: u64 = ~0;
    let step: u64 = ~0;
    let steps: u64 = ~0;
    let earlierSteps: u64 = ~0;
    let rowRuns: u64 = 0;
    let address = rowsAddress(firstRow);
    let before = ~load<u64>(address);
    for (let x = 0; x < size; x++) {
      const column = load<u64>(address);
      address += stride;
      dark += count(column & rows);

      const changesBefore = changes;
      const stepBefore = step;
      changes = column ^ (column >> 1);
      step = column ^ before;
      before = column;
      blocks += count(~(changes | changesBefore | step) & blockRows);

      const twoChanges = changes | (changes >> 1);
      const columnRuns = ~(twoChanges | (twoChanges >> 2)) & runRows;
      groups += count(columnRuns);
      runs += count(columnRuns & ((changes << 1) | topRow));

      const stepsBefore = steps;
      const rowRunsBefore = rowRuns;
      steps = step | stepBefore;
      rowRuns = ~(steps | earlierSteps) & rows;
      earlierSteps = stepsBefore;
      groups += count(rowRuns);
      runs += count(rowRuns & ~rowRunsBefore);
    }
  }
  const modules = size * size;
  const imbalance = 20 * dark - 10 * modules;
  const balance = (imbalance < 0 ? -imbalance : imbalance) / modules;
  return groups + RUN_POINTS * runs + BLOCK_POINTS * blocks + BALANCE_POINTS * balance;
}

/** Finder patterns and what looks like one, in columns and in rows, by their middle module. */
function countFinders(): i32 {
  const size = qr.size;
  const stride = Line.stride();
  const stride2 = stride + stride;
  const stride3 = stride2 + stride;
  const stride4 = stride2 + stride2;
  let finders = 0;
  for (let firstRow = 0; firstRow < size; firstRow += ROWS) {
    const rows = deciding(firstRow, size);
    let column = rowsAddress(firstRow);
    for (let x = 0; x < size; x++, column += stride) {
      const middle = load<u64>(column);
      const inner = middle & rows;
      // 1011101, and light on both sides: four modules on one of them, and one on the other.
      let found = inner & (middle << 1) & (middle >> 1) & (middle << 3) & (middle >> 3);
      found &= ~((middle << 2) | (middle >> 2) | (middle << 4) | (middle >> 4));
      if (found !== 0) {
        const darkBefore = (middle << 5) | (middle << 6) | (middle << 7);
        const darkBehind = (middle >> 5) | (middle >> 6) | (middle >> 7);
        finders += count(found & ~(darkBefore & darkBehind));
      }

      found = inner & load<u64>(column - stride) & load<u64>(column + stride);
      found &= load<u64>(column - stride3) & load<u64>(column + stride3);
      found &= ~(load<u64>(column - stride2) | load<u64>(column + stride2));
      found &= ~(load<u64>(column - stride4) | load<u64>(column + stride4));
      if (found !== 0) {
        const darkBefore = threeColumns(column - stride4 - stride3, stride);
        const darkBehind = threeColumns(column + stride4 + stride, stride);
        finders += count(found & ~(darkBefore & darkBehind));
      }
    }
  }
  return finders;
}

/** What is dark in any of three columns. */
function threeColumns(column: usize, stride: usize): u64 {
  return load<u64>(column) | load<u64>(column + stride) | load<u64>(column + stride + stride);
}
