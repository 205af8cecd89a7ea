import { decodeQR } from 'qr/decode.js';

/** Larger pictures are scaled down: a phone's twelve megapixels are no easier to read. */
const MAX_PIXELS_A_SIDE = 1_600;
/** A picture may take its time; a frame of the camera is followed by another one. */
const PICTURE_MILLISECONDS = 2_000;

const canvas = document.createElement('canvas');
const context = canvas.getContext('2d', { willReadFrequently: true })!;

/** The text of the QR code in a drawable, or undefined when none is found. */
export function readQr(
  source: CanvasImageSource,
  width: number,
  height: number,
  timeLimit?: number,
): string | undefined {
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

/** The text of the QR code in a picture file of any kind that the browser can show. */
export async function readPicture(file: Blob): Promise<string | undefined> {
  const url = URL.createObjectURL(file);
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    return readQr(image, image.naturalWidth, image.naturalHeight, PICTURE_MILLISECONDS);
  } catch {
    return undefined;
  } finally {
    URL.revokeObjectURL(url);
  }
}
