/**
 * A QR code on the display: light modules lit, as large as whole pixels allow, in the middle.
 */
import { AUTOMATIC_MASK, encodeQr, QrLevel, smallestVersion, wipeQr } from '../qr/encode';
import { qr } from '../qr/memory';
import { isDark } from '../qr/pattern';
import { FRAME_HEIGHT, FRAME_WIDTH, fillRect } from './draw';

/** Light modules around the symbol (ISO/IEC 18004 §6.3.8), as far as the display goes. */
const QUIET_ZONE: i32 = 4;
/** How many there are at least: version 10 has 57 modules, the display 64 rows. */
const QUIET_ZONE_MIN: i32 = 3;
/** The largest version that leaves them. */
const VERSION_DRAWN_MAX: i32 = 10;

/**
 * Draws a text as a QR code: in the largest modules that are possible, then at the highest level of
 * error correction; only adds light, so clear the frame before.
 * @param text  pointer to `length` bytes, read only
 * @returns the version, or a QrRefusal: TOO_LONG when the display is too small for the text; then
 *          nothing is drawn. The encoder keeps nothing of the text.
 */
export function drawQr(text: usize, length: u32): i32 {
  let version = smallestVersion(text, length, QrLevel.L, 1, VERSION_DRAWN_MAX);
  let level: i32 = QrLevel.H;
  while (version > 0 && smallestVersion(text, length, level, version, version) < 0) level--;
  if (version > 0) version = encodeQr(text, length, level, version, version, AUTOMATIC_MASK);
  if (version > 0) drawModules();
  wipeQr();
  return version;
}

function drawModules(): void {
  const size = qr.size;
  const scale = FRAME_HEIGHT / (size + 2 * QUIET_ZONE_MIN);
  const left = (FRAME_WIDTH - size * scale) >> 1;
  const top = (FRAME_HEIGHT - size * scale) >> 1;
  for (let x = -QUIET_ZONE; x < size + QUIET_ZONE; x++) {
    for (let y = -QUIET_ZONE; y < size + QUIET_ZONE; y++) {
      const inside = x >= 0 && x < size && y >= 0 && y < size;
      if (inside && isDark(x, y)) continue;
      fillRect(left + x * scale, top + y * scale, scale, scale);
    }
  }
}
