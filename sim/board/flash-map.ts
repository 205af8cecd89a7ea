/**
 * What lies where on a flash, for people to look at: pages, and in them every record, live or dead,
 * with as much of its meaning as is not sealed. Reads assembly/store/FORMAT.md; mends nothing.
 */
import { FLASH_BYTES, FLASH_PAGE_BYTES, FLASH_PAGES } from '../../host/board.ts';

/** 4-byte words in a page; all places and sizes here are in words. */
export const PAGE_WORDS = FLASH_PAGE_BYTES / 4;
const HEADER_WORDS = 5;
const BLANK = 0xffffffff;
const NO_PAGE = 0xff;
const IDENTITIES = 0x60;

/** `replaced`: its records were copied, and it is about to be erased. */
export type PageState = 'free' | 'inUse' | 'replaced' | 'debris' | 'damaged';

/**
 * `live` counts; `dead` was replaced by a later record, or deleted; `deletion` says that its identity
 * is gone; `interrupted` was never finished.
 */
export type RecordState = 'live' | 'dead' | 'deletion' | 'interrupted';

export interface FlashRecord {
  readonly page: number;
  /** Place in its page. */
  readonly start: number;
  readonly words: number;
  readonly identity: number;
  readonly state: RecordState;
  readonly payload: Uint8Array;
  /** Words of tally behind the payload, and how many of them are spent. */
  readonly tally: number;
  readonly spent: number;
}

export interface FlashPage {
  readonly index: number;
  readonly state: PageState;
  /** 1, 2, 3 … over the life of the token; null for a page that is not in use. */
  readonly sequence: number | null;
  readonly records: readonly FlashRecord[];
  /** Words behind the last record. */
  readonly free: number;
}

export interface FlashMap {
  readonly pages: readonly FlashPage[];
  /** Words of all live records. */
  readonly liveWords: number;
  /** Turns of pages over the life of the token: the highest sequence number. */
  readonly turns: number;
}

/**
 * @param image  FLASH_BYTES bytes
 * @throws RangeError for another length; whatever else is in it, a map comes out
 */
export function readFlashMap(image: Uint8Array): FlashMap {
  const words = wordsOf(image);
  const pages = Array.from({ length: FLASH_PAGES }, (_, index) => readPage(words, index));
  const newest = pages.reduce((best, page) =>
    (page.sequence ?? 0) > (best.sequence ?? 0) ? page : best,
  );
  // The newest page, as long as it is not finished, stands in place of the one it replaces.
  const start = newest.index * PAGE_WORDS;
  const isUnfinished = newest.sequence !== null && words[start + 4] === BLANK;
  const replaced = isUnfinished ? words[start]! & 0xff : NO_PAGE;
  const counting = pages.filter(({ state, index }) => state === 'inUse' && index !== replaced);
  const last = lastRecords(counting);
  return {
    pages: pages.map((page) => ({
      ...page,
      state: page.index === replaced && page.state === 'inUse' ? 'replaced' : page.state,
      records: page.records.map((record) => judged(record, last)),
    })),
    liveWords: [...last.values()]
      .filter(({ state }) => state !== 'deletion')
      .reduce((sum, record) => sum + record.words, 0),
    turns: newest.sequence ?? 0,
  };
}

/** The last record of each identity, in the order of page sequence and place. */
function lastRecords(pages: readonly FlashPage[]): Map<number, FlashRecord> {
  const inOrder = [...pages].sort((first, second) => first.sequence! - second.sequence!);
  const records = inOrder.flatMap((page) => page.records);
  const counting = records.filter(({ state }) => state !== 'interrupted');
  return new Map(counting.map((record) => [record.identity, record]));
}

function judged(record: FlashRecord, last: ReadonlyMap<number, FlashRecord>): FlashRecord {
  const isDead = record.state === 'live' && last.get(record.identity) !== record;
  return isDead ? { ...record, state: 'dead' } : record;
}

function readPage(words: Uint32Array, index: number): FlashPage {
  const start = index * PAGE_WORDS;
  const state = pageState(words, start);
  if (state !== 'inUse') return { index, state, sequence: null, records: [], free: 0 };
  const records: FlashRecord[] = [];
  let at = HEADER_WORDS;
  for (let record = readRecord(words, index, at); record; record = readRecord(words, index, at)) {
    records.push(record);
    at += record.words;
  }
  return { index, state, sequence: words[start + 1]!, records, free: PAGE_WORDS - at };
}

