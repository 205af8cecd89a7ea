/** A QR code as a PNG picture. Node only. */
import { PNG } from 'pngjs';
import { drawQrCode } from '../../host/provision/qr-code.ts';

const MODULE_PIXELS = 6;

/** @returns a PNG file, 8 bits grey, six pixels a module, with its white border */
export function qrCodePng(text: string): Uint8Array {
  const modules = drawQrCode(text);
  const side = modules.length * MODULE_PIXELS;
  const image = new PNG({ width: side, height: side });
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      const isDark = modules[Math.floor(row / MODULE_PIXELS)]![Math.floor(column / MODULE_PIXELS)]!;
      const offset = 4 * (row * side + column);
      image.data.fill(isDark ? 0 : 255, offset, offset + 3);
      image.data[offset + 3] = 255;
    }
  }
  return PNG.sync.write(image, { colorType: 0 });
}
