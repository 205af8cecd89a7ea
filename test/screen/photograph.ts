/** The display as a camera sees it, at a size that readers of photographs are used to. */
import { PNG } from 'pngjs';
import type { Pixels } from '../../host/qr.ts';
import { frameToPng } from '../../sim/board/display-png.ts';

/** @param frame the 1,024 bytes of a display */
export function photograph(frame: Uint8Array): Pixels {
  const { width, height, data } = PNG.sync.read(Buffer.from(frameToPng(frame, { scale: 6 })));
  const grey = new Uint8Array(width * width);
  for (let index = 0; index < width * height; index++) grey[index] = data[4 * index + 1]!;
  return { size: width, grey };
}
