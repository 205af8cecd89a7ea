/**
 * Function patterns: finder, timing and alignment patterns, version and format information; and
 * which modules they take, so that data and masks leave them alone.
 *
 * A line of the plane is a column of the symbol. All patterns but the information have the same
 * columns as rows, so most of this reads the same both ways.
 */
import { alignmentCount } from './capacity';
import { ALIGNMENT, MARGIN_LINES, PLANE, qr } from './memory';

const VERSION_POLYNOMIAL: u32 = 0x1f25;
const FORMAT_POLYNOMIAL: u32 = 0x537;
const FORMAT_MASK: u32 = 0x5412;

/** Address of the line of column `x`. */
export function lineAddress(x: i32): usize {
  return PLANE + (x + MARGIN_LINES) * qr.stride;
}

/** Bits of word `word` of a line from bit `first` of the line on. */
function bitsFrom(first: i32, word: i32): u64 {
  const shift = first - (word << 6);
  return shift <= 0 ? ~0 : shift > 63 ? 0 : ~0 << shift;
}

/** Makes the modules (x, y), (x, y + 1) .. dark for which `bits` has a 1, at most 9 of them. */
function draw(x: i32, y: i32, bits: u32): void {
  const address = lineAddress(x) + (y >> 3);
  store<u16>(address, load<u16>(address) | (bits << (y & 7)));
}

/** Inverts them. */
function flip(x: i32, y: i32, bits: u32): void {
  const address = lineAddress(x) + (y >> 3);
  store<u16>(address, load<u16>(address) ^ (bits << (y & 7)));
}

/** Centre of the alignment patterns of a row or column, by its number (ISO/IEC 18004 Annex E). */
function alignmentCentre(index: i32): i32 {
  if (index === 0) return 6;
  const count = alignmentCount(qr.version);
  // Even steps, as equal as they can be; what is left over is between the first two.
  const step = (qr.version * 8 + count * 3 + 5) / (count * 4 - 4) * 2;
  return qr.size - 7 - (count - 1 - index) * step;
}

/** Notes which rows alignment patterns lie on, for functionBits. */
export function prepareAlignment(): void {
  for (let offset = 0; offset < qr.stride; offset += 8) store<u64>(ALIGNMENT + offset, 0);
  for (let index = 0; index < alignmentCount(qr.version); index++) {
    const first = alignmentCentre(index) - 2;
    const address = ALIGNMENT + (first >> 3);
    store<u16>(address, <u32>load<u16>(address) | (0x1f << (first & 7)));
  }
}

/**
 * The modules of column `x` that are no data: function patterns, and what lies outside.
 * @param word number of the 64-bit word of the line, 0 .. stride / 8 - 1
 */
export function functionBits(x: i32, word: i32): u64 {
  const size: i32 = qr.size;
  if (x === 6) return ~0;
  let bits = bitsFrom(size, word) | (word === 0 ? 1 << 6 : 0);
  if (((load<u8>(ALIGNMENT + (x >> 3)) >> (x & 7)) & 1) !== 0) {
    // Where a finder pattern is there is no alignment pattern, though its row is one of theirs.
    let alignment = load<u64>(ALIGNMENT + (word << 3));
    if (word === 0 && (x < 9 || x >= size - 9)) alignment &= ~0x1f0;
    if (x < 9) alignment &= ~bitsFrom(size - 9, word);
    bits |= alignment;
  }
  if (x < 9) bits |= bitsFrom(size - 8, word);
  if (word === 0 && (x < 9 || x >= size - 8)) bits |= 0x1ff;
  if (qr.version >= 7) {
    if (x < 6) bits |= bitsFrom(size - 11, word);
    if (word === 0 && x >= size - 11 && x < size - 8) bits |= 0x3f;
  }
  return bits;
}

/** Draws what version and level decide; the modules of functionBits have to be light. */
export function drawPatterns(): void {
  const last = qr.size - 7;
  drawFinder(0, 0);
  drawFinder(last, 0);
  drawFinder(0, last);
  for (let place = 8; place <= last; place += 2) {
    draw(6, place, 1);
    draw(place, 6, 1);
  }
  draw(8, qr.size - 8, 1);

  const centres = alignmentCount(qr.version);
  for (let column = 0; column < centres; column++) {
    for (let row = 0; row < centres; row++) {
      // Not in the three corners that have finder patterns.
      const inCorner = column % (centres - 1) === 0 && row % (centres - 1) === 0;
      if (inCorner && column + row !== 2 * (centres - 1)) continue;
      drawAlignment(alignmentCentre(column), alignmentCentre(row));
    }
  }
  if (qr.version >= 7) drawVersion();
}

function drawFinder(x: i32, y: i32): void {
  for (let column = 0; column < 7; column++) {
    const ring = column === 0 || column === 6;
    const gap = column === 1 || column === 5;
    draw(x + column, y, ring ? 0x7f : gap ? 0x41 : 0x5d);
  }
}

function drawAlignment(x: i32, y: i32): void {
  draw(x - 2, y - 2, 0x1f);
  draw(x - 1, y - 2, 0x11);
  draw(x, y - 2, 0x15);
  draw(x + 1, y - 2, 0x11);
  draw(x + 2, y - 2, 0x1f);
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

/** Version information (ISO/IEC 18004 §7.10), 6 x 3 modules twice. */
function drawVersion(): void {
  const first = qr.size - 11;
  let bits = withCheckBits(qr.version, VERSION_POLYNOMIAL, 12);
  for (let along = 0; along < 6; along++) {
    for (let across = 0; across < 3; across++) {
      draw(along, first + across, bits & 1);
      draw(first + across, along, bits & 1);
      bits >>= 1;
    }
  }
}

/** Draws the format information (ISO/IEC 18004 §7.9) of a mask, or takes it away again. */
export function flipFormat(mask: i32): void {
  // The standard's order of levels is M, L, H, Q (Table 12).
  const format = withCheckBits(((qr.level ^ 1) << 3) | mask, FORMAT_POLYNOMIAL, 10) ^ FORMAT_MASK;
  flip(8, 0, (format & 0x3f) | ((format & 0xc0) << 1));
  flip(8, qr.size - 7, format >> 8);
  flip(7, 8, (format >> 8) & 1);
  for (let bit = 0; bit < 8; bit++) flip(qr.size - 1 - bit, 8, (format >> bit) & 1);
  for (let bit = 9; bit < 15; bit++) flip(14 - bit, 8, (format >> bit) & 1);
}
