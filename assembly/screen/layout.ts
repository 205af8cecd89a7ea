/** Where the lines of the text go on the display. */
import { TEXT, text } from '../memory';
import { drawText, FRAME_WIDTH, invertRect } from './draw';

/** Rows from one line of text to the next. */
export const LINE_HEIGHT: i32 = 9;
const LINE_LENGTH: u32 = 21;
const SCREEN_TOP: i32 = 15;
const SCREEN_LINE_HEIGHT: i32 = 11;
const NEWLINE: u32 = 0x0a;

/** A whole screen of lines, the first one as a title; long lines go on in the next row. */
export function drawScreen(): void {
  drawLine(0, 1);
  invertRect(0, 0, FRAME_WIDTH, LINE_HEIGHT + 1);
  let y = SCREEN_TOP;
  for (let line: u32 = 1; lineStart(line) < TEXT + text.length; line++) {
    let start = lineStart(line);
    const end = start + lineLength(line);
    for (; start < end; start += LINE_LENGTH) {
      drawText(0, y, start, min(<u32>(end - start), LINE_LENGTH));
      y += SCREEN_LINE_HEIGHT;
    }
  }
}

/** The first line of the text in two rows, so that 42 characters of a name are to be seen. */
export function drawName(): void {
  const length = lineLength(0);
  const first = min(length, LINE_LENGTH);
  drawText(0, 0, TEXT, first);
  drawText(0, LINE_HEIGHT, TEXT + first, min(length - first, LINE_LENGTH));
}

export function drawLine(line: u32, y: i32): void {
  drawText(0, y, lineStart(line), lineLength(line));
}

export function drawLineRight(line: u32, y: i32): void {
  const length = lineLength(line);
  drawText(FRAME_WIDTH + 1 - <i32>length * 6, y, lineStart(line), length);
}

/** Where a line of the text begins; its end when there are fewer lines. */
function lineStart(line: u32): usize {
  let at: u32 = 0;
  for (; line > 0 && at < text.length; at++) {
    if (load<u8>(TEXT + at) === NEWLINE) line--;
  }
  return TEXT + at;
}

function lineLength(line: u32): u32 {
  const start = lineStart(line);
  const end = TEXT + text.length;
  let at = start;
  while (at < end && load<u8>(at) !== NEWLINE) at++;
  return <u32>(at - start);
}
