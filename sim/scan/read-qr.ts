/** QR codes in what a page has before it: a frame of the camera, or a picture. In a page or a worker. */
import { decodeQR } from 'qr/decode.js';

/** Larger pictures are scaled down: a phone's twelve megapixels are no easier to read. */
const MAX_PIXELS_A_SIDE = 1_600;
/** A picture may take its time; a frame of the camera is followed by another one. */
export const PICTURE_MILLISECONDS = 2_000;

type Context = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

/**
 * The text of the QR code in a drawable, or undefined when none is found.
 * @param context    of a canvas to work on, which is resized
 * @param timeLimit  milliseconds; as long as it takes if absent
 */
export function readQr(
  context: Context,
  source: CanvasImageSource,
  { width, height }: { readonly width: number; readonly height: number },
  timeLimit?: number,
): string | undefined {
  const { canvas } = context;
  const scale = Math.min(1, MAX_PIXELS_A_SIDE / Math.max(width, height));
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  // What is transparent in a picture is paper.
  context.fillStyle = '#fff';
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(source, 0, 0, canvas.width, canvas.height);
  const image = context.getImageData(0, 0, canvas.width, canvas.height);
  try {
    return decodeQR(image, timeLimit === undefined ? {} : { timeLimit });
  } catch {
    return undefined;
  }
}

/**
 * Opens a picture file of any kind that the browser can show, in a page.
 * @param use  is given the picture while it is open
 * @returns undefined for a file that is no picture
 */
export async function withPicture<Result>(
  file: Blob,
  use: (image: HTMLImageElement) => Result | Promise<Result>,
): Promise<Result | undefined> {
  const url = URL.createObjectURL(file);
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    return await use(image);
  } catch {
    return undefined;
  } finally {
    URL.revokeObjectURL(url);
  }
}
