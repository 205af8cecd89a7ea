/**
 * The capacity formula of FORMAT.md, reached to the word on the firmware as it is: accounts may take
 * what the token does not need for itself, and whatever was accepted goes on working.
 */
import { expect, it } from 'vitest';
import {
  authenticateAdmin,
  getChallenge,
  hotp,
  putCredential,
  selectManagement,
  setAdminKey,
  setClock,
  setPin,
  setPuk,
  Token,
  unblockPin,
  verifyPin,
  writeSerialNumber,
} from '../../host/index.ts';
import { command, configuration, nameOf, SELECT_OATH, SELECT_OTP, tlv } from '../apdu/card.ts';
import { hex, NOON, testBoard, toHex } from '../fixtures.ts';
import { NEW_TOKEN } from '../model/model.ts';
import { actOverOath } from '../model/oath-driver.ts';
import { readImage } from '../power/image-reader.ts';

const CAPACITY_WORDS = 15 * (251 - 61);
/** Serial number, clock, master key twice, three kinds of tries, access code; the largest of each. */
const OWN_WORDS = 10 + 6 + 20 + 20 + 27 + 27 + 27 + 12;
const KEY = new Uint8Array(128).fill(7);
const PIN = new TextEncoder().encode('271828');
const OTHER = new TextEncoder().encode('314159');
const PUK = new TextEncoder().encode('16180339');

const longName = (index: number) => String(index).padStart(64, 'n');

/** A token with all that there is room for: admin key, both slots, 32 accounts. */
function fullToken() {
  const { board, flash } = testBoard();
  const token = new Token(board);
  const status = (bytes: string) => toHex(token.exchange(hex(bytes))).slice(-4);
  const liveWords = () => readImage(new Int32Array(flash.image.buffer)).liveWords;
  selectManagement(token);
  writeSerialNumber(token, 'F'.repeat(32));
  setClock(token, NOON);
  setAdminKey(
    token,
    Uint8Array.from({ length: 24 }, (_, index) => 7 * index + 1),
  );
  actOverOath(token, { kind: 'program', slot: 0, to: 'one' }, NEW_TOKEN);
  actOverOath(token, { kind: 'program', slot: 1, to: 'two' }, NEW_TOKEN);
  for (let index = 0; index < 31; index++) {
    putCredential(token, { name: longName(index), key: KEY, type: 'hotp' });
  }
  // The code takes one byte in a template, and each letter another one.
  const putLast = (textBytes: number) =>
    putCredential(token, {
      name: longName(31),
      key: KEY,
      liveQr: `{code}${'x'.repeat(textBytes - 1)}`,
    });
  return { board, flash, token, status, liveWords, putLast };
}

it('takes accounts up to the last word that is not the token’s own, and refuses one more', () => {
  const { flash, putLast } = fullToken();
  const before = flash.operations;
  expect(() => putLast(13)).toThrow(/6a84/);
  expect(flash.operations).toBe(before);
  putLast(12);
});

it('has room for all that a token needs for itself, whatever else is on it', () => {
  const { board, token, putLast, liveWords } = fullToken();
  putLast(12);
  setPuk(token, PUK);
  setPin(token, PIN);
  actOverOath(
    token,
    { kind: 'set code', to: 'word' },
    { ...NEW_TOKEN, pin: { digits: '271828', failed: 0 } },
  );
  selectManagement(token);
  getChallenge(token);
  expect(() => authenticateAdmin(token, new Uint8Array(8))).toThrow(/4 tries left/);
  expect(() => verifyPin(token, OTHER)).toThrow(/7 tries left/);
  expect(() => unblockPin(token, new TextEncoder().encode('27182818'), OTHER)).toThrow(
    /9 tries left/,
  );
  expect(liveWords()).toBe(CAPACITY_WORDS);

  unblockPin(token, PUK, OTHER);
  for (let counter = 0; counter < 60; counter++) {
    verifyPin(token, OTHER);
    token.press('ok');
    expect(token.code).toBe(hotp(KEY, counter));
  }
  expect(liveWords()).toBe(CAPACITY_WORDS);
  expect(new Token(board).fault).toBeNull();
});

it('destroys nothing for what it has no room for', () => {
  const { flash, putLast, status, liveWords } = fullToken();
  putLast(12);
  expect(liveWords()).toBe(CAPACITY_WORDS - OWN_WORDS + 10 + 6 + 20);
  status(SELECT_OATH);
  const before = flash.operations;
  const head = `1106${toHex(KEY)}`;
  // As the last one, an HOTP account would be the larger one by its counter.
  expect(status(command('00010000', nameOf(longName(31)), tlv(0x73, head)))).toBe('6a84');
  status(SELECT_OTP);
  // An account in place of a key that answers challenges: all slots of accounts are in use.
  expect(status(command('00010100', configuration({ flags: 0 })))).toBe('6a84');
  expect(flash.operations).toBe(before);
});

it('keeps room for the step of an only-increasing account', () => {
  const { status, liveWords } = fullToken();
  status(SELECT_OATH);
  const before = liveWords();
  const increasing = command('00010000', nameOf('i'), tlv(0x73, `2106${toHex(KEY)}`), '7801');
  expect(status(increasing)).toBe('9000');
  // Head, name, tag and key in words, two words around them, and four of its step.
  expect(liveWords() - before).toBe(2 + Math.ceil((8 + 1 + 16 + 128) / 4) + 4);
  const after = liveWords();
  const step = (NOON / 30).toString(16).padStart(16, '0');
  expect(status(command('00a20001', nameOf('i'), tlv(0x74, step)))).toBe('9000');
  expect(liveWords()).toBe(after);
});
