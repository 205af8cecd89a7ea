/**
 * The log: records appended, found again after power-on, and moved when their page is needed.
 *
 * Promises: what `append`, `spend` and `remove` reported as done survives any power cut; what they
 * did not report happened wholly or not at all; the bytes of a removed record are erased.
 * Relies on the NOR contract of FORMAT.md, where the rules and the capacity formula are argued.
 * After a write that the medium did not take, nothing more is written until the next power-on.
 */
import { INDEX, log, SEQUENCES } from '../memory';
import { BLANK, erasePage, isBlank, PAGE_BYTES, PAGES, readWord, writeWord } from './flash';
import { crcWord, guardCrc } from './guard';
import {
  beginPage,
  commitPage,
  finishPage,
  firstRecord,
  NO_PAGE,
  pageEnd,
  RECORD_SPACE_WORDS,
} from './page';
import {
  checkAddress,
  Found,
  identityOf,
  inspect,
  isDeletion,
  lengthOf,
  payloadWords,
  RECORD_WORDS_MAX,
  recordWord,
  recordWords,
  tallyAddress,
  tallyOf,
} from './record';

/** What became of a request to the store. */
export enum Stored {
  DONE,
  /** No room under the capacity formula. */
  FULL,
  /** The medium did not take a write or an erase. */
  WRITE_FAILED,
  /** Bytes that no interrupted operation explains. */
  DAMAGED,
  /** Written by a core with another format version. */
  OTHER_VERSION,
}

/** Words that live records may occupy; FORMAT.md, "Capacity". */
export const CAPACITY_WORDS: u32 = (PAGES - 1) * (RECORD_SPACE_WORDS - RECORD_WORDS_MAX);

const NO_RECORD: u32 = 0;

// --- the index: identity → byte address of the record that counts -----------------------------

export function addressOf(identity: u32): u32 {
  return <u32>load<u16>(INDEX + <usize>(identity << 1));
}

export function setAddress(identity: u32, address: u32): void {
  store<u16>(INDEX + <usize>(identity << 1), <u16>address);
}

/** The place of a page in the sequence; 0 when it is free. */
export function sequenceAt(page: u32): u32 {
  return load<u32>(SEQUENCES + <usize>(page << 2));
}

export function setSequence(page: u32, sequence: u32): void {
  store<u32>(SEQUENCES + <usize>(page << 2), sequence);
}

// --- reading ----------------------------------------------------------------------------------

export function exists(identity: u32): bool {
  return addressOf(identity) !== NO_RECORD;
}

/** Bytes of payload in a record that exists. */
export function payloadLength(identity: u32): u32 {
  return lengthOf(readWord(addressOf(identity)));
}

/** Words of tally in a record that exists. */
export function tallyLength(identity: u32): u32 {
  return tallyOf(readWord(addressOf(identity)));
}

/** Copies a whole payload to `target`, which has room for it rounded up to words. */
export function readPayload(identity: u32, target: usize): void {
  const address = addressOf(identity);
  const words = payloadWords(readWord(address));
  for (let word: u32 = 0; word < words; word++) {
    store<u32>(target + <usize>(word << 2), readWord(address + 4 + (word << 2)));
  }
}

/** Words of a record's tally that are spent. */
export function spent(identity: u32): u32 {
  const address = addressOf(identity);
  return spentAt(address, readWord(address));
}

/** Spent tally words of the record at `address`. A gap counts as spent: counters only go up. */
function spentAt(address: u32, word: u32): u32 {
  const first = tallyAddress(address, word);
  let count = tallyOf(word);
  while (count > 0 && readWord(first + ((count - 1) << 2)) === BLANK) count--;
  return count;
}

// --- writing ----------------------------------------------------------------------------------

/** Spends one more word of a tally; false when none is left or the medium did not take it. */
export function spend(identity: u32): bool {
  const address = addressOf(identity);
  const word = readWord(address);
  const count = spent(identity);
  if (log.failed || count === tallyOf(word)) return false;
  return settled(writeWord(tallyAddress(address, word) + (count << 2), 0));
}

