/**
 * otp.wasm bound for JavaScript: keys and midstates go in, codes come out, and between two calls
 * the module's memory holds neither. Arguments are checked by the caller.
 */
import vectorBytes from '#otp.simd.wasm';
import scalarBytes from '#otp.wasm';
import { decodeBase32Into } from '../base32.ts';
import type { HashName } from './types.ts';

/** The exports of assembly/otp.ts that the host uses; every number is an i32. */
interface Exports {
  memory: WebAssembly.Memory;
  windowOffset(): number;
  preparedOffset(): number;
  wipeAll(): number;
  prepareKey(hash: number, keyLength: number): number;
  hotpCode(hash: number, counterHigh: number, counterLow: number, digits: number): number;
  hotpOfKey(
    hash: number,
    keyLength: number,
    counterHigh: number,
    counterLow: number,
    digits: number,
  ): number;
  totpCode(
    hash: number,
    timeHigh: number,
    timeLow: number,
    periodSeconds: number,
    digits: number,
  ): number;
  verifyCode(
    hash: number,
    digits: number,
    code: number,
    centreHigh: number,
    centreLow: number,
    behind: number,
    ahead: number,
    freshFrom: number,
  ): number;
}

/** (func (result v128) i32.const 0, i8x16.splat, i8x16.popcnt): valid where vectors are known. */
const VECTOR_PROBE = Uint8Array.of(
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
  ...[0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7b, 0x03, 0x02, 0x01, 0x00],
  ...[0x0a, 0x0a, 0x01, 0x08, 0x00, 0x41, 0x00, 0xfd, 0x0f, 0xfd, 0x62, 0x0b],
);

/** The same functions twice: with 128-bit vectors a code from a key takes three quarters the time. */
const bytes = WebAssembly.validate(VECTOR_PROBE) ? vectorBytes : scalarBytes;
const wasm = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports as unknown as Exports;

/** Longest secret, bytes: the input part of the module's window. */
export const LONGEST_SECRET = 1024;
const input = new Uint8Array(wasm.memory.buffer, wasm.windowOffset(), LONGEST_SECRET);
const memoryWords = new Int32Array(wasm.memory.buffer);

/** Results of a search that are no offset (assembly/oath/verify.ts). */
export const MISMATCH = -0x80000000;
export const REPLAYED = -0x7fffffff;

/** The numbers of YKOATH, which the core uses for its hashes. */
const HASH_NUMBERS: Record<HashName, number> = { SHA1: 1, SHA256: 2, SHA512: 3 };
/** 32-bit words of a chaining state. */
const STATE_WORDS = [0, 5, 8, 16];
/** The outer midstate follows the inner one at this word. */
const OUTER_WORD = 16;
/** Both as words of the module's memory. */
const INNER = wasm.preparedOffset() >> 2;
const OUTER = INNER + OUTER_WORD;

/** A prepared secret: the numbers the module needs, and its midstates. */
export interface PreparedKey {
  readonly hash: number;
  readonly words: number;
  readonly midstates: Int32Array;
}

/** Puts a secret into the window; returns its length in bytes. */
function loadSecret(secret: Uint8Array | string): number {
  if (typeof secret === 'string') {
    const length = decodeBase32Into(secret, input, 0);
    if (length === 0) throw new RangeError('secret: expected Base32 of at least one byte');
    return length;
  }
  // A loop beats TypedArray.set for the 20 bytes that most secrets have.
  const length = secret.length;
  for (let index = 0; index < length; index++) input[index] = secret[index]!;
  return length;
}

/** Computes the midstates of a secret of 1..LONGEST_SECRET bytes. */
export function prepareKey(hashName: HashName, secret: Uint8Array | string): PreparedKey {
  const hash = HASH_NUMBERS[hashName];
  wasm.prepareKey(hash, loadSecret(secret));
  const midstates = memoryWords.slice(INNER, INNER + 2 * OUTER_WORD);
  wasm.wipeAll();
  return { hash, words: STATE_WORDS[hash]!, midstates };
}

/**
 * Midstates live in the module only while it computes: thousands of tokens share one memory. The
 * five words that every hash has are written out, which makes a SHA-1 code a tenth faster.
 */
function loadMidstates({ midstates, words }: PreparedKey): void {
  memoryWords[INNER] = midstates[0]!;
  memoryWords[INNER + 1] = midstates[1]!;
  memoryWords[INNER + 2] = midstates[2]!;
  memoryWords[INNER + 3] = midstates[3]!;
  memoryWords[INNER + 4] = midstates[4]!;
  memoryWords[OUTER] = midstates[OUTER_WORD]!;
  memoryWords[OUTER + 1] = midstates[OUTER_WORD + 1]!;
  memoryWords[OUTER + 2] = midstates[OUTER_WORD + 2]!;
  memoryWords[OUTER + 3] = midstates[OUTER_WORD + 3]!;
  memoryWords[OUTER + 4] = midstates[OUTER_WORD + 4]!;
  for (let index = 5; index < words; index++) {
    memoryWords[INNER + index] = midstates[index]!;
    memoryWords[OUTER + index] = midstates[OUTER_WORD + index]!;
  }
}

function wipeMidstates(words: number): void {
  memoryWords[INNER] = 0;
  memoryWords[INNER + 1] = 0;
  memoryWords[INNER + 2] = 0;
  memoryWords[INNER + 3] = 0;
  memoryWords[INNER + 4] = 0;
  memoryWords[OUTER] = 0;
  memoryWords[OUTER + 1] = 0;
  memoryWords[OUTER + 2] = 0;
  memoryWords[OUTER + 3] = 0;
  memoryWords[OUTER + 4] = 0;
  for (let index = 5; index < words; index++) {
    memoryWords[INNER + index] = 0;
    memoryWords[OUTER + index] = 0;
  }
}

export function hotpCode(key: PreparedKey, high: number, low: number, digits: number): number {
  loadMidstates(key);
  const code = wasm.hotpCode(key.hash, high, low, digits);
  wipeMidstates(key.words);
  return code;
}

export function totpCode(
  key: PreparedKey,
  timeHigh: number,
  timeLow: number,
  period: number,
  digits: number,
): number {
  loadMidstates(key);
  const code = wasm.totpCode(key.hash, timeHigh, timeLow, period, digits);
  wipeMidstates(key.words);
  return code;
}

/** A code from a secret that is used once; the module wipes the key and its midstates itself. */
export function hotpOfSecret(
  hashName: HashName,
  secret: Uint8Array | string,
  high: number,
  low: number,
  digits: number,
): number {
  return wasm.hotpOfKey(HASH_NUMBERS[hashName], loadSecret(secret), high, low, digits);
}

/** Offset of the match from the centre, MISMATCH or REPLAYED. */
export function verifyCode(
  key: PreparedKey,
  digits: number,
  code: number,
  centreHigh: number,
  centreLow: number,
  behind: number,
  ahead: number,
  freshFrom: number,
): number {
  loadMidstates(key);
  const { hash } = key;
  const offset = wasm.verifyCode(
    hash,
    digits,
    code,
    centreHigh,
    centreLow,
    behind,
    ahead,
    freshFrom,
  );
  wipeMidstates(key.words);
  return offset;
}
