/** Grey pictures: what a camera sees before colour matters. Node only, for picture files. */
import { PNG } from 'pngjs';
import { readPicture } from '../picture/read.ts';

export interface GreyPicture {
  readonly width: number;
  readonly height: number;
  /** One byte a pixel, row by row: 0 is dark, 255 light. */
  readonly grey: Uint8Array;
}

/**
 * Reads a PNG or JPEG file; colours become their luma (ITU-R BT.601), what is transparent light.
 * @throws RecordError for a file that is damaged or too large
 */
export function readGrey(file: Uint8Array): GreyPicture {
  const { width, height, data } = readPicture(file);
  const grey = new Uint8Array(width * height);
  for (let index = 0; index < grey.length; index++) {
    const [red, green, blue, alpha] = data.subarray(4 * index, 4 * index + 4);
    const luma = 0.299 * red! + 0.587 * green! + 0.114 * blue!;
    grey[index] = Math.round(255 + ((luma - 255) * alpha!) / 255);
  }
  return { width, height, grey };
}

/** Writes a PNG file, 8 bits of grey a pixel; the same picture gives the same bytes. */
export function writePng({ width, height, grey }: GreyPicture): Uint8Array {
  const image = new PNG({ width, height });
  image.data = Buffer.from(grey);
  return PNG.sync.write(image, { colorType: 0, inputColorType: 0 });
}

/** The light at a place between pixels, by the four pixels around it; `outside` beyond the edge. */
export function lightAt(picture: GreyPicture, x: number, y: number, outside: number): number {
  const left = Math.floor(x);
  const top = Math.floor(y);
  const across = x - left;
  const upper = mix(
    pixel(picture, left, top, outside),
    pixel(picture, left + 1, top, outside),
    across,
  );
  const lower = mix(
    pixel(picture, left, top + 1, outside),
    pixel(picture, left + 1, top + 1, outside),
    across,
  );
  return mix(upper, lower, y - top);
}

function pixel(
  { width, height, grey }: GreyPicture,
  x: number,
  y: number,
  outside: number,
): number {
  return x < 0 || y < 0 || x >= width || y >= height ? outside : grey[y * width + x]!;
}

function mix(from: number, to: number, share: number): number {
  return from + (to - from) * share;
}
