/**
 * The admin key of the token as a smart card. Who holds it proves so by enciphering a challenge
 * (windows-driver-docs, smartcard/developer-guidelines, "Admin key"), and may then change it. The
 * accounts are not under it: they stay sealed under PIN and PUK, so it opens nothing.
 *
 * Record, as payload of identity 0B, sealed under the device key alone: it has to be at hand when
 * the PIN is not.
 *
 *     byte 0 …     tag (16), sealed key K1 | K2 | K3 (24)
 *
 * The order is that of verify.ts: a try is spent before the key is touched. No sequence of wrong
 * answers makes one wait, since 2^64 of them are possible and the fifth is the last.
 */
import { BOARD_DONE, entropy } from '../board';
import { copy } from '../bytes';
import { agreed, EQUAL, equal, equalBackwards } from '../crypto/constant-time';
import {
  DES_BLOCK_LENGTH,
  TRIPLE_DES_KEY_LENGTH,
  tripleDes,
  tripleDesWorks,
} from '../crypto/triple-des';
import { wipe } from '../crypto/wipe';
import { ADMIN_BLOCKS, ADMIN_CHALLENGE, session } from '../memory';
import { addressOf, NO_RECORD } from '../store/directory';
import { exists, payloadLength, Stored } from '../store/log';
import { ADMIN_KEY, ADMIN_TRIES } from '../store/record';
import { TAG_LENGTH } from '../store/seal';
import { settleTry, spendTry, triesOutOf } from './tries';
import { BOARD_KEY, createMaster, openWithBoard, sealWithBoard } from './vault';
import { BLOCKED, BROKEN, COUNTED, NOT_SET, RIGHT, WRITE_FAILED, WRONG } from './verdict';

const TRIES_MAX: u32 = 5;
/** session.adminChallenge during the command that drew the challenge, and during the next one. */
const DRAWN: u32 = 2;
const ANSWERABLE: u32 = 1;

/** Whether the record on flash is one that this core could have written; asked at power-on. */
export function adminKeyIsSound(): bool {
  return !hasAdminKey() || payloadLength(ADMIN_KEY) === TAG_LENGTH + TRIPLE_DES_KEY_LENGTH;
}

export function hasAdminKey(): bool {
  return exists(ADMIN_KEY);
}

/** Wrong answers in a row that are left before the admin key is blocked for good. */
export function adminTriesLeft(): u32 {
  return triesOutOf(ADMIN_TRIES, TRIES_MAX);
}

// --- the challenge ----------------------------------------------------------------------------

/** Draws a challenge, which the next command may answer. False when the board has no entropy. */
export function drawChallenge(): bool {
  if (entropy(ADMIN_CHALLENGE, DES_BLOCK_LENGTH) !== BOARD_DONE) return false;
  session.adminChallenge = DRAWN;
  return true;
}

/** A command begins: a challenge that the one before it drew may be answered by this one. */
export function ageChallenge(): void {
  session.adminChallenge >>>= 1;
}

/** A command is done: a challenge that it did not draw is gone. */
export function dropChallenge(): void {
  if (session.adminChallenge === DRAWN) return;
  session.adminChallenge = 0;
  wipe(ADMIN_CHALLENGE, DES_BLOCK_LENGTH);
}

// --- the key ----------------------------------------------------------------------------------

/**
 * Checks the answer to the challenge that the command before this one drew.
 * @param answer  8 bytes, the challenge enciphered
 * @returns RIGHT, WRONG, BLOCKED, BROKEN, WRITE_FAILED; NOT_SET when there is no key, or no challenge
 */
export function checkAnswer(answer: usize): u32 {
  const verdict = judge(answer);
  wipe(ADMIN_BLOCKS, 2 * DES_BLOCK_LENGTH);
  return verdict;
}

/**
 * Puts another key in place of the one that the answer proves.
 * @param answer  8 bytes, and behind them the new key, 24 bytes; secret
 * @returns as `checkAnswer`
 */
export function changeAdminKey(answer: usize): u32 {
  let verdict = judge(answer);
  if (verdict === RIGHT) {
    // An answer that was right changes nothing here. With one that was not, and a fault that got it
    // past the verdict, what is stored is a key that nobody knows.
    const newKey = answer + DES_BLOCK_LENGTH;
    for (let at: usize = 0; at < TRIPLE_DES_KEY_LENGTH; at++) {
      const place = at & (DES_BLOCK_LENGTH - 1);
      const difference = load<u8>(answer + place) ^ load<u8>(ADMIN_BLOCKS + place);
      store<u8>(newKey + at, load<u8>(newKey + at) ^ difference);
    }
    if (storeKey(newKey) !== Stored.DONE) verdict = WRITE_FAILED;
  }
  wipe(ADMIN_BLOCKS, 2 * DES_BLOCK_LENGTH);
  return verdict;
}

/**
 * Gives the token its first admin key; the caller has asked whether it may.
 * @param key  24 bytes
 */
export function setAdminKey(key: usize): Stored {
  // What belongs to an owner is destroyed at power-on when there is no master key; pin/destroy.ts.
  const created = createMaster();
  // Once more, in another way: a fault in front of this must not replace a key.
  if (created !== Stored.DONE || addressOf(ADMIN_KEY) !== NO_RECORD) return Stored.WRITE_FAILED;
  return storeKey(key);
}

function storeKey(key: usize): Stored {
  return sealWithBoard(ADMIN_KEY, key, TRIPLE_DES_KEY_LENGTH);
}

function judge(answer: usize): u32 {
  if (!hasAdminKey() || session.adminChallenge !== ANSWERABLE) return NOT_SET;
  if (adminTriesLeft() === 0) return BLOCKED;
  if (!tripleDesWorks()) return BROKEN;
  const counted = spendTry(ADMIN_TRIES, ADMIN_TRIES, TRIES_MAX);
  if (counted !== COUNTED) return counted;
  const verdict = compareAnswer(answer);
  if (!settleTry(ADMIN_TRIES, verdict)) return WRITE_FAILED;
  return verdict === EQUAL ? RIGHT : WRONG;
}

/**
 * Compares twice, in two ways: the challenge enciphered with the answer, and the answer deciphered
 * with the challenge. A call that is skipped, or comes out wrong, spoils one of them only.
 */
function compareAnswer(answer: usize): u32 {
  const opened = openWithBoard(ADMIN_KEY, TRIPLE_DES_KEY_LENGTH);
  encipher(ADMIN_CHALLENGE, ADMIN_BLOCKS, 0);
  // In a command it lies at an odd address, from which not every chip loads more than a byte.
  copy(ADMIN_BLOCKS + DES_BLOCK_LENGTH, answer, DES_BLOCK_LENGTH);
  encipher(ADMIN_BLOCKS + DES_BLOCK_LENGTH, ADMIN_BLOCKS + DES_BLOCK_LENGTH, 1);
  wipe(BOARD_KEY, TRIPLE_DES_KEY_LENGTH);
  const first = equal(ADMIN_BLOCKS, answer, DES_BLOCK_LENGTH);
  const second = equalBackwards(ADMIN_BLOCKS + DES_BLOCK_LENGTH, ADMIN_CHALLENGE, DES_BLOCK_LENGTH);
  // In this order: where they differ, a fault that takes one for both takes that of the comparison.
  return agreed(agreed(first, second), opened);
}

/** One block under the key at BOARD_KEY; in CBC with a zero IV, which is what a card has. */
function encipher(block: usize, output: usize, decipher: u32): void {
  const result = tripleDes(BOARD_KEY, bswap<u64>(load<u64>(block)), decipher);
  store<u64>(output, bswap<u64>(result));
}
