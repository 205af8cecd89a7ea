/**
 * HMAC (RFC 2104, FIPS 198-1) from prepared keys.
 *
 * A key is used only once, to compute its two midstates: the hash states after the blocks
 * key ^ ipad and key ^ opad. A MAC of a short message then costs two compressions instead of four.
 * Midstates are as secret as the key: with them anyone can compute MACs.
 */

import {
  blockLength,
  bytesToWords,
  compress,
  digest,
  digestLength,
  finish,
  Hash,
  loadBytes,
  start,
  storeBitLength,
  storeDigest,
  wipeHash,
} from './hash';
import { CHAIN, SCHEDULE } from './memory';
import { sha1Counter, sha1Key, sha1Outer, wipeShort } from './sha1-short';
import { wipe } from './wipe';

/** Bytes of a prepared key: the inner midstate at 0, the outer at 64. */
export const HMAC_STATE_LENGTH: u32 = 128;
/** Where the outer midstate begins. */
export const HMAC_OUTER: u32 = 64;

const INNER_PAD: u64 = 0x3636363636363636;
const OUTER_PAD: u64 = 0x5c5c5c5c5c5c5c5c;

/**
 * Prepares a key.
 * @param hash       Hash.SHA1, SHA256 or SHA512
 * @param key        `keyLength` bytes, any alignment, any length, 0 included; secret
 * @param state      HMAC_STATE_LENGTH bytes, 8-byte aligned; secret; `key` may lie in its second half
 */
export function hmacPrepare(hash: u32, key: usize, keyLength: u32, state: usize): void {
  if (keyLength > blockLength(hash)) {
    // RFC 2104 §3: a key longer than a block is replaced by its digest. It waits in the place of
    // the outer midstate, which is written last.
    digest(hash, key, keyLength, state + HMAC_OUTER);
    key = state + HMAC_OUTER;
    keyLength = digestLength(hash);
  }
  if (ASC_SHRINK_LEVEL === 0 && hash === Hash.SHA1) {
    loadBytes(hash, key, keyLength);
    bytesToWords(hash);
    start(hash);
    sha1Key(<u32>INNER_PAD, state);
    sha1Key(<u32>OUTER_PAD, state + HMAC_OUTER);
    wipeShort();
  } else {
    padKey(hash, key, keyLength, INNER_PAD, state);
    padKey(hash, key, keyLength, OUTER_PAD, state + HMAC_OUTER);
  }
  wipeHash(hash);
}

/** One midstate: the hash state after the block key ^ pad (RFC 2104 §2). */
function padKey(hash: u32, key: usize, keyLength: u32, pad: u64, midstate: usize): void {
  loadBytes(hash, key, keyLength);
  bytesToWords(hash);
  const end = SCHEDULE + blockLength(hash);
  for (let word = SCHEDULE; word < end; word += 8) store<u64>(word, load<u64>(word) ^ pad);
  start(hash);
  compress(hash, CHAIN, midstate);
}

/**
 * MAC of a message under a prepared key.
 * @param hash     the hash the state was prepared with
 * @param state    HMAC_STATE_LENGTH bytes from hmacPrepare; left as it is
 * @param message  `length` bytes, any alignment
 * @param mac      digestLength(hash) bytes, any alignment; may overlap `state`
 */
export function hmac(hash: u32, state: usize, message: usize, length: u32, mac: usize): void {
  const stateLength = digestLength(hash);
  for (let offset: u32 = 0; offset < stateLength; offset += 4) {
    store<u32>(CHAIN + offset, load<u32>(state + offset));
  }
  finish(hash, message, length, blockLength(hash));
  hmacOuter(hash, state);
  storeDigest(hash, mac);
  wipeHash(hash);
}

/** The outer half: CHAIN goes from the inner digest to the MAC, both as host-endian words. */
export function hmacOuter(hash: u32, state: usize): void {
  const length = digestLength(hash);
  for (let offset: u32 = 0; offset < length; offset += 4) {
    store<u32>(SCHEDULE + offset, load<u32>(CHAIN + offset));
  }
  padWords(hash, length);
  compress(hash, state + HMAC_OUTER, CHAIN);
}

/** Pads SCHEDULE behind `length` bytes of whole words: a 1 bit, zeros, the length (FIPS 180-4 §5.1). */
export function padWords(hash: u32, length: u32): void {
  const block = blockLength(hash);
  wipe(SCHEDULE + length, block - length);
  if (hash === Hash.SHA512) store<u64>(SCHEDULE + length, 0x8000000000000000);
  else store<u32>(SCHEDULE + length, 0x80000000);
  storeBitLength(hash, <u64>block + length);
}

/**
 * MAC of an 8-byte counter, left in CHAIN as host-endian words: wipeCounter removes it.
 * Two compressions and no byte swap; the whole cost of a code.
 * @param high, low  the counter's upper and lower 32 bits
 */
export function hmacCounter(hash: u32, state: usize, high: u32, low: u32): void {
  if (ASC_SHRINK_LEVEL === 0 && hash === Hash.SHA1) {
    sha1Counter(state, high, low);
    sha1Outer(state + HMAC_OUTER);
    return;
  }
  if (hash === Hash.SHA512) {
    store<u64>(SCHEDULE, ((<u64>high) << 32) | low);
  } else {
    store<u32>(SCHEDULE, high);
    store<u32>(SCHEDULE, low, 4);
  }
  padWords(hash, 8);
  compress(hash, state, CHAIN);
  hmacOuter(hash, state);
}

/** Wipes what hmacCounter left behind. */
export function wipeCounter(hash: u32): void {
  if (ASC_SHRINK_LEVEL === 0 && hash === Hash.SHA1) wipeShort();
  else wipeHash(hash);
}
