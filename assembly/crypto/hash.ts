/**
 * SHA-1, SHA-256 and SHA-512 behind one door (FIPS 180-4).
 *
 * One hash runs at a time: the running state is CHAIN, the block SCHEDULE, both static, both kept
 * as host-endian words, so that bytes are swapped only where they enter and leave.
 */
import { CHAIN, SCHEDULE } from './memory';
import { sha1Compress, sha1Start } from './sha1';
import { sha256Compress, sha256Start } from './sha256';
import { sha512Compress, sha512Start } from './sha512';
import { wipe } from './wipe';

/** The algorithm nibbles of YKOATH; every function below takes one of these, nothing else. */
export enum Hash {
  SHA1 = 1,
  SHA256 = 2,
  SHA512 = 3,
}

/** Bytes of a digest: 20, 32 or 64; 0 for a number that is no hash, so that a door can refuse it. */
export function digestLength(hash: u32): u32 {
  if (hash === Hash.SHA1) return 20;
  if (hash === Hash.SHA256) return 32;
  if (hash === Hash.SHA512) return 64;
  return 0;
}

/** Bytes of a block: 128 for SHA-512, else 64. */
export function blockLength(hash: u32): u32 {
  return hash === Hash.SHA512 ? 128 : 64;
}

/** Compresses the block in SCHEDULE: the state at `to` = f(the state at `from`); both may be CHAIN. */
export function compress(hash: u32, from: usize, to: usize): void {
  if (hash === Hash.SHA1) sha1Compress(from, to);
  else if (hash === Hash.SHA256) sha256Compress(from, to);
  else sha512Compress(from, to);
}

/** Sets CHAIN to the initial state. */
export function start(hash: u32): void {
  if (hash === Hash.SHA1) sha1Start();
  else if (hash === Hash.SHA256) sha256Start();
  else sha512Start();
}

/** Puts `length` bytes (any alignment, at most one block) into SCHEDULE and zeros behind them. */
export function loadBytes(hash: u32, message: usize, length: u32): void {
  let index: u32 = 0;
  if ((message & 3) === 0) {
    for (; index + 4 <= length; index += 4) {
      store<u32>(SCHEDULE + index, load<u32>(message + index));
    }
  }
  for (; index < length; index++) store<u8>(SCHEDULE + index, load<u8>(message + index));
  wipe(SCHEDULE + length, blockLength(hash) - length);
}

/** Turns the big-endian bytes in SCHEDULE into host-endian words. */
export function bytesToWords(hash: u32): void {
  swapWords(hash, SCHEDULE, blockLength(hash));
}

/** Writes the digest in CHAIN to `output` as big-endian bytes (any alignment). */
export function storeDigest(hash: u32, output: usize): void {
  const length = digestLength(hash);
  swapWords(hash, CHAIN, length);
  for (let index: u32 = 0; index < length; index++) {
    store<u8>(output + index, load<u8>(CHAIN + index));
  }
}

/** Swaps the bytes of every word (8 bytes for SHA-512, else 4) of `length` bytes, in place. */
function swapWords(hash: u32, pointer: usize, length: u32): void {
  const end = pointer + length;
  if (hash === Hash.SHA512) {
    for (; pointer < end; pointer += 8) store<u64>(pointer, bswap<u64>(load<u64>(pointer)));
  } else {
    for (; pointer < end; pointer += 4) store<u32>(pointer, bswap<u32>(load<u32>(pointer)));
  }
}

/** The length in bits goes into the last word of SCHEDULE (FIPS 180-4 §5.1). */
export function storeBitLength(hash: u32, lengthBytes: u64): void {
  if (hash === Hash.SHA512) {
    store<u64>(SCHEDULE, lengthBytes << 3, 120);
  } else {
    store<u32>(SCHEDULE, <u32>(lengthBytes >> 29), 56);
    store<u32>(SCHEDULE, (<u32>lengthBytes) << 3, 60);
  }
}

/**
 * Runs a message through CHAIN to its end, padding included (FIPS 180-4 §5.1).
 * @param message       `length` bytes, any alignment
 * @param prefixLength  bytes already in CHAIN, whole blocks
 */
export function finish(hash: u32, message: usize, length: u32, prefixLength: u32): void {
  const block = blockLength(hash);
  let offset: u32 = 0;
  for (; length - offset >= block; offset += block) {
    loadBytes(hash, message + offset, block);
    bytesToWords(hash);
    compress(hash, CHAIN, CHAIN);
  }
  const tail = length - offset;
  loadBytes(hash, message + offset, tail);
  store<u8>(SCHEDULE + tail, 0x80);
  bytesToWords(hash);
  // The length field is an eighth of a block; if it does not fit any more, it gets its own block.
  if (tail >= block - (block >> 3)) {
    compress(hash, CHAIN, CHAIN);
    wipe(SCHEDULE, block);
  }
  storeBitLength(hash, <u64>prefixLength + length);
  compress(hash, CHAIN, CHAIN);
}

/** Wipes CHAIN and SCHEDULE; the last act of every public function that used them. */
export function wipeHash(hash: u32): void {
  wipe(CHAIN, digestLength(hash));
  wipe(SCHEDULE, blockLength(hash));
}

/**
 * Hashes one message.
 * @param hash     Hash.SHA1, SHA256 or SHA512
 * @param message  `length` bytes, any alignment
 * @param output   digestLength(hash) bytes, any alignment; may overlap `message`
 */
export function digest(hash: u32, message: usize, length: u32, output: usize): void {
  start(hash);
  finish(hash, message, length, 0);
  storeDigest(hash, output);
  wipeHash(hash);
}