/**
 * Appends the record of `identity`, which from then on counts instead of an earlier one.
 * @param payload pointer to `length` bytes, 4-byte aligned
 * @param length  0 .. 1023 bytes
 * @param tally   0 .. 63 words
 */
export function append(identity: u32, payload: usize, length: u32, tally: u32): Stored {
  const word = recordWord(identity, length, tally, false);
  const liveWords = log.liveWords - wordsOf(identity) + recordWords(word);
  if (recordWords(word) > RECORD_WORDS_MAX || liveWords > CAPACITY_WORDS) return Stored.FULL;
  const address = write(word, payload);
  if (address === NO_RECORD) return Stored.WRITE_FAILED;
  setAddress(identity, address);
  log.liveWords = liveWords;
  return Stored.DONE;
}

/** Removes the record of `identity` and erases every byte of it. */
export function remove(identity: u32): Stored {
  const address = write(recordWord(identity, 0, 0, true), 0);
  if (address === NO_RECORD) return Stored.WRITE_FAILED;
  log.liveWords -= wordsOf(identity);
  setAddress(identity, address);
  return purge(identity);
}

/**
 * Replaces every page that holds a record of `identity`, whose last one is a record of deletion;
 * the page of that one goes last, so that an interruption never brings an earlier one back.
 */
export function purge(identity: u32): Stored {
  const deletionPage = addressOf(identity) / PAGE_BYTES;
  for (let page: u32 = 0; page < PAGES; page++) {
    if (page !== deletionPage && sequenceAt(page) !== 0 && holds(page, identity)) {
      if (!replace(page)) return Stored.WRITE_FAILED;
    }
  }
  if (!replace(deletionPage)) return Stored.WRITE_FAILED;
  setAddress(identity, NO_RECORD);
  return Stored.DONE;
}

/** Remembers a write that failed, so that nothing is built on top of it. */
function settled(done: bool): bool {
  if (!done) log.failed = 1;
  return done;
}

/** Words of the live record of `identity`, 0 when there is none. */
function wordsOf(identity: u32): u32 {
  return exists(identity) ? recordWords(readWord(addressOf(identity))) : 0;
}

/** Programs one record at the end of the log; its address, or NO_RECORD. */
function write(word: u32, payload: usize): u32 {
  if (log.failed || !settled(makeRoom(recordWords(word)))) return NO_RECORD;
  const address = log.end;
  log.end += recordWords(word) << 2;
  return settled(writeRecord(address, word, payload)) ? address : NO_RECORD;
}

function writeRecord(address: u32, word: u32, payload: usize): bool {
  if (!writeWord(address, word)) return false;
  let crc = crcWord(BLANK, word);
  const words = payloadWords(word);
  const length = lengthOf(word);
  for (let index: u32 = 0; index < words; index++) {
    const unused = <u32>max<i32>(0, <i32>(((index + 1) << 2) - length));
    const padding = unused === 0 ? 0 : BLANK << ((4 - unused) << 3);
    const value = load<u32>(payload + <usize>(index << 2)) | padding;
    if (!writeWord(address + 4 + (index << 2), value)) return false;
    crc = crcWord(crc, value);
  }
  return writeWord(checkAddress(address, word), guardCrc(crc));
}

// --- pages ------------------------------------------------------------------------------------

/** Sees to it that `words` fit behind the end of the log; one turn through all pages suffices. */
function makeRoom(words: u32): bool {
  for (let turn: u32 = 0; turn <= PAGES; turn++) {
    if (log.end + (words << 2) <= pageEnd(log.head)) return true;
    if (!(freePages() > 1 ? openPage() : replace(oldestPage()))) return false;
  }
  return false;
}

