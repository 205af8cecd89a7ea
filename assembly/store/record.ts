/**
 * One record: its first word, its size, whether what lies on flash is one, and how it gets there.
 * Format in FORMAT.md, "Records".
 */
import { BLANK, readWord, writeWord } from './flash';
import { crcWord, guard, guardCrc, guarded, isGuarded, isTorn } from './guard';

/** Serial number of the token. */
export const SERIAL: u32 = 0x01;
/** When the clock was last set. */
export const CLOCK: u32 = 0x02;
/** The master key, sealed under the device key and, when there is one, the PIN. */
export const MASTER: u32 = 0x03;
/** The master key once more, sealed under the device key and the PUK. */
export const PUK: u32 = 0x04;
/** Tries of the PIN, and of the PUK. */
export const PIN_TRIES: u32 = 0x05;
export const PUK_TRIES: u32 = 0x06;
/** Tries of the admin key. */
export const ADMIN_TRIES: u32 = 0x07;
/** Salt and access code of the OATH applet. */
export const ACCESS: u32 = 0x08;
/** Key of the first slot that answers challenges; the second follows. */
export const RESPONDER: u32 = 0x09;
/** The admin key of the smart card, sealed under the device key. */
export const ADMIN_KEY: u32 = 0x0b;
/** Credential in slot 0; slots follow each other. */
export const CREDENTIAL: u32 = 0x20;
/** HOTP counter of slot 0. */
export const COUNTER: u32 = 0x40;
/** Identities are below this number. */
export const IDENTITIES: u32 = 0x60;
/** Credentials a token can hold. */
export const SLOTS: u32 = 32;

/** The largest record, in words; what the capacity formula of FORMAT.md is made of. */
export const RECORD_WORDS_MAX: u32 = 61;

/** Stands for every identity that `isSealed`. */
export const ANY_SEALED: u32 = IDENTITIES;

/**
 * Whether the records of an identity hold a key: then of those that were replaced nothing may stay,
 * since an earlier PIN opens them, or an earlier name stands in them.
 */
export function isSealed(identity: u32): bool {
  const isOther = identity === MASTER || identity === PUK;
  return isOther || (identity >= ACCESS && identity < COUNTER);
}

const DELETED_BIT: u32 = 18;
const LENGTH_BITS: u32 = 8;
const TALLY_BITS: u32 = 2;

/** The first word of a record. `length` is its payload in bytes, `tally` its tally in words. */
export function recordWord(identity: u32, length: u32, tally: u32, deleted: bool): u32 {
  return guard(
    (identity << 19) |
      ((<u32>deleted) << DELETED_BIT) |
      (length << LENGTH_BITS) |
      (tally << TALLY_BITS),
  );
}

export function identityOf(word: u32): u32 {
  return guarded(word) >>> 19;
}

export function isDeletion(word: u32): bool {
  return ((guarded(word) >>> DELETED_BIT) & 1) !== 0;
}

/** Payload length in bytes. */
export function lengthOf(word: u32): u32 {
  return (guarded(word) >>> LENGTH_BITS) & 0x3ff;
}

/** Tally length in words. */
export function tallyOf(word: u32): u32 {
  return (guarded(word) >>> TALLY_BITS) & 0x3f;
}

/** Words of payload, the last one padded. */
export function payloadWords(word: u32): u32 {
  return (lengthOf(word) + 3) >>> 2;
}

/** Words of the whole record: first word, payload, check, tally. */
export function recordWords(word: u32): u32 {
  return wordsFor(lengthOf(word), tallyOf(word));
}

/** The same of a record to come: `length` bytes of payload, `tally` words. */
export function wordsFor(length: u32, tally: u32): u32 {
  return 2 + ((length + 3) >>> 2) + tally;
}

/** The check word that belongs to the record at `address` as its payload stands on flash. */
function expectedCheck(address: u32, word: u32): u32 {
  let crc = crcWord(BLANK, word);
  const end = address + 4 + (payloadWords(word) << 2);
  for (let at = address + 4; at < end; at += 4) crc = crcWord(crc, readWord(at));
  return guardCrc(crc);
}

/** Byte address of a record's check word. */
export function checkAddress(address: u32, word: u32): u32 {
  return address + 4 + (payloadWords(word) << 2);
}

/** Byte address of a record's first tally word. */
export function tallyAddress(address: u32, word: u32): u32 {
  return checkAddress(address, word) + 4;
}

/** Spent tally words of the record at `address`. A gap counts as spent: counters only go up. */
export function spentAt(address: u32, word: u32): u32 {
  const first = tallyAddress(address, word);
  let count = tallyOf(word);
  while (count > 0 && readWord(first + ((count - 1) << 2)) === BLANK) count--;
  return count;
}

/** What stands at a place in a page. */
export enum Found {
  /** A record that counts. */
  VALID,
  /** A record whose writing was interrupted before it counted. */
  INTERRUPTED,
  /** A first word that was torn. */
  TORN,
  /** Nothing, yet. */
  NOTHING,
  /** None of these: not what the flash contract can leave behind. */
  DAMAGE,
}

/** Judges the place `address`; `end` is where the records of its page must end. */
export function inspect(address: u32, end: u32): Found {
  const word = readWord(address);
  if (word === BLANK) return Found.NOTHING;
  if (!isGuarded(word)) return Found.TORN;
  if (identityOf(word) >= IDENTITIES || address + (recordWords(word) << 2) > end) {
    return Found.DAMAGE;
  }
  const check = readWord(checkAddress(address, word));
  if (check === BLANK) return Found.INTERRUPTED;
  const expected = expectedCheck(address, word);
  return check === expected || isTorn(check, expected) ? Found.VALID : Found.DAMAGE;
}

// --- writing ----------------------------------------------------------------------------------

/**
 * Programs a record at `address`, where there is room for it; false when it is not on flash as it was
 * meant, and then it does not count.
 * @param word     from `recordWord`
 * @param payload  pointer to its bytes, 4-byte aligned
 */
export function writeRecord(address: u32, word: u32, payload: usize): bool {
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
  // The check word makes it count; before that, what it says is compared with what was meant.
  const isMeant = holds(address + 4, payload, lengthOf(word));
  return isMeant && writeWord(checkAddress(address, word), guardCrc(crc));
}

/** Whether the `length` bytes from the word at `address` on are those at `bytes`. */
function holds(address: u32, bytes: usize, length: u32): bool {
  let index: u32 = 0;
  for (; index + 4 <= length; index += 4) {
    if (readWord(address + index) !== load<u32>(bytes + index)) return false;
  }
  if (index === length) return true;
  const difference = readWord(address + index) ^ load<u32>(bytes + index);
  return difference << ((4 + index - length) << 3) === 0;
}
