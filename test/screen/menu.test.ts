/** What the display says, key by key and second by second. */
import { describe, expect, it } from 'vitest';
import {
  deleteCredential,
  type Key,
  putCredential,
  selectManagement,
  setClock,
  Token,
} from '../../host/index.ts';
import { NOON, RFC_KEY, testBoard, testToken } from '../fixtures.ts';

const THREE = [
  { name: 'Contoso:noor', key: RFC_KEY },
  { name: 'counter', type: 'hotp', key: RFC_KEY },
  { name: 'long', key: new Uint8Array(64).fill(1), hash: 'SHA512', digits: 8, periodSeconds: 60 },
] as const;

function three() {
  const parts = testToken(THREE);
  const press = (...keys: Key[]) => {
    for (const key of keys) parts.token.press(key);
    return parts.token.text.split('\n');
  };
  return { ...parts, press };
}

describe('a token out of its box', () => {
  it('says what it is, and that it needs to be personalised', () => {
    const { board } = testBoard(undefined, null);
    expect(new Token(board).text).toBe(
      'oathfob 0.1.0\nnot personalised\nno accounts\nCLOCK NOT SET',
    );
  });

  it('shows a serial number of full length', () => {
    expect(testToken([]).token.text.split('\n')[1]).toBe('S/N LMP-000417');
  });
});

describe('walking through the accounts', () => {
  it('goes down and around, and up and around', () => {
    const { press } = three();
    const stops = ['Contoso:noor', 'counter', 'long', 'oathfob 0.1.0'];
    for (let step = 1; step <= 8; step++) expect(press('down')[0]).toBe(stops[step % 4]);
    for (let step = 7; step >= 0; step--) expect(press('up')[0]).toBe(stops[step % 4]);
  });

  it('says where it stands', () => {
    const { press, token } = three();
    expect(token.text).toMatch(/1\/4$/);
    expect(press('down').at(-1)).toBe('2/4');
  });

  it('shows what an account is made of, and goes back', () => {
    const { press } = three();
    expect(press('right')).toEqual(['Contoso:noor', 'TOTP SHA-1', '6 digits', '30 s']);
    expect(press('left')[2]).toBe('30 s');
    expect(press('down', 'right')).toEqual(['counter', 'HOTP SHA-1', '6 digits', 'next 0']);
    expect(press('down', 'right')).toEqual(['long', 'TOTP SHA-512', '8 digits', '60 s']);
  });

  it('refuses keys that there are none of', () => {
    expect(() => three().token.press('enter' as Key)).toThrow(RangeError);
  });

  it('goes to what takes its place when the account on show is deleted', () => {
    const { token, press } = three();
    press('down', 'down');
    selectManagement(token);
    deleteCredential(token, 2);
    expect(token.text).toContain('oathfob');
    expect(press('down')[0]).toBe('Contoso:noor');
  });
});

describe('accounts that go by command', () => {
  it('leave the page about the token, from which the keys go on', () => {
    const { token, press } = three();
    press('down', 'down');
    selectManagement(token);
    for (const slot of [0, 1, 2]) deleteCredential(token, slot);
    expect(press('down')[0]).toBe('oathfob 0.1.0');
    expect(press('down')[0]).toBe('oathfob 0.1.0');
    putCredential(token, { name: 'new', key: RFC_KEY });
    expect(press('down')[0]).toBe('oathfob 0.1.0');
    expect(press('down')[0]).toBe('new');
  });

  it('leave no place from which a key leads nowhere', () => {
    const { token, press } = three();
    press('up');
    selectManagement(token);
    deleteCredential(token, 1);
    expect(press('down')[0]).toBe('Contoso:noor');
    expect(press('down')[0]).toBe('long');
  });
});

