/** How much a symbol holds, and how its codewords are divided into blocks. */
import {
  LARGE_VERSIONS,
  Large,
  MARGIN_MODULES,
  qr,
  SMALL_BLOCKS,
  SMALL_CORRECTION,
  SMALL_VERSIONS,
  VERSION_MAX,
} from './memory';

/** Rows, or columns, with centres of alignment patterns (ISO/IEC 18004 Annex E); none in version 1. */
export function alignmentCount(version: i32): i32 {
  return version === 1 ? 0 : version / 7 + 2;
}

/** Codewords that the modules outside the function patterns make, 26 .. 3706. */
function totalCodewords(version: i32): i32 {
  // The square, without finder patterns with their separators and format information, the dark
  // module and the timing patterns.
  let modules = (16 * version + 128) * version + 64;
  const centres = alignmentCount(version);
  // Three of the square of centres are taken by finder patterns; the patterns beside those cover
  // five modules of a timing pattern each.
  if (centres !== 0) modules -= 25 * (centres * centres - 3) - 10 * (centres - 2);
  if (version >= 7) modules -= 36;
  return modules >> 3;
}

function correctionCodewords(version: i32, level: i32): i32 {
  if (VERSION_MAX > SMALL_VERSIONS && version > SMALL_VERSIONS) {
    return load<u8>(Large.CORRECTION + level * LARGE_VERSIONS + version - SMALL_VERSIONS - 1);
  }
  return load<u8>(SMALL_CORRECTION + level * SMALL_VERSIONS + version - 1);
}

function blockCount(version: i32, level: i32): i32 {
  if (VERSION_MAX > SMALL_VERSIONS && version > SMALL_VERSIONS) {
    return load<u8>(Large.BLOCKS + level * LARGE_VERSIONS + version - SMALL_VERSIONS - 1);
  }
  return load<u8>(SMALL_BLOCKS + level * SMALL_VERSIONS + version - 1);
}

/** Codewords for data (ISO/IEC 18004 Table 7). */
export function dataCodewords(version: i32, level: i32): i32 {
  const correction = blockCount(version, level) * correctionCodewords(version, level);
  return totalCodewords(version) - correction;
}

/** Lays the symbol out: everything in the state that version and level decide. */
export function setVersion(version: i32, level: i32): void {
  const size = 17 + 4 * version;
  qr.version = version;
  qr.level = level;
  qr.size = size;
  qr.stride = ((size + MARGIN_MODULES + 63) >> 6) << 3;
  qr.totalLength = totalCodewords(version);
  qr.dataLength = dataCodewords(version, level);
  qr.blocks = blockCount(version, level);
  qr.correctionLength = correctionCodewords(version, level);
}
