/**
 * Power-on: reads the flash, finishes what was interrupted, and finds every record that counts.
 * What no interruption explains is damage, and then nothing on flash is changed.
 */
import { log } from '../memory';
import { openPage } from './compaction';
import { addressOf, freePages, sequenceAt, setAddress, setSequence } from './directory';
import { erasePage, isBlank, PAGE_BYTES, PAGES, readWord } from './flash';
import { eraseAllSuperseded, purge, Stored } from './log';
import {
  finishPage,
  firstRecord,
  isFinished,
  isHeaderValid,
  isInUse,
  isOtherVersion,
  NO_PAGE,
  pageEnd,
  replacedBy,
  sequenceOf,
} from './page';
import { Found, IDENTITIES, identityOf, inspect, isDeletion, recordWords } from './record';

/** Stands for the sequence of a page that is in use but whose header does not check. */
const UNREADABLE: u32 = 0xffffffff;

/** Mounts the store; formats it when all of it is free. */
export function mount(): Stored {
  for (let identity: u32 = 0; identity < IDENTITIES; identity++) setAddress(identity, 0);
  log.failed = 0;
  log.liveWords = 0;
  log.sequence = 0;
  log.head = PAGES - 1;
  let result = readHeaders();
  if (result === Stored.DONE) result = replayPages();
  if (result === Stored.DONE) result = finishInterrupted();
  if (result === Stored.DONE) result = finishDeletions();
  if (result === Stored.DONE) countLiveWords();
  return result;
}

/** Fills the sequence table and finds the head; forgets the page that an unfinished head replaces. */
function readHeaders(): Stored {
  for (let page: u32 = 0; page < PAGES; page++) {
    setSequence(page, 0);
    if (!isInUse(page)) continue;
    if (isOtherVersion(page)) return Stored.OTHER_VERSION;
    const sequence = isHeaderValid(page) ? sequenceOf(page) : UNREADABLE;
    setSequence(page, sequence);
    if (sequence !== UNREADABLE && sequence > log.sequence) {
      log.sequence = sequence;
      log.head = page;
    }
  }
  if (log.sequence !== 0 && !isFinished(log.head)) {
    const replaced = replacedBy(log.head);
    if (replaced !== NO_PAGE) setSequence(replaced, 0);
  }
  return Stored.DONE;
}

/** Replays every page in use, oldest first; each must have a sequence number of its own. */
function replayPages(): Stored {
  let last: u32 = 0;
  for (let left = PAGES - freePages(); left > 0; left--) {
    const page = pageAfter(last);
    if (page === NO_PAGE || !replay(page)) return Stored.DAMAGED;
    last = sequenceAt(page);
  }
  return Stored.DONE;
}

/** The page with the lowest readable sequence number above `sequence`, or NO_PAGE. */
function pageAfter(sequence: u32): u32 {
  let next: u32 = NO_PAGE;
  let lowest: u32 = UNREADABLE;
  for (let page: u32 = 0; page < PAGES; page++) {
    const candidate = sequenceAt(page);
    if (candidate > sequence && candidate < lowest) {
      lowest = candidate;
      next = page;
    }
  }
  return next;
}

/** Enters the records of one page in the index; false on damage. */
function replay(page: u32): bool {
  const end = pageEnd(page);
  let at = firstRecord(page);
  let found = Found.NOTHING;
  while (at < end) {
    found = inspect(at, end);
    if (found !== Found.VALID && found !== Found.INTERRUPTED) break;
    const word = readWord(at);
    if (found === Found.VALID) setAddress(identityOf(word), at);
    at += recordWords(word) << 2;
  }
  // A torn first word takes no record behind it: its length, and so the next place, is unknown.
  log.end = found === Found.TORN ? end : at;
  if (at === end) return true;
  return found !== Found.DAMAGE && isBlank(found === Found.TORN ? at + 4 : at, end);
}

/** Erases what an interruption left in free pages, then finishes the head or opens the first page. */
function finishInterrupted(): Stored {
  for (let page: u32 = 0; page < PAGES; page++) {
    const start = page * PAGE_BYTES;
    if (sequenceAt(page) === 0 && !isBlank(start, start + PAGE_BYTES) && !erasePage(page)) {
      return Stored.WRITE_FAILED;
    }
  }
  if (freePages() === 0) return Stored.DAMAGED;
  const whole = log.sequence === 0 ? openPage() : isFinished(log.head) || finishPage(log.head);
  return whole ? Stored.DONE : Stored.WRITE_FAILED;
}

/** A record of deletion that is still there was interrupted before the bytes were erased. */
function finishDeletions(): Stored {
  for (let identity: u32 = 0; identity < IDENTITIES; identity++) {
    const address = addressOf(identity);
    if (address === 0 || !isDeletion(readWord(address))) continue;
    const purged = purge(identity);
    if (purged !== Stored.DONE) return purged;
  }
  return eraseAllSuperseded();
}

function countLiveWords(): void {
  for (let identity: u32 = 0; identity < IDENTITIES; identity++) {
    const address = addressOf(identity);
    if (address !== 0) log.liveWords += recordWords(readWord(address));
  }
}