describe('a time-based code', () => {
  it('changes with the step and counts the seconds down', () => {
    const { token, clock } = three();
    expect(token.text).toMatch(/^Contoso:noor\n\d{3} \d{3}\n30 s\n1\/4$/);
    const first = token.code;
    clock.advance(29);
    token.tick();
    expect(token.text).toContain('\n1 s\n');
    expect(token.code).toBe(first);
    clock.advance(1);
    token.tick();
    expect(token.text).toContain('\n30 s\n');
    expect(token.code).not.toBe(first);
  });

  it('draws a bar that shrinks', () => {
    const { token, clock } = three();
    const lit = () => token.frame.subarray(49 * 16, 50 * 16).reduce((sum, byte) => sum + byte, 0);
    const full = lit();
    clock.advance(15);
    token.tick();
    expect(lit()).toBeLessThan(full);
  });

  it('tells the board about a new frame once a second, not more often', () => {
    const { token, clock, board } = three();
    let frames = 0;
    board.present = () => {
      frames++;
    };
    for (let call = 0; call < 10; call++) token.tick();
    expect(frames).toBe(0);
    clock.advance(1);
    for (let call = 0; call < 10; call++) token.tick();
    expect(frames).toBe(1);
  });

  it('goes when the clock has lost its time, and comes back when it is set again', () => {
    const { token, clock, board } = three();
    const code = token.code;
    clock.lose();
    clock.advance(1);
    token.tick();
    expect(token.text).toBe('Contoso:noor\nCLOCK NOT SET\nconnect to set it\n1/4');
    expect(new Token(board).code).toBeNull();
    selectManagement(token);
    setClock(token, NOON);
    expect(token.code).toBe(code);
  });

  it('is never taken from the name of an account', () => {
    const { token } = testToken([{ name: '123 456', type: 'hotp', key: RFC_KEY }]);
    expect(token.text).toMatch(/^123 456\n\n/);
    expect(token.code).toBeNull();
    token.press('ok');
    expect(token.code).toBe('755224');
  });

  it.each([
    [59, '94287082'],
    [1111111109, '07081804'],
    [20000000000, '65353130'],
  ])('is the one of RFC 6238 at %i s', (time, code) => {
    expect(testToken([{ name: 'rfc', key: RFC_KEY, digits: 8 }], time).token.code).toBe(code);
  });
});

describe('a counter-based code', () => {
  it('comes with OK, each press the next one of RFC 4226', () => {
    const { press, token } = three();
    expect(press('down')).toEqual(['counter', '', 'OK: next code', '2/4']);
    const codes = ['755224', '287082', '359152', '969429', '338314', '254676', '287922', '162583'];
    for (const code of codes) {
      press('ok');
      expect(token.code).toBe(code);
    }
  });

  it('goes after half a minute, and when the account is left', () => {
    const { press, token, clock } = three();
    press('down', 'ok');
    clock.advance(29);
    token.tick();
    expect(token.code).toBe('755224');
    clock.advance(1);
    token.tick();
    expect(token.code).toBeNull();
    press('ok', 'down', 'up');
    expect(token.code).toBeNull();
  });

  it('goes with its account, also when another one takes the slot', () => {
    const { press, token } = three();
    press('down', 'ok');
    selectManagement(token);
    deleteCredential(token, 1);
    putCredential(token, { name: 'other', type: 'hotp', key: RFC_KEY });
    expect(press('up', 'down')).toEqual(['other', '', 'OK: next code', '2/4']);

    press('ok');
    deleteCredential(token, 1);
    putCredential(token, { name: 'third', type: 'hotp', key: RFC_KEY });
    expect(token.text.split('\n').slice(0, 2)).toEqual(['third', '']);
  });

  it('goes on behind 2^32 and stops at the end of its range', () => {
    const start = { name: 'far', type: 'hotp', key: RFC_KEY, digits: 8 } as const;
    const { token } = testToken([{ ...start, counter: 2n ** 32n - 1n }]);
    token.press('ok');
    expect(token.code).toBe('57117190');
    token.press('ok');
    expect(token.code).toBe('55999456');

    const last = testToken([{ ...start, counter: 2n ** 64n - 2n }]).token;
    last.press('ok');
    expect(last.code).toMatch(/^\d{8}$/);
    last.press('ok');
    expect(last.code).toBeNull();
    expect(last.text).toContain('COUNTER USED UP');
    last.press('right');
    expect(last.text).toContain('next 18446744073709551615');
  });
});

describe('the date of the last setting', () => {
  it.each([
    [1, '1970-01-01'],
    [951782400, '2000-02-29'],
    [951868800, '2000-03-01'],
    [4107542399, '2100-02-28'],
    [4107542400, '2100-03-01'],
    [NOON, '2026-11-21'],
    [253402300799, '9999-12-31'],
  ])('%i s is %s', (time, date) => {
    const { board } = testBoard(undefined, null);
    const token = new Token(board);
    selectManagement(token);
    setClock(token, time);
    expect(token.text).toContain(`clock set ${date}`);
  });
});
