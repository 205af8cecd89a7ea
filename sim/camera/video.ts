/**
 * Video files in YUV4MPEG2, the format that needs no encoder: a line of text, then for each frame
 * another one and its planes. Chromium takes them as its camera.
 */
import type { GreyPicture } from './picture.ts';

/** No colour, for a plane of a quarter of the pixels (4:2:0). */
const GREY = 128;
/** Video keeps black and white away from the ends of a byte (ITU-R BT.601). */
const BLACK = 16;
const WHITE = 235;

/**
 * Writes a video of grey pictures.
 * @param frames at least one; all of the same even width and even height
 * @returns the file, for `--use-file-for-fake-video-capture` with the ending .y4m
 * @throws RangeError if a frame has another size, or an odd one
 */
export function writeVideo(frames: readonly GreyPicture[], framesPerSecond: number): Uint8Array {
  const [first] = frames;
  if (!first) throw new RangeError('frames: expected at least one');
  const { width, height } = first;
  const odd = width % 2 !== 0 || height % 2 !== 0;
  if (odd || frames.some((frame) => frame.width !== width || frame.height !== height)) {
    throw new RangeError('frames: expected pictures of one size, even in both directions');
  }
  const header = `YUV4MPEG2 W${width} H${height} F${framesPerSecond}:1 Ip A1:1 C420jpeg\n`;
  const colour = Buffer.alloc((width * height) / 2, GREY);
  const parts: Uint8Array[] = [Buffer.from(header)];
  for (const { grey } of frames) {
    const luma = grey.map((light) => Math.round(BLACK + ((WHITE - BLACK) * light) / 255));
    parts.push(Buffer.from('FRAME\n'), luma, colour);
  }
  return Buffer.concat(parts);
}
