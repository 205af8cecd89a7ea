/**
 * Function patterns: finder, timing and alignment patterns, version and format information; and
 * which modules they take, so that data and masks leave them alone.
 */
import { alignmentCount } from './capacity';
import { ALIGNMENT, Line, qr } from './memory';

const VERSION_POLYNOMIAL: u32 = 0x1f25;
const FORMAT_POLYNOMIAL: u32 = 0x537;
const FORMAT_MASK: u32 = 0x5412;

/** Instead of a mask: none, and no format information. */
export const NO_MASK: i32 = 8;

/** Modules from the middle of a pattern to its edge. */
const FINDER_RADIUS: i32 = 3;
const ALIGNMENT_RADIUS: i32 = 2;

/** Whether the module in column `x` and row `y` is dark; both 0 .. size - 1. */
export function isDark(x: i32, y: i32): bool {
  return ((load<u8>(Line.address(x) + (y >> 3)) >> (y & 7)) & 1) !== 0;
}

/** Inverts a module, if `bit` is 1. */
export function flip(x: i32, y: i32, bit: u32): void {
  const address = Line.address(x) + (y >> 3);
  store<u8>(address, load<u8>(address) ^ (bit << (y & 7)));
}

/**
 * Middle of the alignment patterns of a row or column (ISO/IEC 18004 Annex E). Steps are even and
 * equal, but for the first one.
 */
function alignmentMiddle(index: i32): i32 {
  if (index === 0) return 6;
  const steps = alignmentCount(qr.version) - 1;
  const step = ((qr.version * 8 + steps * 3 + 8) / (steps * 4)) * 2;
  return qr.size - 7 - (steps - index) * step;
}

/** Notes which columns, and rows, alignment patterns lie on, for isFunction. */
export function prepareAlignment(): void {
  for (let word = 0; word < Line.words(); word++) store<u64>(ALIGNMENT + (word << 3), 0);
  for (let index = 0; index < alignmentCount(qr.version); index++) {
    const first = alignmentMiddle(index) - ALIGNMENT_RADIUS;
    const address = ALIGNMENT + (first >> 3);
    store<u16>(address, <u32>load<u16>(address) | (0x1f << (first & 7)));
  }
}

function isAligned(x: i32): bool {
  return ((load<u8>(ALIGNMENT + (x >> 3)) >> (x & 7)) & 1) !== 0;
}

/** Whether a module is part of a function pattern, or of version or format information. */
export function isFunction(x: i32, y: i32): bool {
  if (x === 6 || y === 6 || besideFinder(x, y) || besideFinder(y, x)) return true;
  // No alignment pattern is where a finder pattern is, nor beside it in the corner.
  return isAligned(x) && isAligned(y) && abs(x - y) < qr.size - 17;
}

/**
 * Whether a module above the diagonal, or below it with columns and rows exchanged, has to do with
 * a finder pattern: separator and information included.
 */
function besideFinder(x: i32, y: i32): bool {
  const fromEnd = qr.size - y;
  if (x < 6 && qr.version >= 7 && fromEnd <= 11) return true;
  return x < 9 && (y < 9 || fromEnd <= 8);
}

/** Draws what version and level decide; the modules of isFunction have to be light. */
export function drawPatterns(): void {
  const size = qr.size;
  const version = qr.version;
  for (let place = 8; place < size - 8; place += 2) {
    flip(6, place, 1);
    flip(place, 6, 1);
  }
  flip(8, size - 8, 1);

  drawRings(3, 3, FINDER_RADIUS);
  drawRings(3, size - 4, FINDER_RADIUS);
  drawRings(size - 4, 3, FINDER_RADIUS);
  const last = alignmentCount(version) - 1;
  for (let column = 0; column <= last; column++) {
    for (let row = 0; row <= last; row++) {
      // Three corners have finder patterns.
      if (column % last === 0 && row % last === 0 && column + row !== 2 * last) continue;
      drawRings(alignmentMiddle(column), alignmentMiddle(row), ALIGNMENT_RADIUS);
    }
  }

  if (version < 7) return;
  // Version information, six modules by three (ISO/IEC 18004 §7.10).
  let bits = withCheckBits(version, VERSION_POLYNOMIAL, 12);
  for (let bit = 0; bit < 18; bit++) {
    const along = bit / 3;
    const across = size - 11 + (bit % 3);
    flip(along, across, bits & 1);
    flip(across, along, bits & 1);
    bits >>= 1;
  }
}

/** A dark square in dark rings, with a light ring inside the outermost; over a timing pattern. */
function drawRings(middleX: i32, middleY: i32, radius: i32): void {
  for (let x = -radius; x <= radius; x++) {
    for (let y = -radius; y <= radius; y++) {
      const distance = max(x < 0 ? -x : x, y < 0 ? -y : y);
      const dark = distance !== radius - 1;
      flip(middleX + x, middleY + y, u32(dark !== isDark(middleX + x, middleY + y)));
    }
  }
}

/** `value` with its check bits behind it: the remainder after division by `polynomial`. */
function withCheckBits(value: u32, polynomial: u32, checkBits: i32): u32 {
  let remainder = value;
  for (let bit = 0; bit < checkBits; bit++) {
    remainder <<= 1;
    if (((remainder >> checkBits) & 1) !== 0) remainder ^= polynomial;
  }
  return (value << checkBits) | remainder;
}

/**
 * Format information (ISO/IEC 18004 §7.9): 15 bits, none for NO_MASK. The standard's order of
 * levels is M, L, H, Q.
 */
export function formatBits(level: i32, mask: i32): u32 {
  if (mask === NO_MASK) return 0;
  return withCheckBits(((level ^ 1) << 3) | mask, FORMAT_POLYNOMIAL, 10) ^ FORMAT_MASK;
}

/** Inverts the modules of the format information for which `bits` has a 1, in both places. */
export function flipFormat(bits: u32): void {
  const size = qr.size;
  for (let bit = 0; bit < 15; bit++) {
    if (((bits >> bit) & 1) === 0) continue;
    // Once around the first finder pattern, past the timing patterns, and once at the other two.
    const near = bit < 8 ? bit + i32(bit > 5) : 15 - bit - i32(bit > 8);
    const far = bit < 8 ? size - 1 - bit : size - 15 + bit;
    flip(8, bit < 8 ? near : far, 1);
    flip(bit < 8 ? far : near, 8, 1);
  }
}
