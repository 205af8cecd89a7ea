/** The QR symbols of sim/server/graph/qr-pin, which are SVG, as pixels. */
import type { Picture } from '../../host/provision/qr-code.ts';

const MODULE_PIXELS = 4;

/**
 * Draws an SVG symbol whose dark modules are unit squares of one path. It knows no other SVG: this
 * is no renderer, but what a printer does with the badges of the server.
 * @returns four pixels a module; all white where nothing is known
 */
export function drawSvgSymbol(svg: string): Picture {
  const modules = Number(/viewBox="0 0 (\d{1,3}) /.exec(svg)?.[1] ?? 0);
  const side = modules * MODULE_PIXELS;
  const data = new Uint8Array(4 * side * side).fill(255);
  for (const [, column, row] of svg.matchAll(/M(\d{1,3}) (\d{1,3})h1v1h-1z/g)) {
    fillModule(data, side, Number(column), Number(row));
  }
  return { width: side, height: side, data };
}

function fillModule(data: Uint8Array, side: number, column: number, row: number): void {
  for (let y = row * MODULE_PIXELS; y < (row + 1) * MODULE_PIXELS; y++) {
    for (let x = column * MODULE_PIXELS; x < (column + 1) * MODULE_PIXELS; x++) {
      data.fill(0, 4 * (y * side + x), 4 * (y * side + x) + 3);
    }
  }
}
