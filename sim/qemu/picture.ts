/** Reads the display of an emulated board off QEMU's picture of it. */
import { FRAME_BYTES, FRAME_HEIGHT, FRAME_WIDTH } from '../board/display.ts';

/** Picture pixels along one side of a display pixel. */
const SCALE = 4;
const HEADER = `P6\n${FRAME_WIDTH * SCALE} ${FRAME_HEIGHT * SCALE}\n255\n`;
const LIT = 255;

/**
 * @param ppm  a picture of 512 x 256 pixels, as `screendump` writes it
 * @returns a frame (host/board.ts)
 * @throws RangeError when it is anything else, or a display pixel is not of one colour
 */
export function frameOfPicture(ppm: Uint8Array): Uint8Array {
  const header = new TextDecoder('latin1').decode(ppm.subarray(0, HEADER.length));
  const pixels = ppm.subarray(HEADER.length);
  if (header !== HEADER || pixels.length !== FRAME_WIDTH * FRAME_HEIGHT * SCALE ** 2 * 3) {
    throw new RangeError('picture: expected a PPM of 512 x 256 pixels');
  }
  const frame = new Uint8Array(FRAME_BYTES);
  for (let y = 0; y < FRAME_HEIGHT; y++) {
    for (let x = 0; x < FRAME_WIDTH; x++) {
      if (isLitIn(pixels, x, y)) frame[y * (FRAME_WIDTH / 8) + (x >> 3)]! |= 0x80 >> (x & 7);
    }
  }
  return frame;
}

function isLitIn(pixels: Uint8Array, x: number, y: number): boolean {
  const brightness = (dx: number, dy: number) =>
    pixels[((y * SCALE + dy) * FRAME_WIDTH * SCALE + x * SCALE + dx) * 3]!;
  const first = brightness(0, 0);
  for (let dy = 0; dy < SCALE; dy++) {
    for (let dx = 0; dx < SCALE; dx++) {
      if (brightness(dx, dy) !== first || (first !== 0 && first !== LIT)) {
        throw new RangeError(`picture: display pixel ${x}, ${y} is neither lit nor dark`);
      }
    }
  }
  return first === LIT;
}
