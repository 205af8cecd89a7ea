import { createCipheriv } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { setPin, Token, verifyPin, writeSerialNumber } from '../../../host/index.ts';
import { selectManagement } from '../../../host/management.ts';
import { VirtualBoard } from '../../../sim/board/index.ts';
import { CardFile, CardFileError } from '../../../sim/card/card-file.ts';
import { SmartCard } from '../../../sim/card/smart-card.ts';

const KEY = '0102030405060708090a0b0c0d0e0f101112131415161718';
const OTHER_KEY = 'e602c14f15d39eb03401940e1c67b3bfdfa262757ff46ba7';
const digits = (text: string) => new TextEncoder().encode(text);
const none = { kind: 'none' } as const;

let folder: string;
let token: Token;
let file: CardFile;
let card: SmartCard;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'oathfob-card-'));
  file = new CardFile(join(folder, 'fob.img'));
  file.prepare(KEY);
  token = new Token(new VirtualBoard());
  selectManagement(token);
  writeSerialNumber(token, 'LMP-000417');
  card = new SmartCard(token, file);
});
afterEach(() => rmSync(folder, { recursive: true }));

/** What an administrator's server answers, by another implementation of triple DES. */
function answer(challenge: Uint8Array, key = KEY): Uint8Array {
  const cipher = createCipheriv('des-ede3-cbc', Buffer.from(key, 'hex'), Buffer.alloc(8));
  cipher.setAutoPadding(false);
  return Buffer.concat([cipher.update(challenge), cipher.final()]);
}

test('a card has an ATR with a sound check byte, and a card id of its serial number', () => {
  const atr = Buffer.from(card.atr, 'hex');
  expect(atr.subarray(1).reduce((sum, byte) => sum ^ byte, 0)).toBe(0);
  expect(card.cardId).toMatch(
    /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  );
  expect(new SmartCard(token, file).cardId).toBe(card.cardId);
  const other = new Token(new VirtualBoard());
  expect(() => new SmartCard(other, file).cardId).toThrow('no serial number');
});

describe('a challenge', () => {
  test('is eight bytes, never the same', () => {
    const challenges = Array.from({ length: 50 }, () => card.getChallenge());
    expect(challenges.every(({ length }) => length === 8)).toBe(true);
    expect(new Set(challenges.map((bytes) => bytes.join())).size).toBe(50);
  });

  test('answered rightly lets the PIN be set, which the token then asks for', () => {
    card.setPin(answer(card.getChallenge()), digits('493817'), none);
    expect(card.hasPin).toBe(true);
    expect(() => verifyPin(token, digits('493817'))).not.toThrow();
    expect(() => verifyPin(token, digits('493818'))).toThrow('wrong');
  });

  test('is good for one try, right or wrong', () => {
    const challenge = card.getChallenge();
    expect(() => card.setPin(new Uint8Array(8), digits('493817'), none)).toThrow('wrong');
    expect(() => card.setPin(answer(challenge), digits('493817'), none)).toThrow('no challenge');
    expect(card.hasPin).toBe(false);
  });

  test.each([
    ['another challenge', () => card.getChallenge()],
    ['a look at the card id', () => card.cardId],
    ['a look at the PIN', () => card.hasPin],
  ])('ends with %s', (_, command) => {
    const challenge = card.getChallenge();
    command();
    expect(() => card.setPin(answer(challenge), digits('493817'), none)).toThrow();
    expect(card.hasPin).toBe(false);
  });

  test.each([
    ['too short', 7],
    ['too long', 16],
    ['empty', 0],
  ])('is not answered by what is %s', (_, length) => {
    card.getChallenge();
    expect(() => card.setPin(new Uint8Array(length), digits('493817'), none)).toThrow('wrong');
  });
});

describe('the admin key', () => {
  test('is another one once it is changed', () => {
    card.changeAdminKey(answer(card.getChallenge()), Buffer.from(OTHER_KEY, 'hex'));
    expect(() => card.setPin(answer(card.getChallenge()), digits('493817'), none)).toThrow('wrong');
    card.setPin(answer(card.getChallenge(), OTHER_KEY), digits('493817'), none);
    expect(card.hasPin).toBe(true);
  });

  test('is blocked after five wrong answers, for a new card object too', () => {
    for (let tried = 0; tried < 5; tried++) {
      card.getChallenge();
      expect(() => card.changeAdminKey(new Uint8Array(8), new Uint8Array(24))).toThrow('wrong');
    }
    const again = new SmartCard(token, new CardFile(join(folder, 'fob.img')));
    const right = answer(again.getChallenge());
    expect(() => again.setPin(right, digits('493817'), none)).toThrow('blocked');
  });

  test('forgives four wrong answers after a right one', () => {
    for (const _ of [1, 2, 3, 4]) {
      card.getChallenge();
      expect(() => card.changeAdminKey(new Uint8Array(8), new Uint8Array(24))).toThrow('wrong');
    }
    card.setPin(answer(card.getChallenge()), digits('493817'), none);
    expect(file.load().triesLeft).toBe(5);
  });

  test('counts a try before it compares', () => {
    const saved: number[] = [];
    const spying = new SmartCard(token, {
      load: () => file.load(),
      save: (state) => {
        saved.push(state.triesLeft);
        file.save(state);
      },
    });
    spying.setPin(answer(spying.getChallenge()), digits('493817'), none);
    expect(saved).toEqual([4, 5]);
  });
});

test('a token with a PIN wants it, or its PUK, besides the administrator', () => {
  setPin(token, digits('271828'));
  const set = (proof: Parameters<SmartCard['setPin']>[2]) =>
    card.setPin(answer(card.getChallenge()), digits('493817'), proof);
  expect(() => set(none)).toThrow();
  expect(() => set({ kind: 'pin', digits: digits('271829') })).toThrow('wrong');
  set({ kind: 'pin', digits: digits('271828') });
  expect(() => verifyPin(token, digits('493817'))).not.toThrow();
});

describe('the file', () => {
  const path = () => join(folder, 'fob.img.card');

  test('is its owner’s only', () => {
    expect(statSync(path()).mode & 0o777).toBe(0o600);
  });

  test.each(['', '{}', 'null', '{"schema":"oathfob.card/1","adminKey":"00","triesLeft":5}'])(
    'is refused when it is damaged, and left as it is: %j',
    (content) => {
      writeFileSync(path(), content);
      expect(() => file.load()).toThrow(CardFileError);
      expect(readFileSync(path(), 'utf8')).toBe(content);
    },
  );
});
