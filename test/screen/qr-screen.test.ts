/** Login QR codes and live ones, as a token shows them. */
import { describe, expect, it } from 'vitest';
import {
  deleteCredential,
  type Key,
  putCredential,
  putLogin,
  readInfo,
  selectManagement,
  setPin,
  setPinPolicy,
  Token,
  totp,
  verifyPin,
} from '../../host/index.ts';
import { NOON, RFC_KEY, testBoard, testToken } from '../fixtures.ts';
import { readWithZbar } from '../qr/decoders.ts';
import { photograph } from './photograph.ts';

const LOGIN = 'ms-qrpin:v1|noor@contoso.example|6f1c|0123456789abcdef';
const LIVE = 'https://login.example/?s={serial}&c={code}&t={step}';
const PIN = '271828';
const bytes = (text: string) => new TextEncoder().encode(text);

/** A token with a live QR code and a login QR code, in this order. */
function two(live = LIVE) {
  const parts = testToken([{ name: 'Contoso:noor', key: RFC_KEY, liveQr: live }]);
  const { token } = parts;
  putLogin(token, { name: 'badge', text: bytes(LOGIN) });
  const press = (...keys: Key[]) => {
    for (const key of keys) token.press(key);
    return token.text.split('\n');
  };
  return { ...parts, press };
}

/** What the live code above says at a moment. */
function liveText(timeSeconds: number): string {
  const code = totp(RFC_KEY, { time: timeSeconds });
  return `https://login.example/?s=LMP-000417&c=${code}&t=${Math.floor(timeSeconds / 30)}`;
}

const shown = (token: Token) => readWithZbar([photograph(token.frame)])[0];

describe('a login QR code', () => {
  it('is shown as it was written, in pixels and in words', () => {
    const { token, press } = two();
    expect(press('down').slice(0, 2)).toEqual(['badge', 'QR code']);
    expect(token.qrText).toBe(LOGIN);
    expect(shown(token)).toBe(LOGIN);
    expect(token.code).toBeNull();
  });

  it('says what it is on its other side, and not what it says', () => {
    const { token, press } = two();
    expect(press('down', 'right')).toEqual(['badge', `QR code ${LOGIN.length} bytes`]);
    expect(token.qrText).toBeNull();
    expect(press('left')[1]).toBe('QR code');
  });

  it('stays as it is when OK is pressed, or left', () => {
    const { token, press } = two();
    press('down', 'ok', 'left');
    expect(token.qrText).toBe(LOGIN);
  });

  it('is as long as its record, and not a byte longer', () => {
    const { token } = testToken([]);
    putLogin(token, { name: '123456789', text: bytes('x'.repeat(203)) });
    expect(token.qrText).toBe('x'.repeat(203));
    expect(shown(token)).toBe('x'.repeat(203));
    const refused = (name: string, length: number) => () =>
      putLogin(token, { name, text: bytes('x'.repeat(length)) });
    expect(refused('1234567890', 203)).toThrow(/6a80/);
    expect(refused('1', 212)).toThrow(/6a80/);
    expect(refused('empty', 0)).toThrow(/6a80/);
    expect(refused('too long for a TLV', 256)).toThrow(RangeError);
  });

  it('is drawn anew only when something has happened', () => {
    const { board, token, press, clock } = two();
    press('down');
    let drawn = 0;
    board.present = () => void drawn++;
    for (let second = 0; second < 600; second++) {
      clock.advance(1);
      token.tick();
    }
    expect(drawn).toBe(0);
    press('left');
    expect(drawn).toBe(1);
  });

  it('comes back after power-on, and is gone when it was deleted', () => {
    const { flash, board } = two();
    const again = new Token(board);
    again.press('down');
    expect(again.qrText).toBe(LOGIN);
    selectManagement(again);
    expect(readInfo(again).credentials[1]).toEqual({
      slot: 1,
      name: 'badge',
      type: 'login',
      hash: null,
      digits: null,
      periodSeconds: null,
      counter: null,
      qrBytes: LOGIN.length,
      touch: false,
      onlyIncreasing: false,
    });
    expect(Buffer.from(flash.image).includes('ms-qrpin')).toBe(false);
    deleteCredential(again, 1);
    expect(again.qrText).toBeNull();
    expect(new Token(board).text).toMatch(/1\/2$/);
  });

  it('is shown by no other board', () => {
    const { flash } = two();
    const { board } = testBoard(flash.image);
    board.deviceKey = (target) => void target.fill(7);
    const token = new Token(board);
    token.press('down');
    expect(token.text).toBe('badge\nKEY DOES NOT OPEN\nno code is given\n2/3');
  });
});