function pageState(words: Uint32Array, start: number): PageState {
  const committed = words[start + 3];
  const isInUse = committed === 0 || (committed !== BLANK && words[start + 4] !== BLANK);
  if (!isInUse) {
    return words.subarray(start, start + PAGE_WORDS).every((word) => word === BLANK)
      ? 'free'
      : 'debris';
  }
  const isSound = words[start]! >>> 8 === 0x4f4601 && words[start + 2] === check(words, start, 2);
  return isSound ? 'inUse' : 'damaged';
}

/** The record at a place in a page; null at the end of its records, and where none can be read. */
function readRecord(words: Uint32Array, page: number, start: number): FlashRecord | null {
  const at = page * PAGE_WORDS + start;
  const word = words[at] ?? BLANK;
  if (start >= PAGE_WORDS || word === BLANK || guard(word >>> 5) !== word) return null;
  const information = word >>> 5;
  const identity = information >>> 19;
  const payloadBytes = (information >>> 8) & 0x3ff;
  const tally = (information >>> 2) & 0x3f;
  const checkAt = at + 1 + Math.ceil(payloadBytes / 4);
  const size = checkAt - at + 1 + tally;
  if (identity >= IDENTITIES || start + size > PAGE_WORDS) return null;
  let spent = tally;
  while (spent > 0 && words[checkAt + spent] === BLANK) spent--;
  const isDeletion = ((information >>> 18) & 1) === 1;
  const state = words[checkAt] === BLANK ? 'interrupted' : isDeletion ? 'deletion' : 'live';
  const first = words.byteOffset + (at + 1) * 4;
  const payload = new Uint8Array(words.buffer, first, payloadBytes).slice();
  return { page, start, words: size, identity, state, payload, tally, spent };
}

/**
 * A copy of an image in which a record has another payload of the same length, and an unused tally:
 * what whoever can write to the flash can do to what is not sealed (docs/architecture.md, "What a
 * token does not promise"). For looks at a copy; a token's own flash is written by its firmware.
 */
export function withPayload(
  image: Uint8Array,
  record: FlashRecord,
  payload: Uint8Array,
): Uint8Array<ArrayBuffer> {
  if (payload.length !== record.payload.length) {
    throw new RangeError(`payload: expected ${record.payload.length} bytes, got ${payload.length}`);
  }
  const copy = Uint8Array.from(image);
  const at = record.page * PAGE_WORDS + record.start;
  const payloadWords = Math.ceil(payload.length / 4);
  copy.set(payload, (at + 1) * 4);
  copy.fill(0xff, (at + 2 + payloadWords) * 4, (at + record.words) * 4);
  const words = wordsOf(copy);
  new DataView(copy.buffer).setUint32(
    (at + 1 + payloadWords) * 4,
    check(words, at, 1 + payloadWords),
    true,
  );
  return copy;
}

/** The words of an image, as a copy: numbers in it are little-endian, as every host's here are. */
function wordsOf(image: Uint8Array): Uint32Array {
  if (image.length !== FLASH_BYTES) {
    throw new RangeError(`image: expected ${FLASH_BYTES} bytes, got ${image.length}`);
  }
  const view = new DataView(image.buffer, image.byteOffset, image.byteLength);
  return Uint32Array.from({ length: FLASH_BYTES / 4 }, (_, at) => view.getUint32(at * 4, true));
}

// --- guarded words ------------------------------------------------------------------------------

/** 27 bits and the number of zeros among them. */
function guard(information: number): number {
  let ones = 0;
  for (let rest = information; rest !== 0; rest &= rest - 1) ones++;
  return ((information << 5) | (27 - ones)) >>> 0;
}

/** The guarded CRC-32 (polynomial EDB88320, reflected) of `count` words. */
function check(words: Uint32Array, from: number, count: number): number {
  let crc = BLANK;
  for (let at = from; at < from + count; at++) {
    crc ^= words[at]!;
    for (let bit = 0; bit < 32; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return guard(~crc >>> 5);
}
