/** A QR code as SVG, one unit a module. */
import { integer } from '../arguments.ts';
import type { QrCode } from '../qr.ts';

export interface SvgOptions {
  /** Light modules around the symbol, 0..64; 4, as the standard asks for, if absent. */
  quietZone?: number | undefined;
}

/** Renders a symbol: a light square, and on it one path of the dark runs of every row. */
export function qrToSvg(code: QrCode, options: SvgOptions = {}): string {
  const quietZone = integer('quietZone', options.quietZone ?? 4, 0, 64);
  const side = code.size + 2 * quietZone;
  let path = '';
  for (let y = 0; y < code.size; y++) {
    for (let x = 0; x < code.size; x++) {
      if (!code.get(x, y)) continue;
      const start = x;
      while (code.get(x + 1, y)) x++;
      const length = x + 1 - start;
      path += `M${start + quietZone} ${y + quietZone}h${length}v1h-${length}z`;
    }
  }
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${side} ${side}" ` +
    `shape-rendering="crispEdges"><path fill="#fff" d="M0 0h${side}v${side}H0z"/>` +
    `<path d="${path}"/></svg>`
  );
}
