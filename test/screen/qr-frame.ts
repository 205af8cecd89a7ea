/** The display with a QR code as it should look: drawn from the host's symbol, pixel by pixel. */
import { encodeQr, type QrCode, type QrLevel } from '../../host/qr.ts';

const WIDTH = 128;
const HEIGHT = 64;
const LARGEST_VERSION = 10;
const QUIET_ZONE = 4;
/** Version 10 leaves no more above and below. */
const QUIET_ZONE_MIN = 3;
const FROM_HIGHEST: readonly QrLevel[] = ['H', 'Q', 'M', 'L'];

/** The largest modules possible, then the highest level. @throws RangeError if there is no room */
function symbolOf(text: string): QrCode {
  const { version } = encodeQr(text, { level: 'L', versionMax: LARGEST_VERSION });
  const fits = (level: QrLevel) => encodeQr(text, { level }).version <= version;
  return encodeQr(text, { level: FROM_HIGHEST.find(fits)!, versionMin: version });
}

/** The 1,024 bytes of a display that shows `text`. */
export function qrFrame(text: string): Uint8Array {
  const symbol = symbolOf(text);
  const scale = Math.floor(HEIGHT / (symbol.size + 2 * QUIET_ZONE_MIN));
  const left = (WIDTH - symbol.size * scale) / 2;
  const top = Math.floor((HEIGHT - symbol.size * scale) / 2);
  const frame = new Uint8Array((WIDTH * HEIGHT) / 8);
  const inside = (place: number) => place >= -QUIET_ZONE && place < symbol.size + QUIET_ZONE;
  for (let y = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++) {
      const column = Math.floor((x - Math.floor(left)) / scale);
      const row = Math.floor((y - top) / scale);
      if (!inside(column) || !inside(row) || symbol.get(column, row)) continue;
      frame[y * (WIDTH / 8) + (x >> 3)]! |= 0x80 >> (x & 7);
    }
  }
  return frame;
}
