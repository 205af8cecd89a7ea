import { encodeQr, type QrCode } from '../../../../host/qr.ts';

/** A QR symbol as the server hands it out. */
export interface Picture {
  /** An SVG 1.1 document. */
  readonly svg: string;
  /** Symbol version, 1..40 (ISO/IEC 18004 §5.3.1). */
  readonly version: number;
}

/** Error correction of the vendor's samples. */
export const ERROR_CORRECTION_LEVEL = 'L';

const MODULE_PIXELS = 3;
/** ISO/IEC 18004 §5.3.8. */
const QUIET_ZONE_MODULES = 4;

/**
 * Draws a text as a QR symbol at level L, three pixels a module: the form and the scale that a
 * vendor's sample has.
 * @param text at most 2,953 bytes of UTF-8
 */
export function draw(text: string): Picture {
  const code = encodeQr(text, { level: ERROR_CORRECTION_LEVEL });
  const modules = code.size + 2 * QUIET_ZONE_MODULES;
  const pixels = modules * MODULE_PIXELS;
  const svg = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<svg xmlns="http://www.w3.org/2000/svg" version="1.1" width="${pixels}" height="${pixels}"`,
    ` viewBox="0 0 ${modules} ${modules}" shape-rendering="crispEdges">`,
    `<rect width="${modules}" height="${modules}" fill="#fff"/>`,
    `<path d="${darkSquares(code)}" fill="#000"/></svg>`,
  ].join('');
  return { svg, version: code.version };
}

function darkSquares(code: QrCode): string {
  let path = '';
  for (let y = 0; y < code.size; y++) {
    for (let x = 0; x < code.size; x++) {
      if (code.get(x, y)) path += `M${x + QUIET_ZONE_MODULES} ${y + QUIET_ZONE_MODULES}h1v1h-1z`;
    }
  }
  return path;
}
