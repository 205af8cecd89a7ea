/**
 * How badly a masked symbol reads (ISO/IEC 18004 §7.8.3, Table 11).
 *
 * Where the standard leaves room, it is read like this: the whole symbol counts; what looks like a
 * finder pattern is one module wide, since its light neighbourhood is given in modules; it counts
 * once, whether that neighbourhood is on one side or on both; and what lies outside is light.
 */
import { qr } from './memory';
import { isDark } from './pattern';

const RUN_POINTS: i32 = 3;
const BLOCK_POINTS: i32 = 3;
const FINDER_POINTS: i32 = 40;
const BALANCE_POINTS: i32 = 10;

const RUN_LENGTH: i32 = 5;
/** Modules of the light neighbourhood of a finder pattern, and the pattern: 1011101. */
const LIGHT: i32 = 4;
const FINDER: u32 = 0x5d;
const FINDER_LENGTH: i32 = 7;

/** The penalty of the symbol in the plane, mask and format information in place. */
export function penalty(): i32 {
  const size = qr.size;
  let points = 0;
  let dark = 0;
  for (let line = 0; line < size; line++) {
    points += linePoints(line, true) + linePoints(line, false);
    for (let y = 0; y < size; y++) {
      dark += i32(isDark(line, y));
      if (line !== 0 && y !== 0) points += blockPoints(line, y);
    }
  }
  const modules = size * size;
  const imbalance = 20 * dark - 10 * modules;
  return points + ((imbalance < 0 ? -imbalance : imbalance) / modules) * BALANCE_POINTS;
}

/** Four modules of one colour, (x, y) the last of them. */
function blockPoints(x: i32, y: i32): i32 {
  const dark =
    i32(isDark(x, y)) + i32(isDark(x - 1, y)) + i32(isDark(x, y - 1)) + i32(isDark(x - 1, y - 1));
  return (dark & 3) === 0 ? BLOCK_POINTS : 0;
}

/** Runs of five modules or more, and finder patterns, in a column or a row. */
function linePoints(line: i32, column: bool): i32 {
  const size = qr.size;
  let points = 0;
  let run = 0;
  // The modules so far, the last one lowest; light ones before and behind.
  let seen: u32 = 0;
  for (let place = 0; place < size + LIGHT; place++) {
    const inside = place < size;
    const dark = inside && (column ? isDark(line, place) : isDark(place, line));
    if (inside) {
      run = u32(dark) === (seen & 1) && place !== 0 ? run + 1 : 1;
      if (run >= RUN_LENGTH) points += run === RUN_LENGTH ? RUN_POINTS : 1;
    }
    seen = (seen << 1) | u32(dark);
    if (((seen >> LIGHT) & 0x7f) !== FINDER) continue;
    const before = (seen >> (LIGHT + FINDER_LENGTH)) & 15;
    const behind = seen & 15;
    if ((before === 0 && behind < 8) || (behind === 0 && (before & 1) === 0))
      points += FINDER_POINTS;
  }
  return points;
}
