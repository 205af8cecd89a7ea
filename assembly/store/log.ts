/**
 * The log: records appended, found again after power-on, and moved when their page is needed.
 *
 * Promises: what `append`, `spend` and `remove` reported as done survives any power cut; what they
 * did not report happened wholly or not at all; the bytes of a removed record are erased.
 * Relies on the NOR contract of FORMAT.md, where the rules and the capacity formula are argued.
 * After a write that the medium did not take, nothing more is written until the next power-on.
 */
import { log } from '../memory';
import { holdsOther, makeRoom, replace } from './compaction';
import { addressOf, NO_RECORD, sequenceAt, setAddress } from './directory';
import { BLANK, PAGE_BYTES, PAGES, readWord, writeWord } from './flash';
import { isFinished, isInUse, pageEnd, RECORD_SPACE_WORDS } from './page';
import {
  ANY_SEALED,
  Found,
  identityOf,
  inspect,
  isDeletion,
  lengthOf,
  payloadWords,
  RECORD_WORDS_MAX,
  RESPONDER,
  recordWord,
  recordWords,
  spentAt,
  tallyAddress,
  tallyOf,
  writeRecord,
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
const CAPACITY_WORDS: u32 = (PAGES - 1) * (RECORD_SPACE_WORDS - RECORD_WORDS_MAX);
/**
 * Words of all records below `RESPONDER`, the largest of each: the token's own, without which what it
 * holds cannot be used. Room is kept for those that are not there yet.
 */
const OWN_WORDS: u32 = 149;

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

/** Word `index` of a tally. */
export function tallyWord(identity: u32, index: u32): u32 {
  const address = addressOf(identity);
  return readWord(tallyAddress(address, readWord(address)) + (index << 2));
}

/** Copies a whole payload to `target`, which has room for it rounded up to words. */
export function readPayload(identity: u32, target: usize): void {
  const address = addressOf(identity);
  const words = payloadWords(readWord(address));
  for (let word: u32 = 0; word < words; word++) {
    store<u32>(target + <usize>(word << 2), readWord(address + 4 + (word << 2)));
  }
}

/** Whether power-on would find the record of `identity` where it is said to be. */
export function isLasting(identity: u32): bool {
  const address = addressOf(identity);
  const page = address / PAGE_BYTES;
  const word = readWord(address);
  return (
    isInUse(page) &&
    isFinished(page) &&
    identityOf(word) === identity &&
    !isDeletion(word) &&
    inspect(address, pageEnd(page)) === Found.VALID
  );
}

/** Words of a record's tally that are spent. */
export function spent(identity: u32): u32 {
  const address = addressOf(identity);
  return spentAt(address, readWord(address));
}

/** Whether word `index`, which a tally has, is the last one spent: a second opinion, in case of a fault. */
export function isLastSpent(identity: u32, index: u32): bool {
  if (tallyWord(identity, index) === BLANK) return false;
  return index + 1 === tallyLength(identity) || tallyWord(identity, index + 1) === BLANK;
}

// --- room -------------------------------------------------------------------------------------

/** Words of the live record of `identity`, 0 when there is none. */
export function wordsOf(identity: u32): u32 {
  return exists(identity) ? recordWords(readWord(addressOf(identity))) : 0;
}

/**
 * Whether records that are not the token's own have room.
 * @param words  of the records that come
 * @param freed  of those that go
 */
export function hasRoom(words: u32, freed: u32): bool {
  let live = log.liveWords + OWN_WORDS;
  for (let identity: u32 = 0; identity < RESPONDER; identity++) live -= wordsOf(identity);
  return live + words - freed <= CAPACITY_WORDS;
}

/**
 * Whether a record of `words` may take the place of the one of `identity`. What is there may always
 * be written anew: nothing that was accepted gets stuck.
 */
function isAccepted(identity: u32, words: u32): bool {
  const freed = wordsOf(identity);
  if (words <= freed) return true;
  if (words > RECORD_WORDS_MAX) return false;
  return identity < RESPONDER
    ? log.liveWords + words - freed <= CAPACITY_WORDS
    : hasRoom(words, freed);
}

// --- writing ----------------------------------------------------------------------------------

/** Spends one more word of a tally; false when none is left or the medium did not take it. */
export function spend(identity: u32): bool {
  return mark(identity, spent(identity), 0);
}

/** Programs word `index` of a tally, blank so far; false when there is none or it was not taken. */
export function mark(identity: u32, index: u32, value: u32): bool {
  const address = addressOf(identity);
  const word = readWord(address);
  if (log.failed || index >= tallyOf(word)) return false;
  const place = tallyAddress(address, word) + (index << 2);
  // Once more, counted from the end of the record: a fault that sends the mark elsewhere is a
  // failed write, not a free one.
  if (place !== address + ((recordWords(word) - tallyOf(word) + index) << 2)) return false;
  return settled(writeWord(place, value));
}

/**
 * Appends the record of `identity`, which from then on counts instead of an earlier one.
 * @param payload pointer to `length` bytes, 4-byte aligned
 * @param length  0 .. 1023 bytes
 * @param tally   0 .. 63 words
 */
export function append(identity: u32, payload: usize, length: u32, tally: u32): Stored {
  const word = recordWord(identity, length, tally, false);
  // Read again before anything is written: a fault must not put it in another one's place.
  if (identityOf(word) !== identity) return Stored.WRITE_FAILED;
  const freed = wordsOf(identity);
  if (!isAccepted(identity, recordWords(word))) return Stored.FULL;
  const address = write(word, payload);
  if (address === NO_RECORD) return Stored.WRITE_FAILED;
  setAddress(identity, address);
  log.liveWords += recordWords(word) - freed;
  return settled(isLasting(identity)) ? Stored.DONE : Stored.WRITE_FAILED;
}

/** Appends a record that holds a sealed key, and erases every byte of the one it replaces. */
export function supersede(identity: u32, payload: usize, length: u32): Stored {
  const result = append(identity, payload, length, 0);
  return result === Stored.DONE ? eraseSuperseded(identity) : result;
}

/** Replaces every page that holds a record of `identity` other than the one that counts. */
export function eraseSuperseded(identity: u32): Stored {
  for (let page: u32 = 0; page < PAGES; page++) {
    if (sequenceAt(page) !== 0 && holdsOther(page, identity) && !settled(replace(page))) {
      return Stored.WRITE_FAILED;
    }
  }
  return Stored.DONE;
}

/** Does so for every identity; power-on, after an interruption. */
export function eraseAllSuperseded(): Stored {
  return eraseSuperseded(ANY_SEALED);
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
    if (page !== deletionPage && sequenceAt(page) !== 0 && holdsOther(page, identity)) {
      if (!settled(replace(page))) return Stored.WRITE_FAILED;
    }
  }
  // Gone before its page goes: an erase that fails half way must not leave an index into it.
  setAddress(identity, NO_RECORD);
  return settled(replace(deletionPage)) ? Stored.DONE : Stored.WRITE_FAILED;
}

/** Remembers a write that failed, so that nothing is built on top of it. */
function settled(done: bool): bool {
  if (!done) log.failed = 1;
  return done;
}

/** Programs one record at the end of the log; its address, or NO_RECORD. */
function write(word: u32, payload: usize): u32 {
  if (log.failed || !settled(makeRoom(recordWords(word)))) return NO_RECORD;
  const address = log.end;
  log.end += recordWords(word) << 2;
  return settled(writeRecord(address, word, payload)) ? address : NO_RECORD;
}
