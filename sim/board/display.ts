/**
 * Ways to show a frame that need nothing but a place to put text or bytes: they work in Node and in
 * a browser. PNG is in display-png.ts, because it needs a library of Node's.
 *
 * A frame is what `present` announces (host/board.ts): 128x64 pixels, 1024 bytes, row by row, most
 * significant bit left, 1 = lit. Every function refuses any other length with a RangeError and
 * leaves the frame as it is.
 */

/** Pixels in a row of the display. */
export const FRAME_WIDTH = 128;
/** Rows of the display. */
export const FRAME_HEIGHT = 64;
/** Bytes in a frame. */
export const FRAME_BYTES = (FRAME_WIDTH / 8) * FRAME_HEIGHT;

/** Whether the pixel at column `x` (0 .. 127) and row `y` (0 .. 63) is lit; outside, nothing is. */
export function isLit(frame: Uint8Array, x: number, y: number): boolean {
  if (x < 0 || x >= FRAME_WIDTH || y < 0 || y >= FRAME_HEIGHT) return false;
  const byte = frame[y * (FRAME_WIDTH / 8) + (x >> 3)] ?? 0;
  return ((byte >> (7 - (x & 7))) & 1) === 1;
}

/** Throws a RangeError unless `frame` has the length of a frame. */
export function checkFrame(frame: Uint8Array): void {
  if (frame.length !== FRAME_BYTES) {
    throw new RangeError(`frame: expected ${FRAME_BYTES} bytes, got ${frame.length}`);
  }
}

/** The frame as 64 lines of 128 characters, "#" lit and "." dark, without a line end at the end. */
export function frameToArt(frame: Uint8Array): string {
  checkFrame(frame);
  return rowsOf(frame, 1, (x, y) => (isLit(frame, x, y) ? '#' : '.')).join('\n');
}

/** The frame as a binary PBM image; lit pixels are PBM's black, so the body is the frame itself. */
export function frameToPbm(frame: Uint8Array): Uint8Array {
  checkFrame(frame);
  const header = new TextEncoder().encode(`P4\n${FRAME_WIDTH} ${FRAME_HEIGHT}\n`);
  const image = new Uint8Array(header.length + frame.length);
  image.set(header);
  image.set(frame, header.length);
  return image;
}

/** Light blue on near black, the frame around it grey: colours of the 256-colour terminal palette. */
const PIXEL_COLOUR = '\x1b[38;5;153;48;5;233m';
const BORDER_COLOUR = '\x1b[38;5;240m';
const NO_COLOUR = '\x1b[0m';

/** By which of two pixels, one above the other, are lit: neither, upper, lower, both. */
const HALF_BLOCKS = [' ', '▀', '▄', '█'];

/**
 * The frame for a terminal: two rows of pixels to a line, inside a thin border; 34 lines of 130
 * columns, without a line end at the end.
 * @param options.color whether to use colour escapes; without them lit pixels have the terminal's
 *   own text colour, and the result holds no escape at all
 */
export function frameToTerminal(frame: Uint8Array, options: { color: boolean }): string {
  checkFrame(frame);
  const paint = (colour: string, text: string) =>
    options.color ? `${colour}${text}${NO_COLOUR}` : text;
  const edge = '─'.repeat(FRAME_WIDTH);
  const side = paint(BORDER_COLOUR, '│');
  const lines = rowsOf(frame, 2, (x, y) => {
    const upper = isLit(frame, x, y) ? 1 : 0;
    const lower = isLit(frame, x, y + 1) ? 2 : 0;
    return HALF_BLOCKS[upper + lower] ?? ' ';
  });
  return [
    paint(BORDER_COLOUR, `┌${edge}┐`),
    ...lines.map((line) => side + paint(PIXEL_COLOUR, line) + side),
    paint(BORDER_COLOUR, `└${edge}┘`),
  ].join('\n');
}

/** One string for every `step` rows of pixels, one character for every column. */
function rowsOf(
  frame: Uint8Array,
  step: number,
  character: (x: number, y: number) => string,
): string[] {
  const lines: string[] = [];
  for (let y = 0; y < frame.length / (FRAME_WIDTH / 8); y += step) {
    lines.push(Array.from({ length: FRAME_WIDTH }, (_, x) => character(x, y)).join(''));
  }
  return lines;
}
