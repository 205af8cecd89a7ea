/**
 * Drawing into the frame that the display shows: text, large codes, bars, marked lines.
 *
 * Promises: pixels outside the frame are dropped, so nothing is ever written elsewhere; nothing is
 * allocated; text is bytes in linear memory. Coordinates count pixels from the top left corner, and
 * may be negative; they and sizes stay within -2^15 .. 2^15. All drawing only adds light, except
 * `clearFrame` and `invertRect`: start a screen with `clearFrame`.
 */
import { FRAME } from '../memory';
import {
  LARGE_ROWS,
  NARROW_GLYPHS,
  NARROW_HEIGHT,
  NARROW_WIDTH,
  TEXT_GLYPHS,
  TEXT_HEIGHT,
  TEXT_WIDTH,
  WIDE_GLYPHS,
  WIDE_HEIGHT,
  WIDE_WIDTH,
} from './font';

export const FRAME_WIDTH: i32 = 128;
export const FRAME_HEIGHT: i32 = 64;
/** Pixels from one character to the next. Lines of text want a pitch of TEXT_HEIGHT + 1 or more. */
export const TEXT_ADVANCE: i32 = TEXT_WIDTH + 1;

const FRAME_ROW_BYTES: i32 = FRAME_WIDTH >> 3;
const FRAME_BYTES: i32 = FRAME_ROW_BYTES * FRAME_HEIGHT;

/** Bytes of a text glyph, and its place for a byte that is not printable ASCII. */
const TEXT_GLYPH_BYTES: usize = 5;
const BOX_GLYPH: u32 = 95;

const DASH: u32 = 0x2d;
const DASH_GLYPH: u32 = 10;
const WIDE_SPACING: i32 = 4;
const WIDE_GAP: i32 = 12;
const NARROW_SPACING: i32 = 3;
const NARROW_GAP: i32 = 10;

/** Makes every pixel dark. */
export function clearFrame(): void {
  for (let offset = 0; offset < FRAME_BYTES; offset += 4) store<u32>(FRAME + offset, 0);
}

/** Lights one pixel. */
export function setPixel(x: i32, y: i32): void {
  inkRow(x, y, 0x8000, false);
}

/** Lights a rectangle of `width` x `height` pixels; nothing if either is 0 or less. */
export function fillRect(x: i32, y: i32, width: i32, height: i32): void {
  inkRect(x, y, width, height, false);
}

/** Swaps lit and dark in a rectangle: marks the selected line, or unmarks it again. */
export function invertRect(x: i32, y: i32, width: i32, height: i32): void {
  inkRect(x, y, width, height, true);
}

/**
 * Draws one character of text, TEXT_WIDTH x TEXT_HEIGHT pixels, top left corner at (x, y).
 * @param byte ASCII 32 .. 126; anything else is drawn as a box
 */
export function drawGlyph(x: i32, y: i32, byte: u32): void {
  const index = byte - 32 < BOX_GLYPH ? byte - 32 : BOX_GLYPH;
  const glyph = TEXT_GLYPHS + <usize>index * TEXT_GLYPH_BYTES;
  for (let row = 0; row < TEXT_HEIGHT; row++) {
    // Five bits from bit 5 * row of the glyph on; they may lie across two bytes. The second byte of
    // the last row belongs to whatever comes next in memory, and none of its bits stay.
    const bit = row * TEXT_WIDTH;
    const pair = ((<u32>load<u8>(glyph + (bit >> 3))) << 8) | load<u8>(glyph + (bit >> 3) + 1);
    inkRow(x, y + row, (pair << (bit & 7)) & 0xf800, false);
  }
}

/**
 * Draws a line of text, TEXT_ADVANCE pixels a character; what passes the right edge is cut.
 * @param text   pointer to `length` bytes, read only
 * @param length bytes, one character each; see `drawGlyph` for those that are not ASCII
 */
export function drawText(x: i32, y: i32, text: usize, length: u32): void {
  for (let index: u32 = 0; index < length && x < FRAME_WIDTH; index++) {
    drawGlyph(x, y, load<u8>(text + index));
    x += TEXT_ADVANCE;
  }
}

