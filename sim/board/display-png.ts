/** A frame as a PNG image that looks like the small OLED displays tokens have. Node only. */
import { PNG } from 'pngjs';
import { checkFrame, FRAME_HEIGHT, FRAME_WIDTH, isLit } from './display.ts';

/** Red, green and blue, each 0 .. 255. */
export type Rgb = readonly [red: number, green: number, blue: number];

export interface PngOptions {
  /** Image pixels along one side of a display pixel: a whole number, 1 .. 32. */
  scale?: number;
  /** Dark image pixels around the display: a whole number, 0 .. 1024; two display pixels if absent. */
  margin?: number;
  /** Colours of lit and of dark pixels. */
  colours?: { lit: Rgb; dark: Rgb };
}

/** A light blue OLED, switched on and off. */
export const OLED_COLOURS: { lit: Rgb; dark: Rgb } = { lit: [166, 222, 255], dark: [7, 10, 16] };

/** From this scale on, display pixels are told apart by a line of one image pixel. */
const GAP_SCALE = 4;
/**
 * How much light the line between two lit pixels has. They shine into it, as on a real display; and
 * zbarimg 0.23 reads QR codes of two display pixels a module at every scale only from 0.78 on.
 */
const GAP_LIGHT = 0.84;

/**
 * @param frame  1024 bytes, as display.ts says
 * @returns a PNG file, 8 bits a channel, no transparency: (128 * scale + 2 * margin) pixels wide;
 *   the same frame and options give the same bytes
 * @throws RangeError for a frame of another length, or a scale or margin out of range
 */
export function frameToPng(frame: Uint8Array, options: PngOptions = {}): Uint8Array {
  const { scale = 4, margin = 2 * scale, colours = OLED_COLOURS } = options;
  checkFrame(frame);
  checkWhole('scale', scale, 1, 32);
  checkWhole('margin', margin, 0, 1024);
  const image = new PNG({
    width: FRAME_WIDTH * scale + 2 * margin,
    height: FRAME_HEIGHT * scale + 2 * margin,
  });
  for (let row = 0; row < image.height; row++) {
    for (let column = 0; column < image.width; column++) {
      const light = lightAt(frame, column - margin, row - margin, scale);
      const offset = 4 * (row * image.width + column);
      image.data.set(mix(colours, light), offset);
      image.data[offset + 3] = 255;
    }
  }
  return PNG.sync.write(image, { colorType: 2 });
}

/** Light of the image pixel at (column, row) of the enlarged display: 0 dark .. 1 lit. */
function lightAt(frame: Uint8Array, column: number, row: number, scale: number): number {
  const x = Math.floor(column / scale);
  const y = Math.floor(row / scale);
  if (!isLit(frame, x, y)) return 0;
  if (scale < GAP_SCALE) return 1;
  // The line belongs to the pixel on its left and above; it shines only between two lit pixels.
  const right = column % scale === scale - 1 ? 1 : 0;
  const below = row % scale === scale - 1 ? 1 : 0;
  if (right + below === 0) return 1;
  const neighboursLit =
    isLit(frame, x + right, y) && isLit(frame, x, y + below) && isLit(frame, x + right, y + below);
  return neighboursLit ? GAP_LIGHT : 0;
}

function mix(colours: { lit: Rgb; dark: Rgb }, light: number): number[] {
  return colours.dark.map((dark, channel) => {
    const lit = colours.lit[channel] ?? dark;
    return Math.round(dark + (lit - dark) * light);
  });
}

function checkWhole(name: string, value: number, least: number, most: number): void {
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new RangeError(`${name}: expected a whole number ${least} .. ${most}, got ${value}`);
  }
}
