/**
 * The screen as plain text: up to six lines, built here first and drawn from here, so that a
 * reader, a test and the display can never be told different things.
 */
import { wipe } from '../crypto/wipe';
import { divide } from '../divide';
import { DECIMAL, TEXT, text } from '../memory';

/** Bytes the text may have. */
export const TEXT_LENGTH_MAX: u32 = 352;

const NEWLINE: u32 = 0x0a;
const SPACE: u32 = 0x20;
/** Digits of 2^64 - 1. */
const DECIMAL_LENGTH_MAX: u32 = 20;

/** Forgets the old screen, the code on it included. */
export function clearText(): void {
  wipe(TEXT, TEXT_LENGTH_MAX);
  text.length = 0;
}

export function putCharacter(character: u32): void {
  if (text.length === TEXT_LENGTH_MAX) return;
  store<u8>(TEXT + text.length, character);
  text.length++;
}

export function putText(bytes: usize, length: u32): void {
  for (let index: u32 = 0; index < length; index++) putCharacter(load<u8>(bytes + index));
}

/** One of the runs in words.ts. */
export function putWord(word: usize): void {
  putText(word + 1, load<u8>(word));
}

export function putSpace(): void {
  putCharacter(SPACE);
}

export function newLine(): void {
  putCharacter(NEWLINE);
}

/** A public number in decimal, with zeros in front up to `digits`, at most 20. */
export function putDecimal(value: u64, digits: u32): void {
  let start: u32 = DECIMAL_LENGTH_MAX;
  do {
    const rest = divide(value, 10);
    start--;
    store<u8>(DECIMAL + start, 0x30 + <u32>(value - rest * 10));
    value = rest;
  } while (value !== 0 || DECIMAL_LENGTH_MAX - start < digits);
  putText(DECIMAL + start, DECIMAL_LENGTH_MAX - start);
}
