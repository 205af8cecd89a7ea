/**
 * QR codes of addresses: found in pictures, and drawn. Pictures are pixels here; files of them are
 * opened where there is a file system (sim/picture).
 *
 * Our own encoder writes; a library reads. Of 138 made-up pictures (turned, blurred, noisy, inverted, seen
 * askew, pale, badly compressed) it read 135 at the first look and 136 with the further ones below;
 * jsqr read 135 and zbar 133, and jsqr takes six times as long.
 */

import { decodeQR, type FinderPoints, type Quad } from 'qr/decode.js';
import { encodeQr, type QrCode, qrToText } from '../qr.ts';
import { RecordError, unsupported } from './refusal.ts';

export interface Picture {
  readonly width: number;
  readonly height: number;
  /** Red, green, blue and alpha of each pixel, rows from the top, 0 .. 255. */
  readonly data: Uint8Array;
}

/** Pixels along a side that the library takes; larger pictures are made smaller. */
const LARGEST_SIDE = 4096;
/** Sizes of further looks at a picture that shows nothing at its own: larger ones part modules. */
const FURTHER_SCALES = [2, 1.5];
const MOST_CODES = 32;
/** Looks go on until they are done, not until a frame's time is over: the same picture, the same answer. */
const PATIENCE = { effort: 10, timeLimit: 1e9 } as const;

/**
 * Finds every QR code of a picture.
 * @returns their texts, each once, in the order in which they were found
 * @throws RecordError NO_QR_CODE
 */
export function readQrCodes(picture: Picture): string[] {
  const rest = flattened(picture);
  const texts = new Set<string>();
  for (let look = 0; look < MOST_CODES; look++) {
    const found = findOne(rest);
    if (!found) break;
    texts.add(found.text);
    cover(rest, found.outline);
  }
  if (texts.size > 0) return [...texts];
  throw new RecordError('NO_QR_CODE', 'no QR code can be read in the picture');
}

/** Light modules around a code in a terminal, whose own ground is dark as a rule. */
const TERMINAL_QUIET_ZONE = 2;

/**
 * Draws a QR code, at level M.
 * @throws RecordError UNSUPPORTED for a text that no QR code holds
 */
export function drawQrCode(text: string): QrCode {
  try {
    return encodeQr(text);
  } catch {
    throw unsupported('the address is too long for a QR code', null);
  }
}

/** The code as lines of block characters, light on dark, for terminals. */
export function qrCodeText(text: string): string {
  return qrToText(drawQrCode(text), { quietZone: TERMINAL_QUIET_ZONE });
}

interface Found {
  readonly text: string;
  readonly outline: Quad;
}

function findOne(picture: Picture): Found | null {
  const fitting = LARGEST_SIDE / Math.max(picture.width, picture.height);
  const scales = [Math.min(1, fitting), ...FURTHER_SCALES.filter((scale) => scale <= fitting)];
  for (const scale of scales) {
    let points: FinderPoints | undefined;
    const pointsOnDetect = (found: FinderPoints) => {
      points = found;
    };
    try {
      const text = decodeQR(scaled(picture, scale), { ...PATIENCE, pointsOnDetect });
      const outline = points!.outline.map(({ x, y }) => ({ x: x / scale, y: y / scale }));
      return { text, outline: outline as Quad };
    } catch {
      // Not at this size.
    }
  }
  return null;
}

/** A copy on white: what is transparent would be black. */
function flattened({ width, height, data }: Picture): Picture {
  const copy = new Uint8Array(data.length);
  for (let offset = 0; offset < data.length; offset += 4) {
    const alpha = data[offset + 3]!;
    for (let channel = 0; channel < 3; channel++) {
      const value = data[offset + channel]!;
      copy[offset + channel] = Math.round(255 + ((value - 255) * alpha) / 255);
    }
    copy[offset + 3] = 255;
  }
  return { width, height, data: copy };
}

/** Linear interpolation, which is what makes a second look see anything else. */
function scaled(picture: Picture, scale: number): Picture {
  if (scale === 1) return picture;
  const width = Math.round(picture.width * scale);
  const height = Math.round(picture.height * scale);
  const data = new Uint8Array(4 * width * height).fill(255);
  for (let row = 0; row < height; row++) {
    const y = Math.max(0, (row + 0.5) / scale - 0.5);
    for (let column = 0; column < width; column++) {
      const x = Math.max(0, (column + 0.5) / scale - 0.5);
      blend(picture, x, y, data, 4 * (row * width + column));
    }
  }
  return { width, height, data };
}

function blend({ width, height, data }: Picture, x: number, y: number, to: Uint8Array, at: number) {
  const left = Math.floor(x);
  const top = Math.floor(y);
  const right = Math.min(left + 1, width - 1);
  const bottom = Math.min(top + 1, height - 1);
  for (let channel = 0; channel < 3; channel++) {
    const value = (column: number, row: number) => data[4 * (row * width + column) + channel]!;
    const above = value(left, top) + (value(right, top) - value(left, top)) * (x - left);
    const below = value(left, bottom) + (value(right, bottom) - value(left, bottom)) * (x - left);
    to[at + channel] = Math.round(above + (below - above) * (y - top));
  }
}

/** Paints a quadrilateral white, corners in order around it, so that the next look finds another. */
function cover({ width, height, data }: Picture, corners: Quad): void {
  const rows = corners.map(({ y }) => y);
  const last = Math.min(height - 1, Math.ceil(Math.max(...rows)));
  for (let row = Math.max(0, Math.floor(Math.min(...rows))); row <= last; row++) {
    const crossings = corners.flatMap((from, index) => {
      const to = corners[(index + 1) % corners.length]!;
      const share = (row - from.y) / (to.y - from.y || 1e-9);
      return share >= 0 && share <= 1 ? [from.x + share * (to.x - from.x)] : [];
    });
    if (crossings.length === 0) continue;
    const start = Math.max(0, Math.floor(Math.min(...crossings)));
    const end = Math.min(width, Math.ceil(Math.max(...crossings)) + 1);
    if (end > start) data.fill(255, 4 * (row * width + start), 4 * (row * width + end));
  }
}
