/** A power cut, at any flash operation of anything about the PIN, never gives a try back. */
import { describe, expect, it } from 'vitest';
import {
  changePin,
  readInfo,
  readPinStatus,
  selectManagement,
  setPin,
  setPinPolicy,
  setPuk,
  Token,
  unblockPin,
  verifyPin,
} from '../../host/index.ts';
import { PowerCut, type PowerCutPlan } from '../../sim/board/index.ts';
import { RFC_KEY, testBoard, testToken } from '../fixtures.ts';

const digits = (text: string) => new TextEncoder().encode(text);
const [PIN, OTHER, PUK] = [digits('271828'), digits('314159'), digits('16180339')];

const OUTCOMES: Record<string, PowerCutPlan['outcome']> = {
  nothing: (before) => before,
  'odd bits': (before, after) => before ^ ((before ^ after) & 0xaaaaaaaa),
  'even bits': (before, after) => before ^ ((before ^ after) & 0x55555555),
  everything: (_, after) => after,
};

/** The image of a token with an HOTP account, a PIN and a PUK, after some wrong PINs. */
function image(wrongPins: number): Uint8Array {
  const { token, flash, clock } = testToken([{ name: 'a:b', type: 'hotp', key: RFC_KEY }]);
  setPuk(token, PUK);
  setPin(token, PIN);
  for (let wrong = 0; wrong < wrongPins; wrong++) {
    clock.advance(1000);
    expect(() => verifyPin(token, OTHER)).toThrow('wrong');
  }
  return flash.image;
}

function powerOn(start: Uint8Array) {
  const parts = testBoard(start);
  const token = new Token(parts.board);
  selectManagement(token);
  parts.clock.advance(1000);
  return { token, ...parts };
}

/** Runs an action with the power cut at one operation after another, until it is not cut. */
function cutEverywhere(
  start: Uint8Array,
  outcome: PowerCutPlan['outcome'],
  action: (token: Token) => void,
  check: (token: Token, cut: number | null) => void,
) {
  for (let operation = 0; ; operation++) {
    const { token, flash } = powerOn(start);
    flash.cutPower({ operation, outcome });
    let cut = false;
    try {
      action(token);
    } catch (error) {
      cut = error instanceof PowerCut;
    }
    flash.cutPower(null);
    const again = powerOn(flash.image).token;
    expect(again.fault).toBeNull();
    check(again, cut ? operation : null);
    if (!cut) return operation;
  }
}

describe.each(Object.keys(OUTCOMES))('a power cut after which %s has changed', (name) => {
  const outcome = OUTCOMES[name];

  it.each([0, 3, 6])(
    'costs the try of a wrong PIN after %i others, unless it came before',
    (wrong) => {
      const start = image(wrong);
      const operations = cutEverywhere(
        start,
        outcome,
        (token) => verifyPin(token, OTHER),
        (token, cut) => {
          const { triesLeft } = readPinStatus(token);
          expect([8 - wrong, 7 - wrong]).toContain(triesLeft);
          // The last operation writes the verdict: when it is reached the PIN was looked at.
          if (cut === null) expect(triesLeft).toBe(7 - wrong);
        },
      );
      // Two words, the try and its verdict; a record in front of them for the very first one.
      expect(operations).toBe(wrong === 0 ? 5 : 2);
      const last = powerOn(start);
      last.flash.cutPower({ operation: operations - 1, outcome });
      expect(() => verifyPin(last.token, OTHER)).toThrow(PowerCut);
      expect(readPinStatus(powerOn(last.flash.image).token).triesLeft).toBe(7 - wrong);
    },
  );

  it('lets a right PIN be right again, at the cost of a try at most', () => {
    cutEverywhere(
      image(2),
      outcome,
      (token) => verifyPin(token, PIN),
      (token) => {
        expect([8, 6, 5]).toContain(readPinStatus(token).triesLeft);
        verifyPin(token, PIN);
        token.press('ok');
        expect(token.code).toBe('755224');
      },
    );
  });

  it.each([
    ['changing the PIN', (token: Token) => changePin(token, PIN, OTHER), [PIN, OTHER]],
    ['removing the PIN', (token: Token) => setPinPolicy(token, 'off', PIN), [PIN, null]],
    ['unblocking it', (token: Token) => unblockPin(token, PUK, OTHER), [PIN, OTHER]],
  ] as const)('leaves one of two PINs when it interrupts %s', (_, action, pins) => {
    cutEverywhere(image(1), outcome, action, (token) => {
      const opened = pins.filter((pin) => isOpenedBy(token, pin));
      expect(opened).toHaveLength(1);
      if (opened[0]) verifyPin(token, opened[0]);
      token.press('ok');
      expect(token.code).toBe('755224');
      expect(readInfo(token).credentials).toHaveLength(1);
    });
  });

  it('leaves no account, or a PUK with its last try or none, when it interrupts the destruction of keys', () => {
    const { token, flash, clock } = powerOn(image(0));
    for (let wrong = 0; wrong < 9; wrong++) {
      clock.advance(100_000);
      expect(() => unblockPin(token, digits('99887766'), OTHER)).toThrow('wrong');
    }
    cutEverywhere(
      flash.image,
      outcome,
      (last) => unblockPin(last, digits('99887766'), OTHER),
      (last, cut) => {
        const { pukTriesLeft, policy } = readPinStatus(last);
        expect(last.code).toBeNull();
        if (policy === 'off') {
          expect(readInfo(last).credentials).toEqual([]);
        } else {
          // Not begun yet, and the last try of the PUK may be gone all the same.
          expect(cut).not.toBeNull();
          expect([0, 1]).toContain(pukTriesLeft);
        }
      },
    );
  });
});

/** Whether a PIN, or none, opens the token. */
function isOpenedBy(token: Token, pin: Uint8Array | null): boolean {
  if (pin === null) return readPinStatus(token).policy === 'off';
  try {
    verifyPin(token, pin);
    return true;
  } catch {
    return false;
  }
}