/**
 * Draws a code in large digits, centred, in two groups with a gap: "123 456" WIDE_HEIGHT pixels
 * high, "123 4567" and "1234 5678" NARROW_HEIGHT high.
 * @param y      top row
 * @param digits pointer to `count` bytes: '0' .. '9', '-' where there is no digit to show; anything
 *               else leaves its place dark
 * @param count  6 .. 8; anything else draws nothing
 *
 * The digits select glyphs by address. That tells an observer of the memory bus what the display
 * tells everyone a moment later; codes that are not going to be shown do not come here.
 */
export function drawCode(y: i32, digits: usize, count: u32): void {
  if (count - 6 > 2) return;
  const wide = count === 6;
  const glyphs = wide ? WIDE_GLYPHS : NARROW_GLYPHS;
  const width = wide ? WIDE_WIDTH : NARROW_WIDTH;
  const height = wide ? WIDE_HEIGHT : NARROW_HEIGHT;
  const spacing = wide ? WIDE_SPACING : NARROW_SPACING;
  const gap = wide ? WIDE_GAP : NARROW_GAP;

  const codeWidth = <i32>count * (width + spacing) - 2 * spacing + gap;
  let x = (FRAME_WIDTH - codeWidth) >> 1;
  for (let index: u32 = 0; index < count; index++) {
    drawLargeGlyph(x, y, glyphs, height, load<u8>(digits + index));
    x += width + (index + 1 === count >> 1 ? gap : spacing);
  }
}

function drawLargeGlyph(x: i32, y: i32, glyphs: usize, height: i32, byte: u32): void {
  const digit = byte - 0x30;
  if (digit > 9 && byte !== DASH) return;
  const index = digit > 9 ? DASH_GLYPH : digit;
  const glyph = glyphs + <usize>index * height;
  for (let row = 0; row < height; row++) {
    const place = <usize>load<u8>(glyph + row);
    inkRow(x, y + row, load<u16>(LARGE_ROWS + (place << 1)), false);
  }
}

/**
 * Draws a bar that shows how much is left: an outline with cut corners, and inside it, one pixel
 * away, the part that is left, growing from the left.
 * @param width  outline, 5 or more
 * @param height outline, 5 or more; smaller bars draw nothing
 * @param filled columns of the inside that are lit, 0 .. width - 4; more is taken as full
 */
export function drawBar(x: i32, y: i32, width: i32, height: i32, filled: i32): void {
  if (width < 5 || height < 5) return;
  fillRect(x + 1, y, width - 2, 1);
  fillRect(x + 1, y + height - 1, width - 2, 1);
  fillRect(x, y + 1, 1, height - 2);
  fillRect(x + width - 1, y + 1, 1, height - 2);
  fillRect(x + 2, y + 2, filled < width - 4 ? filled : width - 4, height - 4);
}

function inkRect(x: i32, y: i32, width: i32, height: i32, toggle: bool): void {
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column += 16) {
      const missing = column + 16 - width;
      const bits: u32 = missing > 0 ? (0xffff << missing) & 0xffff : 0xffff;
      inkRow(x + column, y + row, bits, toggle);
    }
  }
}

/** Lights or toggles up to 16 pixels of one row; bit 15 of `bits` is the pixel at x. */
function inkRow(x: i32, y: i32, bits: u32, toggle: bool): void {
  if (<u32>y >= <u32>FRAME_HEIGHT) return;
  const row = FRAME + <usize>y * FRAME_ROW_BYTES;
  const column = x >> 3;
  const spread = (bits << 8) >> (x & 7); // three bytes, whatever x & 7 is
  inkByte(row, column, spread >> 16, toggle);
  inkByte(row, column + 1, (spread >> 8) & 0xff, toggle);
  inkByte(row, column + 2, spread & 0xff, toggle);
}

function inkByte(row: usize, column: i32, bits: u32, toggle: bool): void {
  if (<u32>column >= <u32>FRAME_ROW_BYTES) return;
  const lit: u32 = load<u8>(row + column);
  store<u8>(row + column, toggle ? lit ^ bits : lit | bits);
}
