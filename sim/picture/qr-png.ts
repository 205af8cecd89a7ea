/** A QR code as a PNG picture. Node only. */
import { PNG } from 'pngjs';
import { type QrCode, qrToPixels } from '../../host/qr.ts';

const MODULE_PIXELS = 6;
const GREY = { colorType: 0, inputColorType: 0, inputHasAlpha: false } as const;

/** @returns a PNG file, 8 bits grey, six pixels a module, with its white border (ISO/IEC 18004 §6.3.8) */
export function qrCodePng(code: QrCode): Uint8Array<ArrayBuffer> {
  const { size, grey } = qrToPixels(code, { scale: MODULE_PIXELS });
  const image = new PNG({ width: size, height: size });
  image.data = Buffer.from(grey.buffer);
  return new Uint8Array(PNG.sync.write(image, GREY));
}
