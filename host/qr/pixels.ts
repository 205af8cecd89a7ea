/** A QR code as grey pixels, for whoever writes an image file. */
import { integer } from '../arguments.ts';
import type { QrCode } from '../qr.ts';

export interface PixelOptions {
  /** Pixels along one side of a module, 1..64; 4 if absent. */
  scale?: number | undefined;
  /** Light modules around the symbol, 0..64; 4, as the standard asks for, if absent. */
  quietZone?: number | undefined;
}

export interface Pixels {
  /** Width and height in pixels. */
  readonly size: number;
  /** One byte a pixel, row by row: 0 is dark, 255 light. */
  readonly grey: Uint8Array;
}

const LIGHT = 255;

/** Renders a symbol. */
export function qrToPixels(code: QrCode, options: PixelOptions = {}): Pixels {
  const scale = integer('scale', options.scale ?? 4, 1, 64);
  const quietZone = integer('quietZone', options.quietZone ?? 4, 0, 64);
  const size = (code.size + 2 * quietZone) * scale;
  const grey = new Uint8Array(size * size).fill(LIGHT);
  for (let y = 0; y < code.size; y++) {
    const top = (y + quietZone) * scale * size;
    for (let x = 0; x < code.size; x++) {
      if (!code.get(x, y)) continue;
      const left = top + (x + quietZone) * scale;
      for (let row = 0; row < scale; row++) {
        grey.fill(0, left + row * size, left + row * size + scale);
      }
    }
  }
  return { size, grey };
}
