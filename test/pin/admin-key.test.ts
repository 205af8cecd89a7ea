/** The admin key over commands: assembly/apdu/PROTOCOL.md, "Smart card". */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  authenticateAdmin,
  changeAdminKey,
  eraseToken,
  getChallenge,
  putCredential,
  readSmartCard,
  selectManagement,
  setAdminKey,
  setPin,
  Token,
  verifyPin,
} from '../../host/index.ts';
import { hex, RFC_KEY, testBoard, testToken, toHex } from '../fixtures.ts';
import { readImage } from '../power/image-reader.ts';
import { answerTo, KEY, OTHER_KEY } from './admin.ts';

const PIN = new TextEncoder().encode('271828');
const WRONG = new Uint8Array(8);
const SELECT_OATH = '00a4040007a0000005272101';
const SELECT_OTP = '00a4040007a0000005272001';
const TRIES_LEFT = '00820082';

/** A token that is a card with an admin key. */
function card() {
  const parts = testToken();
  setAdminKey(parts.token, KEY);
  return parts;
}

function powerOn({ board }: ReturnType<typeof testToken>): Token {
  const token = new Token(board);
  expect(token.fault).toBeNull();
  selectManagement(token);
  return token;
}

/** The status word of a command in hex. */
function status(token: Token, command: string): string {
  return toHex(token.exchange(hex(command))).slice(-4);
}

function authenticate(token: Token, key = KEY): void {
  authenticateAdmin(token, answerTo(getChallenge(token), key));
}

describe('a card', () => {
  it('is one once it has an admin key, which takes a serial number', () => {
    const { token } = testToken();
    expect(readSmartCard(token)).toBeNull();
    expect(status(token, TRIES_LEFT)).toBe('6985');
    setAdminKey(token, KEY);
    expect(readSmartCard(token)?.adminTriesLeft).toBe(5);
    const nameless = new Token(testBoard().board);
    selectManagement(nameless);
    expect(() => setAdminKey(nameless, KEY)).toThrow(/6985/);
  });

  it('has an id of its serial number, in the form of a GUID of version 8', () => {
    const { token } = card();
    const digest = createHash('sha256').update('oathfob card LMP-000417').digest();
    digest[6] = (digest[6]! & 0x0f) | 0x80;
    digest[8] = (digest[8]! & 0x3f) | 0x80;
    const { cardId } = readSmartCard(token)!;
    expect(cardId).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(cardId.replaceAll('-', '')).toBe(digest.toString('hex', 0, 16));
  });

  it('takes a first key only while it has none, and only unlocked', () => {
    const parts = testToken();
    setPin(parts.token, PIN);
    expect(() => setAdminKey(parts.token, KEY)).toThrow(/6982/);
    verifyPin(parts.token, PIN);
    setAdminKey(parts.token, KEY);
    expect(() => setAdminKey(parts.token, OTHER_KEY)).toThrow(/6985/);
    authenticate(parts.token);
  });

  it('checks answers while it is locked, and stays as locked as it was', () => {
    const parts = card();
    setPin(parts.token, PIN);
    const token = powerOn(parts);
    authenticate(token);
    expect(status(token, '00200080')).toBe('63c8');
    verifyPin(token, PIN);
    authenticate(token);
    expect(() => authenticateAdmin(token, getChallenge(token))).toThrow('wrong');
    expect(status(token, '00200080')).toBe('9000');
  });

  it('answers in every applet', () => {
    const { token } = card();
    for (const select of [SELECT_OATH, SELECT_OTP]) {
      token.exchange(hex(select));
      authenticate(token);
    }
  });
});

describe('a challenge', () => {
  it('is eight bytes, never the same', () => {
    const { token } = card();
    const challenges = Array.from({ length: 50 }, () => toHex(getChallenge(token)));
    expect(challenges.every(({ length }) => length === 16)).toBe(true);
    expect(new Set(challenges).size).toBe(50);
  });

  it('is good for one try, right or wrong', () => {
    const { token } = card();
    for (const wrong of [false, true]) {
      const challenge = getChallenge(token);
      if (wrong) expect(() => authenticateAdmin(token, WRONG)).toThrow('wrong');
      else authenticateAdmin(token, answerTo(challenge, KEY));
      expect(() => authenticateAdmin(token, answerTo(challenge, KEY))).toThrow(/6985/);
    }
  });

  it.each([
    ['a challenge that is refused', '0084000100'],
    ['GET INFO', '80100000'],
    ['SELECT', '00a4040008a000000527471117'],
    ['a command of the wrong length', '00820082040000'],
    ['no command at all', ''],
    ['the question how many tries are left', TRIES_LEFT],
    ['what the token does not know', '00ff0000'],
  ])('ends with %s', (_, command) => {
    const { token, flash } = card();
    const challenge = getChallenge(token);
    token.exchange(hex(command));
    const before = toHex(flash.image);
    expect(() => authenticateAdmin(token, answerTo(challenge, KEY))).toThrow(/6985/);
    expect(toHex(flash.image)).toBe(before);
  });

  it('ends with the power, and outlives keys and the time that passes', () => {
    const parts = card();
    const challenge = getChallenge(parts.token);
    parts.token.press('down');
    parts.clock.advance(60);
    parts.token.tick();
    authenticateAdmin(parts.token, answerTo(challenge, KEY));
    const lost = getChallenge(parts.token);
    expect(() => authenticateAdmin(powerOn(parts), answerTo(lost, KEY))).toThrow(/6985/);
  });

  it('takes the place of the one before', () => {
    const { token } = card();
    const challenge = getChallenge(token);
    const next = getChallenge(token);
    expect(() => authenticateAdmin(token, answerTo(challenge, KEY))).toThrow('wrong');
    expect(() => authenticateAdmin(token, answerTo(next, KEY))).toThrow(/6985/);
  });

  it('is not answered by itself, by zeros, or by what another key makes of it', () => {
    for (const answer of [
      (challenge: Uint8Array) => challenge,
      () => WRONG,
      (challenge: Uint8Array) => answerTo(challenge, OTHER_KEY),
      (challenge: Uint8Array) => answerTo(challenge, new Uint8Array(24)),
    ]) {
      const { token } = card();
      expect(() => authenticateAdmin(token, answer(getChallenge(token)))).toThrow('wrong, 4');
    }
  });

  it('is not answered by seven right bytes of eight', () => {
    const parts = card();
    for (let at = 0; at < 8; at++) {
      const answer = answerTo(getChallenge(parts.token), KEY);
      answer[at]! ^= 1 << at;
      expect(() => authenticateAdmin(parts.token, answer)).toThrow('wrong');
      authenticate(parts.token);
    }
  });
});

