/**
 * The capacity formula of FORMAT.md, reached exactly. Slots run out before words do on sixteen
 * pages, so this firmware is built for nine: 8 × (251 − 61) words.
 */
import { expect, it } from 'vitest';
import {
  hotp,
  putCredential,
  selectManagement,
  Token,
  writeSerialNumber,
} from '../../host/index.ts';
import { buildFirmware } from '../build.ts';
import { testBoard } from '../fixtures.ts';
import { readImage } from '../power/image-reader.ts';

const PAGES = 9;
const CAPACITY_WORDS = (PAGES - 1) * (251 - 61);
const KEY = new Uint8Array(128).fill(7);
/** Record word, head, tag, check word: what a credential has besides name, key and QR text. */
const FIXED_WORDS = 1 + 2 + 4 + 1;

it('takes records up to the last word of the formula, refuses one more, and goes on working', async () => {
  const firmware = await buildFirmware({
    'assembly/store/flash.ts': (source) =>
      source.replace('PAGES: u32 = 16', `PAGES: u32 = ${PAGES}`),
  });
  const { board, flash } = testBoard();
  const token = new Token(board, firmware);
  selectManagement(token);
  writeSerialNumber(token, 'FULL');
  const liveWords = () => readImage(new Int32Array(flash.image.buffer)).liveWords;
  const put = (name: string, key: Uint8Array, text = '') =>
    putCredential(token, { name, key, ...(text && { liveQr: `{code}${text}` }) });

  putCredential(token, { name: 'counter', key: KEY, type: 'hotp' });
  let index = 0;
  while (CAPACITY_WORDS - liveWords() >= 2 * 61) {
    put(String(index++).padStart(64, 'n'), KEY, 'x'.repeat(19));
  }
  // Two more credentials that fill the rest to the word: names, keys and texts of the right lengths.
  const fill = (words: number) => {
    const nameWords = Math.min(16, words - FIXED_WORDS - 1);
    const keyWords = Math.min(32, words - FIXED_WORDS - nameWords);
    const textWords = words - FIXED_WORDS - nameWords - keyWords;
    const name = String(index++).padStart(4 * nameWords, 'f');
    // The code takes one byte in a template, and each letter another one.
    put(name, KEY.subarray(0, 4 * keyWords), 'x'.repeat(Math.max(0, 4 * textWords - 1)));
  };
  fill(61);
  const rest = CAPACITY_WORDS - liveWords();
  expect(rest).toBeGreaterThan(FIXED_WORDS + 1);
  const before = flash.operations;
  expect(() => put('one too many'.padEnd(64, 'x'), KEY, 'x'.repeat(19))).toThrow(/6a84/);
  expect(flash.operations).toBe(before);
  fill(rest);
  expect(liveWords()).toBe(CAPACITY_WORDS);

  expect(() => put('a', KEY.subarray(0, 1))).toThrow(/6a84/);
  for (let press = 0; press < 100; press++) {
    token.press('ok');
    expect(token.code).toBe(hotp(KEY, press));
  }
  expect(new Token(board, firmware).fault).toBeNull();
});
