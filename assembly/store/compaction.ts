/**
 * Pages put in use and replaced: how room is made, and how the bytes of removed records go.
 * FORMAT.md, "Compaction", argues why one turn through all pages is enough and every cut harmless.
 */
import { log } from '../memory';
import {
  addressOf,
  becomeHead,
  freePages,
  NO_RECORD,
  nextFreePage,
  oldestPage,
  setAddress,
  setSequence,
} from './directory';
import { BLANK, erasePage, isBlank, PAGE_BYTES, PAGES, readWord, writeWord } from './flash';
import { crcWord, guardCrc } from './guard';
import { beginPage, commitPage, finishPage, firstRecord, NO_PAGE, pageEnd } from './page';
import {
  ANY_SEALED,
  checkAddress,
  Found,
  identityOf,
  inspect,
  isDeletion,
  isSealed,
  recordWords,
  spentAt,
  tallyAddress,
} from './record';

/** Sees to it that `words` fit behind the end of the log; one turn through all pages suffices. */
export function makeRoom(words: u32): bool {
  for (let turn: u32 = 0; turn <= PAGES; turn++) {
    if (log.end + (words << 2) <= pageEnd(log.head)) return true;
    if (!(freePages() > 1 ? openPage() : replace(oldestPage()))) return false;
  }
  return false;
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
export function replace(victim: u32): bool {
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

/** Copies a record with its tally; a torn check comes out whole, and a gap in the tally as spent. */
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
  const tally = tallyAddress(from, word);
  const end = tally + (spentAt(from, word) << 2);
  for (let at = tally; at < end; at += 4) {
    const value = readWord(at);
    if (!writeWord(to + (at - from), value === BLANK ? 0 : value)) return false;
  }
  return true;
}

/** Whether a record, counting or interrupted, stands at `address`. */
function isRecord(address: u32, end: u32): bool {
  if (address >= end) return false;
  const found = inspect(address, end);
  return found === Found.VALID || found === Found.INTERRUPTED;
}

/**
 * Whether `page` holds a record of `identity` that is not the one that counts; with ANY_SEALED, one
 * of any identity whose earlier records must not stay.
 */
export function holdsOther(page: u32, identity: u32): bool {
  let at = firstRecord(page);
  while (isRecord(at, pageEnd(page))) {
    const word = readWord(at);
    const found = identityOf(word);
    const isMeant = identity === ANY_SEALED ? isSealed(found) : found === identity;
    if (isMeant && at !== addressOf(found)) return true;
    at += recordWords(word) << 2;
  }
  return false;
}
