import { PNG } from 'pngjs';
import { encodeQR } from 'qr';
import type { QrCode } from './records.ts';

/** Image pixels along one side of a module, and light modules around (ISO/IEC 18004 §6.3.8). */
const SCALE = 6;
const QUIET_ZONE_MODULES = 4;

/**
 * The text inside a QR code. Both spellings of its end are there, as the vendor's pages differ, and
 * `random` is the id for v2 and v3 calls alike.
 */
export function payloadOf({ id, scene, userPoolId, createdAt, expiresAt, customData }: QrCode) {
  return JSON.stringify({
    scene,
    random: id,
    userPoolId,
    createdAt: new Date(createdAt).toISOString(),
    expireAt: new Date(expiresAt).toISOString(),
    expiresIn: Math.round((expiresAt - createdAt) / 1000),
    ...(customData && { customData }),
  });
}

/** @returns a PNG file with the text as a QR code at level M, black on white with its quiet zone */
export function qrPicture(text: string): Uint8Array<ArrayBuffer> {
  const modules = encodeQR(text, 'raw', { ecc: 'medium', border: QUIET_ZONE_MODULES });
  const side = modules.length * SCALE;
  const image = new PNG({ width: side, height: side });
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      const isDark = modules[Math.floor(row / SCALE)]![Math.floor(column / SCALE)]!;
      image.data.fill(isDark ? 0 : 255, 4 * (row * side + column), 4 * (row * side + column) + 3);
      image.data[4 * (row * side + column) + 3] = 255;
    }
  }
  return new Uint8Array(PNG.sync.write(image, { colorType: 0 }));
}
