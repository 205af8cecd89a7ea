/** The rules of the clock: assembly/clock.ts, docs/threat-model.md. */
import { describe, expect, it } from 'vitest';
import {
  selectManagement,
  setClock,
  setPin,
  setPinPolicy,
  Token,
  totp,
  verifyPin,
} from '../../host/index.ts';
import { FlashContractError } from '../../sim/board/index.ts';
import { NOON, RFC_KEY, testToken } from '../fixtures.ts';

const MINUTE = 60;
const DAY = 86_400;
const PIN = new TextEncoder().encode('271828');

const codeAt = (timeSeconds: number) => totp(RFC_KEY, { time: timeSeconds });

/** A token with one time-based account that was switched on at NOON and has shown its code. */
function shown() {
  const parts = testToken();
  const powerOn = () => {
    const token = new Token(parts.board);
    expect(token.fault).toBeNull();
    selectManagement(token);
    return token;
  };
  return { ...parts, powerOn };
}

/** The same, with a PIN that is asked for once per power-on; off and on again. */
function withPin() {
  const parts = shown();
  setPin(parts.token, PIN);
  return { ...parts, token: parts.powerOn() };
}

const secondLine = (token: Token) => token.text.split('\n')[1];
const lastLine = (token: Token) => token.text.split('\n').at(-1);

describe('a clock that went back', () => {
  it('shows no code for a minute before the last one that had a code', () => {
    const { clock, powerOn } = shown();
    clock.write(NOON - MINUTE);
    expect(powerOn().text).toBe('a:b\nCLOCK WENT BACK\nPIN needed to set it\n1/2');
    expect(powerOn().code).toBeNull();
  });

  it('shows codes again from the very minute on', () => {
    const { clock, powerOn } = shown();
    clock.write(NOON - MINUTE);
    const token = powerOn();
    clock.advance(MINUTE - 1);
    token.tick();
    expect(secondLine(token)).toBe('CLOCK WENT BACK');
    clock.advance(1);
    token.tick();
    expect(token.code).toBe(codeAt(NOON));
  });

  it('does not hold an HOTP account back', () => {
    const { clock, token } = testToken([
      { name: 'time', key: RFC_KEY },
      { name: 'counter', key: RFC_KEY, type: 'hotp' },
    ]);
    clock.write(NOON - DAY);
    token.press('down');
    token.press('ok');
    expect(token.code).toBe('755224');
  });
});

describe('set forward, harvest, set back', () => {
  it('gives codes of next week, and then none until next week', () => {
    const { clock, powerOn } = shown();
    clock.lose();
    const thiefs = powerOn();
    setClock(thiefs, NOON + 7 * DAY);
    expect(thiefs.code).toBe(codeAt(NOON + 7 * DAY));
    clock.lose();
    const owners = powerOn();
    setClock(owners, NOON + MINUTE);
    expect(secondLine(owners)).toBe('CLOCK WENT BACK');
    clock.advance(7 * DAY - 2 * MINUTE);
    owners.tick();
    expect(owners.code).toBeNull();
    clock.advance(MINUTE);
    owners.tick();
    expect(owners.code).toBe(codeAt(NOON + 7 * DAY));
  });

  it('is on record before a code is seen, whatever the moment of a power cut', () => {
    const { clock, flash, powerOn } = shown();
    clock.advance(MINUTE);
    flash.cutPower({ operation: 0 });
    expect(powerOn).toThrow(/power was cut/);
    const operations = flash.operations;
    expect(powerOn().code).toBe(codeAt(NOON + MINUTE));
    expect(flash.operations).toBeGreaterThan(operations);
  });

  it('shows no code when its minute cannot be put on record', () => {
    const { clock, board, powerOn } = shown();
    clock.advance(MINUTE);
    board.flashWrite = () => {
      throw new FlashContractError('worn out');
    };
    expect(powerOn).toThrow(FlashContractError);
    board.flashWrite = () => {};
    expect(powerOn().text).toBe('a:b\nWRITE FAILED\nno code is given\n1/2');
  });

  it('costs one record a minute, and nothing within it', () => {
    const { clock, flash, token } = shown();
    const before = flash.operations;
    for (let second = 1; second < MINUTE; second++) {
      clock.advance(1);
      token.tick();
    }
    expect(flash.operations).toBe(before);
    clock.advance(1);
    token.tick();
    expect(flash.operations).toBe(before + 6);
  });
});

describe('a clock that has lost its time', () => {
  it('is set by anyone on a token without a PIN', () => {
    const { clock, powerOn } = shown();
    clock.lose();
    const token = powerOn();
    expect(secondLine(token)).toBe('CLOCK NOT SET');
    setClock(token, NOON + DAY);
    expect(token.code).toBe(codeAt(NOON + DAY));
  });

  it('is set with the PIN only on a token that has one', () => {
    const { clock, powerOn } = withPin();
    clock.lose();
    const token = powerOn();
    expect(() => setClock(token, NOON + DAY)).toThrow(/6982/);
    expect(clock.read()).toBeNull();
    verifyPin(token, PIN);
    setClock(token, NOON + DAY);
    expect(clock.read()).toBe(NOON + DAY);
  });
});

describe('the owner, with the PIN', () => {
  it('sets a running clock to any time; nobody does without', () => {
    const { clock, token } = withPin();
    expect(() => setClock(token, NOON + DAY)).toThrow(/6982/);
    verifyPin(token, PIN);
    setClock(token, NOON + DAY);
    expect(clock.read()).toBe(NOON + DAY);
    setClock(token, NOON + 2 * DAY);
    expect(clock.read()).toBe(NOON + 2 * DAY);
  });

  it('brings back a time that had codes, and the token says so until it is set again', () => {
    const { clock, token, powerOn } = withPin();
    verifyPin(token, PIN);
    setClock(token, NOON - DAY);
    expect(token.code).toBe(codeAt(NOON - DAY));
    expect(lastLine(pageOf(powerOn()))).toBe('SET BACK 2026-11-20');
    clock.advance(6 * 3600);
    setClock(powerOn(), NOON - DAY + 6 * 3600 + 1);
    expect(lastLine(pageOf(powerOn()))).toBe('SET BACK 2026-11-20');
    const again = powerOn();
    verifyPin(again, PIN);
    setClock(again, NOON + DAY);
    expect(lastLine(pageOf(powerOn()))).toBe('clock set 2026-11-22');
  });

  it('has no such right once the PIN is removed', () => {
    const { token, clock } = withPin();
    setPinPolicy(token, 'off', PIN);
    expect(() => setClock(token, NOON + DAY)).toThrow(/6982/);
    expect(clock.read()).toBe(NOON);
  });
});

/** The page about the token, one key up from the first account. */
function pageOf(token: Token): Token {
  token.press('up');
  return token;
}