describe('a live QR code', () => {
  it('is left of its code, which says so', () => {
    const { token, press } = two();
    expect(token.text.split('\n')[2]).toBe('30 s < QR');
    expect(press('left').slice(0, 2)).toEqual(['Contoso:noor', 'QR code']);
    expect(token.qrText).toBe(liveText(NOON));
    expect(shown(token)).toBe(liveText(NOON));
    expect(press('left')[1]).toBe('QR code');
    expect(press('right')[2]).toBe('30 s < QR');
    expect(press('right')).toEqual([
      'Contoso:noor',
      'TOTP SHA-1',
      '6 digits',
      '30 s',
      `QR code ${LIVE.length - '{serial}{code}{step}'.length + 3} bytes`,
    ]);
  });

  it('changes with each time step, and is not drawn in between', () => {
    const { board, token, press, clock } = two();
    press('left');
    let drawn = 0;
    board.present = () => void drawn++;
    for (let second = 1; second <= 90; second++) {
      clock.advance(1);
      token.tick();
      expect(token.qrText).toBe(liveText(NOON + second));
    }
    expect(drawn).toBe(3);
    expect(shown(token)).toBe(liveText(NOON + 90));
  });

  it('is given for no minute before one that had a code', () => {
    const { token, press, clock } = two();
    press('left');
    clock.write(NOON - 60);
    token.tick();
    expect(token.text).toContain('CLOCK WENT BACK');
    expect(token.qrText).toBeNull();
  });

  it('marks every minute it is shown in, however long its step is', () => {
    const { token, clock } = testToken([
      { name: 'slow', key: RFC_KEY, periodSeconds: 3600, liveQr: '{code}' },
    ]);
    token.press('left');
    for (let second = 0; second < 125; second++) {
      clock.advance(1);
      token.tick();
    }
    clock.write(NOON + 60);
    token.tick();
    expect(token.text).toContain('CLOCK WENT BACK');
  });

  it('says so in words when it does not fit the display', () => {
    const { token, press } = two(`{code}${'a{serial}'.repeat(27)}`);
    expect(press('left')).toEqual(['Contoso:noor', 'QR TEXT TOO LONG', 'for this display', '1/3']);
    expect(token.qrText).toBeNull();
    // As much as the screen has room for, which would be digits enough for a smaller code.
    const cut = two(`{code}${'9'.repeat(140)}${'{step}'.repeat(30)}`);
    expect(cut.press('left')[1]).toBe('QR TEXT TOO LONG');
  });

  it('keeps everything in braces that is nothing else', () => {
    const { token, press } = two('{"code":"{code}","{x}":{}}');
    press('left');
    expect(token.qrText).toBe(`{"code":"${totp(RFC_KEY, { time: NOON })}","{x}":{}}`);
  });

  it('is refused without a code, for a counter, and beyond its room', () => {
    const { token } = testToken([]);
    const put = (change: object) => () =>
      putCredential(token, { name: 'refused', key: RFC_KEY, ...change });
    expect(put({ liveQr: '{serial}' })).toThrow(/expected \{code\}/);
    expect(put({ liveQr: '{code}\u0001' })).toThrow(/control character/);
    expect(put({ liveQr: '{code}', type: 'hotp' })).toThrow(/6a80/);
    expect(put({ liveQr: `{code}${'x'.repeat(212 - 7 - 20)}` })).toThrow(/6a80/);
    expect(put({ liveQr: `{code}${'x'.repeat(212 - 7 - 20 - 1)}` })).not.toThrow();
  });
});

describe('with a PIN', () => {
  const enter = (press: (...keys: Key[]) => string[]) => {
    for (const digit of PIN) press(...Array<Key>(Number(digit)).fill('up'), 'ok');
    return press('down', 'ok');
  };

  it('neither is shown before the PIN', () => {
    const { token, press } = two();
    setPin(token, bytes(PIN));
    setPinPolicy(token, 'once', bytes(PIN));
    expect(press('left')[1]).toBe('PIN NEEDED');
    expect(press('down')[1]).toBe('PIN NEEDED');
    press('ok');
    enter(press);
    expect(token.qrText).toBe(LOGIN);
    expect(press('up', 'left')[1]).toBe('QR code');
  });

  it('asks on the side of the live QR code, and shows it there', () => {
    const { token, press } = two();
    setPin(token, bytes(PIN));
    press('left', 'ok');
    enter(press);
    expect(token.qrText).toBe(liveText(NOON));
  });

  it('shows it for half a minute when the PIN is asked for each code', () => {
    const { token, press, clock } = two();
    setPin(token, bytes(PIN));
    press('down', 'ok');
    enter(press);
    clock.advance(29);
    token.tick();
    expect(token.qrText).toBe(LOGIN);
    clock.advance(1);
    token.tick();
    expect(token.text).toContain('PIN NEEDED');
  });

  it('hides it when a host locks the token', () => {
    const { token, press } = two();
    setPin(token, bytes(PIN));
    setPinPolicy(token, 'once', bytes(PIN));
    verifyPin(token, bytes(PIN));
    press('down');
    expect(token.qrText).toBe(LOGIN);
    token.send(Uint8Array.of(0x00, 0x20, 0xff, 0x80));
    expect(token.qrText).toBeNull();
  });
});
