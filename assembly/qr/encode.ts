/**
 * QR codes (ISO/IEC 18004, model 2): text to modules.
 *
 * Promises: nothing is allocated; arguments out of range and texts that are too long are refused,
 * and leave no text behind; the same arguments give the same symbol. Text is bytes; there is no
 * kanji mode and no ECI, so a reader takes what is not ASCII for UTF-8, as nearly all do.
 */
import { dataCodewords } from './capacity';
import { writeCodewords } from './codewords';
import { flipMask } from './mask';
import { PLANE, PLANE_LENGTH, qr, VERSION_MAX } from './memory';
import { drawPatterns, lineAddress, prepareAlignment } from './pattern';
import { penalty } from './penalty';
import { placeCodewords } from './placing';
import { measureSegments } from './segment';

/** Refusals of encodeQr; versions are 1 or more. */
export enum QrRefusal {
  /** No version up to the largest allowed holds the text at this level. */
  TOO_LONG = -1,
  /** A level, a version or a mask that there is not. */
  BAD_ARGUMENT = -2,
}

/** Error correction: about 7, 15, 25, 30 % of the codewords can be mended. */
export enum QrLevel {
  L = 0,
  M = 1,
  Q = 2,
  H = 3,
}

/** Instead of a mask: the one with the least penalty, the lowest of several. */
export const AUTOMATIC_MASK: i32 = -1;

const MASKS: i32 = 8;
/** Digits in the largest symbol: a text with more bytes fits none. */
const LONGEST_TEXT: u32 = 7089;

/**
 * Encodes a text into the plane, as the smallest version that holds it.
 * @param text       pointer to `length` bytes, read only, not in the plane
 * @param length     bytes, 0 or more
 * @param level      QrLevel
 * @param versionMin 1 .. versionMax: no smaller symbol than this
 * @param versionMax up to VERSION_MAX
 * @param mask       0..7, or AUTOMATIC_MASK
 * @returns the version, or a QrRefusal; then there is no symbol to be read
 */
export function encodeQr(
  text: usize,
  length: u32,
  level: i32,
  versionMin: i32,
  versionMax: i32,
  mask: i32,
): i32 {
  const versionsRefused = versionMin < 1 || versionMin > versionMax || versionMax > VERSION_MAX;
  if (versionsRefused || level < 0 || level > QrLevel.H) return QrRefusal.BAD_ARGUMENT;
  if (mask < AUTOMATIC_MASK || mask >= MASKS) return QrRefusal.BAD_ARGUMENT;
  if (length > LONGEST_TEXT) return QrRefusal.TOO_LONG;

  qr.text = text;
  qr.textLength = length;
  const version = smallestVersion(level, versionMin, versionMax);
  if (version < 0) return version;
  writeCodewords(version, level);
  prepareAlignment();
  placeCodewords();
  drawPatterns();
  qr.mask = mask === AUTOMATIC_MASK ? leastMask() : mask;
  flipMask(qr.mask);
  return version;
}

/** The smallest version that holds the text; its segments are measured when counts get longer. */
function smallestVersion(level: i32, versionMin: i32, versionMax: i32): i32 {
  for (let version = versionMin; version <= versionMax; version++) {
    if (version === versionMin || version === 10 || version === 27) {
      qr.segmentBits = measureSegments(version);
    }
    if (qr.segmentBits <= dataCodewords(version, level) * 8) return version;
  }
  return QrRefusal.TOO_LONG;
}

function leastMask(): i32 {
  let least = i32.MAX_VALUE;
  let leastMask = 0;
  for (let mask = 0; mask < MASKS; mask++) {
    flipMask(mask);
    const points = penalty();
    flipMask(mask);
    if (points < least) {
      least = points;
      leastMask = mask;
    }
  }
  return leastMask;
}

/** Whether the module in column `x` and row `y` is dark; both 0 .. size - 1. */
export function isDark(x: i32, y: i32): bool {
  return ((load<u8>(lineAddress(x) + (y >> 3)) >> (y & 7)) & 1) !== 0;
}

/** Forgets the symbol. */
export function wipeQr(): void {
  for (let offset = 0; offset < PLANE_LENGTH; offset += 8) store<u64>(PLANE + offset, 0);
  qr.pending = 0;
}