export function freePages(): u32 {
  let count: u32 = 0;
  for (let page: u32 = 0; page < PAGES; page++) count += <u32>(sequenceAt(page) === 0);
  return count;
}

function oldestPage(): u32 {
  let oldest = log.head;
  for (let page: u32 = 0; page < PAGES; page++) {
    const sequence = sequenceAt(page);
    if (sequence !== 0 && sequence < sequenceAt(oldest)) oldest = page;
  }
  return oldest;
}

/** The free page that follows the head: pages take turns, so that they wear alike. */
function nextFreePage(): u32 {
  let page = log.head;
  do {
    page = (page + 1) % PAGES;
  } while (sequenceAt(page) !== 0);
  return page;
}

/** Puts a page in use: from now on it is the head and records go there. */
function becomeHead(page: u32, end: u32): void {
  log.sequence++;
  setSequence(page, log.sequence);
  log.head = page;
  log.end = end;
}

/** Blanks a free page if need be and begins its header. */
function startPage(page: u32, replaced: u32): bool {
  const start = page * PAGE_BYTES;
  if (!isBlank(start, start + PAGE_BYTES) && !erasePage(page)) return false;
  return beginPage(page, replaced, log.sequence + 1);
}

/** Opens a free page behind the head. */
export function openPage(): bool {
  const page = nextFreePage();
  if (!startPage(page, NO_PAGE) || !commitPage(page) || !finishPage(page)) return false;
  becomeHead(page, firstRecord(page));
  return true;
}

/** Replaces `victim` by a fresh page that holds its live records; FORMAT.md, "Compaction". */
function replace(victim: u32): bool {
  const page = nextFreePage();
  if (!startPage(page, victim)) return false;
  const end = copyLiveRecords(victim, page);
  if (end === NO_RECORD || !commitPage(page)) return false;
  becomeHead(page, end);
  for (let at = firstRecord(page); at < end; at += recordWords(readWord(at)) << 2) {
    setAddress(identityOf(readWord(at)), at);
  }
  if (!erasePage(victim)) return false;
  setSequence(victim, 0);
  return finishPage(page);
}

/** Copies what counts from one page to the start of another; the address behind it. */
function copyLiveRecords(from: u32, to: u32): u32 {
  let end = firstRecord(to);
  let at = firstRecord(from);
  while (isRecord(at, pageEnd(from))) {
    const word = readWord(at);
    const words = recordWords(word);
    if (addressOf(identityOf(word)) === at && !isDeletion(word)) {
      if (!copyRecord(at, end, word)) return NO_RECORD;
      end += words << 2;
    }
    at += words << 2;
  }
  return end;
}

/** Copies a record with its tally; torn words come out whole: spent, or checked. */
function copyRecord(from: u32, to: u32, word: u32): bool {
  let crc = crcWord(BLANK, word);
  if (!writeWord(to, word)) return false;
  const check = checkAddress(from, word);
  for (let offset: u32 = 4; from + offset < check; offset += 4) {
    const value = readWord(from + offset);
    crc = crcWord(crc, value);
    if (!writeWord(to + offset, value)) return false;
  }
  if (!writeWord(checkAddress(to, word), guardCrc(crc))) return false;
  const tally = tallyAddress(to, word);
  const count = spentAt(from, word);
  for (let index: u32 = 0; index < count; index++) {
    if (!writeWord(tally + (index << 2), 0)) return false;
  }
  return true;
}

/** Whether a record, counting or interrupted, stands at `address`. */
function isRecord(address: u32, end: u32): bool {
  if (address >= end) return false;
  const found = inspect(address, end);
  return found === Found.VALID || found === Found.INTERRUPTED;
}

/** Whether `page` holds any record of `identity`, counting or not. */
function holds(page: u32, identity: u32): bool {
  let at = firstRecord(page);
  while (isRecord(at, pageEnd(page))) {
    const word = readWord(at);
    if (identityOf(word) === identity) return true;
    at += recordWords(word) << 2;
  }
  return false;
}
