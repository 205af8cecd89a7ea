import { beforeEach, describe, expect, test } from 'vitest';
import { setPin, setPuk, Token, verifyPin } from '../../../host/index.ts';
import { SmartCard } from '../../../sim/card/smart-card.ts';
import { testToken, toHex } from '../../fixtures.ts';
import { answerTo, KEY, OTHER_KEY } from '../../pin/admin.ts';

const digits = (text: string) => new TextEncoder().encode(text);
const none = { kind: 'none' } as const;
const PIN = digits('493817');
const OTHER_PIN = digits('628405');
const PUK = digits('16180339');

let parts: ReturnType<typeof testToken>;
let token: Token;
let card: SmartCard;

beforeEach(() => {
  parts = testToken();
  token = parts.token;
  card = new SmartCard(token);
});

const right = (key = KEY) => answerTo(card.getChallenge(), key);

test('a card has an ATR with a sound check byte, and a card id once it is prepared', () => {
  const atr = Buffer.from(card.atr, 'hex');
  expect(atr.subarray(1).reduce((sum, byte) => sum ^ byte, 0)).toBe(0);
  expect(card.isPrepared).toBe(false);
  expect(() => card.cardId).toThrow('no admin key');
  card.prepare(toHex(KEY), null);
  expect(card.isPrepared).toBe(true);
  expect(card.cardId).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  expect(new SmartCard(new Token(parts.board)).cardId).toBe(card.cardId);
});

test('a token with a PIN is prepared with it', () => {
  setPin(token, PIN);
  expect(() => card.prepare(toHex(KEY), null)).toThrow(/6982/);
  expect(() => card.prepare(toHex(KEY), OTHER_PIN)).toThrow('wrong');
  card.prepare(toHex(KEY), PIN);
  expect(card.isPrepared).toBe(true);
});

describe('a prepared card', () => {
  beforeEach(() => card.prepare(toHex(KEY), null));

  test('takes a PIN from who answers rightly, and asks for it then', () => {
    expect(card.hasPin).toBe(false);
    card.setPin(right(), PIN, none);
    expect(card.hasPin).toBe(true);
    expect(() => verifyPin(token, PIN)).not.toThrow();
    expect(() => verifyPin(token, OTHER_PIN)).toThrow('wrong');
  });

  test('takes another PIN by the old one, or by the PUK, and only then', () => {
    setPuk(token, PUK);
    card.setPin(right(), PIN, none);
    expect(() => card.setPin(right(), OTHER_PIN, none)).toThrow(/6985/);
    card.setPin(right(), OTHER_PIN, { kind: 'pin', digits: PIN });
    card.setPin(right(), PIN, { kind: 'puk', digits: PUK });
    expect(() => verifyPin(token, PIN)).not.toThrow();
  });

  test.each([7, 9, 16, 0])('takes no PIN for an answer of %i bytes', (length) => {
    card.getChallenge();
    expect(() => card.setPin(new Uint8Array(length), PIN, none)).toThrow('answer');
    expect(card.hasPin).toBe(false);
  });

  test('takes no PIN for an answer to no challenge, or one that another command has ended', () => {
    const answer = right();
    expect(card.hasPin).toBe(false);
    expect(() => card.setPin(answer, PIN, none)).toThrow('no challenge');
  });

  test('has another admin key once it is changed', () => {
    card.changeAdminKey(right(), OTHER_KEY);
    expect(() => card.setPin(right(), PIN, none)).toThrow('answer to the challenge is wrong');
    card.setPin(right(OTHER_KEY), PIN, none);
    expect(card.hasPin).toBe(true);
  });

  test('says that its admin key is blocked after five wrong answers', () => {
    for (let tries = 0; tries < 5; tries++) {
      const wrong = right(OTHER_KEY);
      expect(() => card.changeAdminKey(wrong, OTHER_KEY)).toThrow('wrong');
    }
    const answer = right();
    expect(() => card.setPin(answer, PIN, none)).toThrow('blocked');
  });

  test('hands on what is no refusal of an answer', () => {
    const answer = right();
    parts.board.flashWrite = () => {};
    expect(() => card.changeAdminKey(answer, OTHER_KEY)).toThrow(/6581/);
  });
});
