/**
 * QR codes (ISO/IEC 18004, model 2) over qr.wasm: all versions, levels and masks, segments cut so
 * that the symbol is as small as can be. Runs in Node and, bundled, in a browser.
 *
 * A text is a string, encoded as UTF-8, or bytes. A wrong type throws a TypeError, a wrong value or
 * a text that is too long a RangeError; messages never contain the text, which may hold a secret.
 * Between two calls nothing of it is in the module's memory.
 */
import { integer, wrongType, wrongValue } from './arguments.ts';
import { encodeSymbol, LARGEST_VERSION, loadText } from './qr/engine.ts';

export { type PixelOptions, type Pixels, qrToPixels } from './qr/pixels.ts';
export { qrToSvg, type SvgOptions } from './qr/svg.ts';
export { qrToText, type TextOptions } from './qr/text.ts';

/** Error correction: about 7, 15, 25, 30 % of the codewords can be mended. */
export type QrLevel = 'L' | 'M' | 'Q' | 'H';

export interface QrOptions {
  /** 'M' if absent. */
  level?: QrLevel | undefined;
  /** 0..7; the one with the least penalty if absent. */
  mask?: number | undefined;
  /** The smallest and the largest version to use, 1..40; any if absent. */
  versionMin?: number | undefined;
  versionMax?: number | undefined;
}

export interface QrCode {
  /** 1..40. */
  readonly version: number;
  /** Modules along one side: 17 + 4 * version. */
  readonly size: number;
  readonly level: QrLevel;
  /** 0..7. */
  readonly mask: number;
  /** The modules, `rowBytes` bytes a row, most significant bit left, 1 is dark. */
  readonly rows: Uint8Array;
  /** Bytes of a row: size / 8, rounded up. */
  readonly rowBytes: number;
  /** Whether a module is dark; what lies outside is light, as the quiet zone is. */
  get(x: number, y: number): boolean;
}

const LEVELS: readonly QrLevel[] = ['L', 'M', 'Q', 'H'];

/**
 * Encodes a text as the smallest symbol that holds it.
 * @throws RangeError if no symbol of that level and those versions does
 */
export function encodeQr(text: string | Uint8Array, options: QrOptions = {}): QrCode {
  const { level = 'M', mask } = options;
  const levelNumber = checkLevel(level);
  const maskNumber = mask === undefined ? -1 : integer('mask', mask, 0, 7);
  const least = checkVersion('versionMin', options.versionMin, 1, 1);
  const most = checkVersion('versionMax', options.versionMax, LARGEST_VERSION, least);
  const length = checkText(text);
  const symbol = length < 0 ? null : encodeSymbol(length, levelNumber, least, most, maskNumber);
  if (symbol === null) {
    throw new RangeError(`text: too long for a QR code of level ${level} up to version ${most}`);
  }
  return new Code(level, symbol.version, symbol.mask, symbol.rows);
}

class Code implements QrCode {
  readonly size: number;
  readonly rowBytes: number;

  constructor(
    readonly level: QrLevel,
    readonly version: number,
    readonly mask: number,
    readonly rows: Uint8Array,
  ) {
    this.size = 17 + 4 * version;
    this.rowBytes = (this.size + 7) >> 3;
  }

  get(x: number, y: number): boolean {
    if (!(x >= 0 && x < this.size && y >= 0 && y < this.size)) return false;
    return ((this.rows[y * this.rowBytes + (x >> 3)]! >> (7 - (x & 7))) & 1) === 1;
  }
}

function checkLevel(level: unknown): number {
  const number = LEVELS.indexOf(level as QrLevel);
  if (number >= 0) return number;
  const expected = "'L', 'M', 'Q' or 'H'";
  throw typeof level === 'string'
    ? wrongValue('level', expected, level)
    : wrongType('level', expected, level);
}

function checkVersion(name: string, version: unknown, absent: number, least: number): number {
  return version === undefined ? absent : integer(name, version, least, LARGEST_VERSION);
}

/** Puts the text into the module; returns its length in bytes, or -1 if it does not even fit there. */
function checkText(text: unknown): number {
  if (typeof text === 'string' || text instanceof Uint8Array) return loadText(text);
  throw wrongType('text', 'a string or a Uint8Array', text);
}
