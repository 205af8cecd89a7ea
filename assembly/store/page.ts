/**
 * The header of a page: which page it replaces, its place in the sequence, and how far its own
 * start and the end of its predecessor have come. Format in FORMAT.md, "Pages".
 */
import { BLANK, PAGE_BYTES, PAGES, readWord, writeWord } from './flash';
import { crcWord, guardCrc } from './guard';

/** Bytes of header in front of a page's records. */
export const HEADER_BYTES: u32 = 20;
/** Words for records in a page. */
export const RECORD_SPACE_WORDS: u32 = (PAGE_BYTES - HEADER_BYTES) >>> 2;
/** "Replaces no page." */
export const NO_PAGE: u32 = 0xff;

const MAGIC_AND_VERSION: u32 = 0x4f460100;
const REPLACED_MASK: u32 = 0xff;
const VERSION_MASK: u32 = 0xff00;
const COMMITTED: u32 = 12;
const FINISHED: u32 = 16;

/** Byte address of a page's first record. */
export function firstRecord(page: u32): u32 {
  return page * PAGE_BYTES + HEADER_BYTES;
}

/** Byte address behind a page. */
export function pageEnd(page: u32): u32 {
  return (page + 1) * PAGE_BYTES;
}

function headerCheck(identityWord: u32, sequence: u32): u32 {
  return guardCrc(crcWord(crcWord(BLANK, identityWord), sequence));
}

/** Writes the first three header words of a blank page; it is not in use before `commitPage`. */
export function beginPage(page: u32, replaced: u32, sequence: u32): bool {
  const start = page * PAGE_BYTES;
  const identityWord = MAGIC_AND_VERSION | replaced;
  return (
    writeWord(start, identityWord) &&
    writeWord(start + 4, sequence) &&
    writeWord(start + 8, headerCheck(identityWord, sequence))
  );
}

export function commitPage(page: u32): bool {
  return writeWord(page * PAGE_BYTES + COMMITTED, 0);
}

export function finishPage(page: u32): bool {
  return writeWord(page * PAGE_BYTES + FINISHED, 0);
}

/** Whether something may depend on this page: committed, and not merely torn while doing so. */
export function isInUse(page: u32): bool {
  const committed = readWord(page * PAGE_BYTES + COMMITTED);
  return committed === 0 || (committed !== BLANK && isFinished(page));
}

export function isFinished(page: u32): bool {
  return readWord(page * PAGE_BYTES + FINISHED) !== BLANK;
}

/** Whether the header is whole and of the version this core knows. */
export function isHeaderValid(page: u32): bool {
  const start = page * PAGE_BYTES;
  const identityWord = readWord(start);
  const replaced = identityWord & REPLACED_MASK;
  return (
    (identityWord & ~REPLACED_MASK) === MAGIC_AND_VERSION &&
    (replaced < PAGES || replaced === NO_PAGE) &&
    readWord(start + 8) === headerCheck(identityWord, readWord(start + 4))
  );
}

/** Whether the header is whole, but written by a core with another format. */
export function isOtherVersion(page: u32): bool {
  const start = page * PAGE_BYTES;
  const identityWord = readWord(start);
  return (
    (identityWord & ~(REPLACED_MASK | VERSION_MASK)) === (MAGIC_AND_VERSION & ~VERSION_MASK) &&
    (identityWord & VERSION_MASK) !== (MAGIC_AND_VERSION & VERSION_MASK) &&
    readWord(start + 8) === headerCheck(identityWord, readWord(start + 4))
  );
}

export function sequenceOf(page: u32): u32 {
  return readWord(page * PAGE_BYTES + 4);
}

/** The page that `page` replaces, or NO_PAGE. */
export function replacedBy(page: u32): u32 {
  return readWord(page * PAGE_BYTES) & REPLACED_MASK;
}
