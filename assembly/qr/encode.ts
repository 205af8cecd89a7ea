/**
 * QR codes (ISO/IEC 18004, model 2): text to modules.
 *
 * Promises: nothing is allocated; arguments out of range and texts that are too long are refused,
 * and leave no text behind; the same arguments give the same symbol. Text is bytes; there is no
 * kanji mode and no ECI, so a reader takes what is not ASCII for UTF-8, as nearly all do.
 */
import { wipe } from '../crypto/wipe';
import { dataCodewords, setVersion } from './capacity';
import { writeData } from './codewords';
import { changeMask as fastChangeMask } from './fast/mask';
import { penalty as fastPenalty } from './fast/penalty';
import { placeCodewords as fastPlaceCodewords } from './fast/placing';
import { correctBlocks as fastCorrectBlocks, prepareMultiples } from './fast/reed-solomon';
import { prepareTables } from './fast/tables';
import { changeMask } from './mask';
import { FAST, PLANE, PLANE_LENGTH, QR_STATE, QR_STATE_LENGTH, qr, VERSION_MAX } from './memory';
import { drawPatterns, NO_MASK, prepareAlignment } from './pattern';
import { penalty } from './penalty';
import { placeCodewords } from './placing';
import { correctBlocks } from './reed-solomon';
import { findSegment } from './segment';

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
  if (mask < AUTOMATIC_MASK || mask >= NO_MASK) return QrRefusal.BAD_ARGUMENT;

  const version = smallestVersion(text, length, level, versionMin, versionMax);
  if (version < 0) return version;
  setVersion(version, level);
  prepareAlignment();
  if (FAST) {
    prepareTables();
    prepareMultiples();
    writeData();
    fastCorrectBlocks();
    fastPlaceCodewords();
  } else {
    writeData();
    correctBlocks();
    placeCodewords();
    drawPatterns();
  }
  if (mask === AUTOMATIC_MASK) mask = leastMask();
  replaceMask(NO_MASK, mask);
  qr.mask = mask;
  return version;
}

/**
 * The smallest version that holds a text; its segments are measured when counts get longer.
 * @param text, length, level, versionMin, versionMax  as for encodeQr, in their ranges
 * @returns the version, or QrRefusal.TOO_LONG
 */
export function smallestVersion(
  text: usize,
  length: u32,
  level: i32,
  versionMin: i32,
  versionMax: i32,
): i32 {
  if (length > LONGEST_TEXT) return QrRefusal.TOO_LONG;
  qr.text = text;
  qr.textLength = length;
  for (let version = versionMin; version <= versionMax; version++) {
    if (version === versionMin || version === 10 || version === 27) {
      qr.segmentBits = qr.textLength === 0 ? 0 : findSegment(0, version, true);
    }
    if (qr.segmentBits <= dataCodewords(version, level) * 8) return version;
  }
  return QrRefusal.TOO_LONG;
}

function replaceMask(from: i32, to: i32): void {
  if (FAST) fastChangeMask(from, to);
  else changeMask(from, to);
}

function leastMask(): i32 {
  let least = i32.MAX_VALUE;
  let leastMask = 0;
  let before = NO_MASK;
  for (let mask = 0; mask < NO_MASK; mask++) {
    replaceMask(before, mask);
    before = mask;
    const points = FAST ? fastPenalty(least) : penalty();
    if (points < least) {
      least = points;
      leastMask = mask;
    }
  }
  replaceMask(before, NO_MASK);
  return leastMask;
}

/** Forgets the symbol, and what it was made of. */
export function wipeQr(): void {
  wipe(PLANE, PLANE_LENGTH);
  wipe(QR_STATE, QR_STATE_LENGTH);
}