describe('the admin key', () => {
  it('is another one once it is changed, and after power-on', () => {
    const parts = card();
    const { token } = parts;
    changeAdminKey(token, answerTo(getChallenge(token), KEY), OTHER_KEY);
    expect(() => authenticate(token)).toThrow('wrong');
    authenticate(token, OTHER_KEY);
    authenticate(powerOn(parts), OTHER_KEY);
  });

  it('stays what it is when the answer is wrong', () => {
    const { token } = card();
    getChallenge(token);
    expect(() => changeAdminKey(token, WRONG, OTHER_KEY)).toThrow('wrong, 4 tries left');
    authenticate(token);
    expect(readSmartCard(token)?.adminTriesLeft).toBe(5);
  });

  it('is blocked for good by the fifth wrong answer in a row, whatever asks', () => {
    const parts = card();
    for (let left = 4; left >= 0; left--) {
      getChallenge(parts.token);
      const act = () =>
        left % 2 === 0
          ? authenticateAdmin(parts.token, WRONG)
          : changeAdminKey(parts.token, WRONG, OTHER_KEY);
      expect(act).toThrow(`wrong, ${left} tr`);
      parts.token = powerOn(parts);
    }
    const { token } = parts;
    const before = toHex(parts.flash.image);
    expect(() => authenticate(token)).toThrow(/6983/);
    expect(status(token, TRIES_LEFT)).toBe('6983');
    const answer = answerTo(getChallenge(token), KEY);
    expect(() => changeAdminKey(token, answer, OTHER_KEY)).toThrow(/6983/);
    expect(readSmartCard(token)?.adminTriesLeft).toBe(0);
    expect(toHex(parts.flash.image)).toBe(before);
  });

  it('is forgiven its wrong answers by a right one, over and over', () => {
    const { token } = card();
    for (let round = 0; round < 20; round++) {
      for (let wrong = 0; wrong < 4; wrong++) {
        getChallenge(token);
        expect(() => authenticateAdmin(token, WRONG)).toThrow('wrong');
      }
      expect(status(token, TRIES_LEFT)).toBe('63c1');
      authenticate(token);
      expect(status(token, TRIES_LEFT)).toBe('63c5');
    }
  });

  it('opens on its own board only', () => {
    const parts = card();
    parts.board.deviceKey = (target) => target.fill(0xa5);
    const token = powerOn(parts);
    expect(() => authenticate(token)).toThrow('wrong');
  });

  it('lies sealed on flash, and an earlier one not at all', () => {
    const { token, flash } = card();
    const before = flash.image;
    changeAdminKey(token, answerTo(getChallenge(token), KEY), OTHER_KEY);
    for (const key of [KEY, OTHER_KEY]) {
      for (let at = 0; at + 4 <= key.length; at++) {
        const window = Buffer.from(key.subarray(at, at + 4));
        expect(Buffer.from(before).includes(window)).toBe(false);
        expect(Buffer.from(flash.image).includes(window)).toBe(false);
      }
    }
    const sealed = sealedKey(before);
    expect(Buffer.from(flash.image).includes(sealed.subarray(0, 8))).toBe(false);
    expect(sealedKey(flash.image)).not.toEqual(sealed);
  });

  it('goes with everything else when the token is erased, which then takes a first one', () => {
    const parts = card();
    getChallenge(parts.token);
    expect(() => authenticateAdmin(parts.token, WRONG)).toThrow('wrong');
    const sealed = sealedKey(parts.flash.image);
    const { cardId } = readSmartCard(parts.token)!;
    eraseToken(parts.token);
    expect(readSmartCard(parts.token)).toBeNull();
    expect(Buffer.from(parts.flash.image).includes(sealed.subarray(0, 8))).toBe(false);
    setAdminKey(parts.token, OTHER_KEY);
    expect(readSmartCard(parts.token)).toEqual({ cardId, adminTriesLeft: 5 });
  });

  it('is there after power-on also when it was the first thing that was written', () => {
    const parts = testToken([]);
    setAdminKey(parts.token, KEY);
    const token = powerOn(parts);
    authenticate(token);
    putCredential(token, { name: 'a:b', key: RFC_KEY });
  });
});

/** Tag and sealed key, as they lie on flash. */
function sealedKey(image: Uint8Array): Buffer {
  const record = readImage(new Int32Array(image.slice().buffer)).live.get(0x0b)!;
  return Buffer.from(record.payload);
}
