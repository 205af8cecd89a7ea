/**
 * Secrets and how to recognise them in memory: as they are, with the bytes of words swapped (hashes
 * keep host-endian words), under both pads of HMAC, as Base32, in decimal.
 */
import { encodeBase32 } from '../../host/base32.ts';

export interface Secret {
  readonly name: string;
  readonly bytes: Uint8Array;
  /**
   * A key shows in any 4 bytes of it; digits, of which there are few, only as a whole; a code is
   * digits in two groups.
   */
  readonly kind: 'key' | 'digits' | 'code';
}

interface Pattern {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Bytes of a key that are enough to recognise it. */
const WINDOW = 4;
/** Characters of Base32 that hold as much. */
const WINDOW_BASE32 = 7;

const text = (characters: string) => new TextEncoder().encode(characters);

/** Finds secrets in memory; one pass, however many there are. More can be added at any time. */
export class Search {
  readonly #patterns = new Map<number, Pattern[]>();
  /** Which 16-bit mixes of a pattern's first word there are; most places in memory end here. */
  readonly #filter = new Uint8Array(1 << 16);

  constructor(secrets: readonly Secret[] = []) {
    for (const secret of secrets) this.add(secret);
  }

  add(secret: Secret): void {
    for (const pattern of PATTERNS[secret.kind](secret)) this.#addPattern(pattern);
  }

  #addPattern(pattern: Pattern): void {
    const first = firstWord(pattern.bytes, 0);
    const others = this.#patterns.get(first) ?? [];
    others.push(pattern);
    this.#patterns.set(first, others);
    this.#filter[mixed(first)] = 1;
  }

  /** What is found in `memory`, with its address. */
  find(memory: Uint8Array): { name: string; address: number; length: number }[] {
    const found = [];
    let word = firstWord(memory, 0);
    for (let address = 0; address + WINDOW <= memory.length; address++) {
      if (this.#filter[mixed(word)] === 1) {
        for (const { name, bytes } of this.#patterns.get(word) ?? []) {
          if (bytes.every((byte, at) => memory[address + at] === byte)) {
            found.push({ name, address, length: bytes.length });
          }
        }
      }
      word = (word >>> 8) | (memory[address + WINDOW]! << 24);
    }
    return found;
  }
}

function firstWord(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
}

function mixed(word: number): number {
  return Math.imul(word, 0x9e3779b1) >>> 16;
}

const MASKS: Readonly<Record<string, number>> = { '': 0, ' ^ ipad': 0x36, ' ^ opad': 0x5c };

function patternsOfKey({ name, bytes }: Secret): Pattern[] {
  const patterns: Pattern[] = [];
  for (let at = 0; at + WINDOW <= bytes.length; at++) {
    const window = bytes.slice(at, at + WINDOW);
    for (const [form, mask] of Object.entries(MASKS)) {
      const masked = window.map((byte) => byte ^ mask);
      patterns.push({ name: `${name}${form}`, bytes: masked });
      // A swapped word, whether of 4 bytes or half of one of 8.
      patterns.push({ name: `${name}${form}, swapped`, bytes: masked.toReversed() });
    }
    const decimal = String(firstWord(window.toReversed(), 0) >>> 0);
    if (decimal.length > 8) patterns.push({ name: `${name}, decimal`, bytes: text(decimal) });
  }
  const base32 = encodeBase32(bytes);
  for (let at = 0; at + WINDOW_BASE32 <= base32.length; at++) {
    const window = base32.slice(at, at + WINDOW_BASE32);
    patterns.push({ name: `${name}, Base32`, bytes: text(window) });
  }
  return patterns;
}

function patternsOfDigits({ name, bytes }: Secret): Pattern[] {
  const patterns: Pattern[] = [];
  const whole = bytes.subarray(0, bytes.length & ~3);
  for (const [form, mask] of Object.entries(MASKS)) {
    patterns.push({ name: `${name}${form}`, bytes: bytes.map((byte) => byte ^ mask) });
    patterns.push({ name: `${name}${form}, swapped`, bytes: swapped(whole.map((b) => b ^ mask)) });
  }
  patterns.push({ name: `${name}, Base32`, bytes: text(encodeBase32(bytes)) });
  patterns.push({ name: `${name}, digit by digit`, bytes: bytes.map((byte) => byte - 0x30) });
  const number = new DataView(new ArrayBuffer(8));
  for (const littleEndian of [true, false]) {
    number.setBigUint64(0, BigInt(new TextDecoder().decode(bytes)), littleEndian);
    const form = new Uint8Array(number.buffer.slice(0));
    const half = littleEndian ? form.subarray(0, 4) : form.subarray(4);
    // A number below 2^24 has a word that is nearly empty, and found anywhere.
    if (bytes.length >= 8) patterns.push({ name: `${name}, number`, bytes: half });
  }
  return patterns;
}

function patternsOfCode({ name, bytes }: Secret): Pattern[] {
  const digits = bytes.filter((byte) => byte !== 0x20);
  return [{ name, bytes }, ...patternsOfDigits({ name, bytes: digits, kind: 'digits' })];
}

const PATTERNS = { key: patternsOfKey, digits: patternsOfDigits, code: patternsOfCode };

function swapped(bytes: Uint8Array): Uint8Array {
  const words = new DataView(bytes.slice().buffer);
  for (let at = 0; at < bytes.length; at += 4) words.setUint32(at, words.getUint32(at), true);
  return new Uint8Array(words.buffer);
}
