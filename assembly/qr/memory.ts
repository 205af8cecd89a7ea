/**
 * Memory of the QR encoder: a plane of modules, small tables, a state. No buffer is claimed for
 * codewords or for Reed-Solomon: both live in the plane before there are modules in it.
 *
 *              | margin, 4 lines | a line for each column, `stride` bytes | margin, 4 lines |
 *   encoding   | codeword n-1 ... 2 1 0 |                     | generator | remainder      |
 *   at last    | light           | bit y of line x is module (x, y)       | light           |
 *
 * The plane may show a one-time code: who encodes, wipes (encode.ts, wipeQr).
 */

/** Largest version there is memory for: 10 in the token, 40 in qr.wasm (asconfig.json, `use`). */
export const VERSION_MAX: i32 = isDefined(QR_VERSION_MAX) ? QR_VERSION_MAX : 10;

export const SIZE_MAX: i32 = 17 + 4 * VERSION_MAX;

/** Whether time matters more than memory: then fast/ takes the place of what is slow. */
export const FAST: bool = VERSION_MAX > 10;

/** Light lines on both sides of the symbol, so that what looks around a module need not ask. */
export const MARGIN_LINES: i32 = 4;
/** Light modules behind the end of every line, for the same reason; at least. */
export const MARGIN_MODULES: i32 = 4;

/** Bytes of the longest line, a whole number of 64-bit words. */
export const STRIDE_MAX: i32 = ((SIZE_MAX + MARGIN_MODULES + 63) >> 6) << 3;
/** Every line is one word, which lets the compiler drop the loops over words. */
const ONE_WORD: bool = STRIDE_MAX === 8;

/** Bytes of the plane: 520 up to version 10, 4440 up to version 40. */
export const PLANE_LENGTH: i32 = (SIZE_MAX + 2 * MARGIN_LINES) * STRIDE_MAX;
/** The plane; secret, wiped: in the token by wipeQr. */
export const PLANE: usize = memory.data(PLANE_LENGTH, 8);

/** Bytes of a polynomial: up to 30 coefficients, the highest power first, and a zero. */
const POLYNOMIAL_LENGTH: i32 = 32;
export const GENERATOR: usize = PLANE + PLANE_LENGTH - 2 * POLYNOMIAL_LENGTH;
export const REMAINDER: usize = PLANE + PLANE_LENGTH - POLYNOMIAL_LENGTH;

/** One line: the rows, or columns, that alignment patterns lie on. */
export const ALIGNMENT: usize = memory.data(STRIDE_MAX, 8);

/** Columns of the tables of versions 1..10, and of those of versions 11..40. */
export const SMALL_VERSIONS: i32 = 10;
export const LARGE_VERSIONS: i32 = 30;

/** Error correction codewords of a block, versions 1..10 (ISO/IEC 18004 Table 9): L, M, Q, H. */
// biome-ignore format: a level to a line
export const SMALL_CORRECTION: usize = memory.data<u8>([
  7, 10, 15, 20, 26, 18, 20, 24, 30, 18,
  10, 16, 26, 18, 24, 16, 18, 22, 22, 26,
  13, 22, 18, 26, 18, 24, 18, 22, 20, 24,
  17, 28, 22, 16, 22, 28, 26, 26, 24, 28,
]);

/** Blocks of a symbol, versions 1..10 (ISO/IEC 18004 Table 9): L, M, Q, H. */
// biome-ignore format: a level to a line
export const SMALL_BLOCKS: usize = memory.data<u8>([
  1, 1, 1, 1, 1, 2, 2, 2, 2, 4,
  1, 1, 1, 2, 2, 4, 4, 4, 5, 5,
  1, 1, 2, 2, 4, 4, 6, 6, 8, 8,
  1, 1, 2, 4, 4, 4, 5, 6, 8, 8,
]);

/** The same of versions 11..40; lazy, so that the token does not pay for them. */
// biome-ignore lint/complexity/noStaticOnlyClass: a formatter reads @lazy only in classes
export abstract class Large {
  // biome-ignore format: a level to two lines
  @lazy
  static readonly CORRECTION: usize = memory.data<u8>([
    20, 24, 26, 30, 22, 24, 28, 30, 28, 28, 28, 28, 30, 30, 26,
    28, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30,
    30, 22, 22, 24, 24, 28, 28, 26, 26, 26, 26, 28, 28, 28, 28,
    28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28,
    28, 26, 24, 20, 30, 24, 28, 28, 26, 30, 28, 30, 30, 30, 30,
    28, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30,
    24, 28, 22, 24, 24, 30, 28, 28, 26, 28, 30, 24, 30, 30, 30,
    30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30,
  ]);

  // biome-ignore format: a level to two lines
  @lazy
  static readonly BLOCKS: usize = memory.data<u8>([
    4, 4, 4, 4, 6, 6, 6, 6, 7, 8, 8, 9, 9, 10, 12,
    12, 12, 13, 14, 15, 16, 17, 18, 19, 19, 20, 21, 22, 24, 25,
    5, 8, 9, 9, 10, 10, 11, 13, 14, 16, 17, 17, 18, 20, 21,
    23, 25, 26, 28, 29, 31, 33, 35, 37, 38, 40, 43, 45, 47, 49,
    8, 10, 12, 16, 12, 17, 16, 18, 21, 20, 23, 23, 25, 27, 29,
    34, 34, 35, 38, 40, 43, 45, 48, 51, 53, 56, 59, 62, 65, 68,
    11, 11, 16, 16, 18, 16, 19, 21, 25, 25, 25, 34, 30, 32, 35,
    37, 40, 42, 45, 48, 51, 54, 57, 60, 63, 66, 70, 74, 77, 81,
  ]);
}

@unmanaged
class QrState {
  /** The text, read only, and its bytes. */
  text: usize;
  textLength: i32;

  /** Bits of the segments, their headers included. */
  segmentBits: i32;
  /** The segment found last: its mode, and the index behind its last byte (segment.ts). */
  mode: i32;
  segmentEnd: i32;

  /** 1..VERSION_MAX. */
  version: i32;
  /** 0..3 for L, M, Q, H. */
  level: i32;
  /** 0..7. */
  mask: i32;
  /** Modules along one side, 17 + 4 * version. */
  size: i32;
  /** Bytes from one line of the plane to the next; read by Line.stride(). */
  stride: i32;

  /** All codewords, those of error correction included, and the data codewords among them. */
  totalLength: i32;
  dataLength: i32;
  /** Blocks, and the error correction codewords of each. */
  blocks: i32;
  correctionLength: i32;

  /** The block being written, and the index of its next data codeword. */
  block: i32;
  index: i32;
  /** Bits that are not a codeword yet, and how many. */
  pending: u32;
  pendingCount: i32;
}

/** The state of the encoder. 72 bytes; secret, wiped: with the plane, since it tells of the text. */
export const QR_STATE: usize = memory.data(72, 4);
export const qr: QrState = changetype<QrState>(QR_STATE);
/** Bytes of it. */
export const QR_STATE_LENGTH: u32 = 72;

// biome-ignore lint/complexity/noStaticOnlyClass: a formatter reads @inline only on methods
export abstract class Line {
  /** Bytes from one line to the next. */
  @inline
  static stride(): usize {
    return ONE_WORD ? 8 : <usize>qr.stride;
  }

  /** 64-bit words of a line. */
  @inline
  static words(): i32 {
    return ONE_WORD ? 1 : qr.stride >> 3;
  }

  /** Address of the line of column `x`. */
  @inline
  static address(x: i32): usize {
    return PLANE + <usize>(x + MARGIN_LINES) * Line.stride();
  }
}
