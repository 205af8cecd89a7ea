/** A QR code as text, two rows of modules to a line. */
import { integer } from '../arguments.ts';
import type { QrCode } from '../qr.ts';

export interface TextOptions {
  /** Light modules around the symbol, 0..64; 4, as the standard asks for, if absent. */
  quietZone?: number | undefined;
  /** For terminals with dark letters on a light ground; light on dark if absent. */
  darkOnLight?: boolean | undefined;
}

/** By whether the upper (1) and the lower (2) of two modules have the colour of letters. */
const HALF_BLOCKS = [' ', '▀', '▄', '█'];

/**
 * Renders a symbol in half blocks, a module about as high as it is wide. Lines end with a newline.
 * The quiet zone is part of it, and letters are light unless `darkOnLight`.
 */
export function qrToText(code: QrCode, options: TextOptions = {}): string {
  const quietZone = integer('quietZone', options.quietZone ?? 4, 0, 64);
  const darkOnLight = options.darkOnLight ?? false;
  const end = code.size + quietZone;
  let text = '';
  for (let y = -quietZone; y < end; y += 2) {
    for (let x = -quietZone; x < end; x++) {
      const upper = code.get(x, y) === darkOnLight;
      // The last line may have one row only; below it is nothing, which looks like no letter.
      const lower = y + 1 < end && code.get(x, y + 1) === darkOnLight;
      text += HALF_BLOCKS[Number(upper) + 2 * Number(lower)];
    }
    text += '\n';
  }
  return text;
}
