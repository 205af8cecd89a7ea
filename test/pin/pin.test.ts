/** The PIN over commands: assembly/apdu/PROTOCOL.md, "PIN". */
import { describe, expect, it } from 'vitest';
import {
  changePin,
  eraseToken,
  putCredential,
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
import { hex, RFC_KEY, testToken, toHex } from '../fixtures.ts';

const digits = (text: string) => new TextEncoder().encode(text);
const PIN = digits('271828');
const OTHER = digits('314159');
const PUK = digits('16180339');
/** Some for each rule, and the first and the last of the list. */
const COMMON = ['111111', '123456', '987654', '890123', '121212', '123123', '00000000'].concat([
  '112233',
  '142536',
]);
const HOTP = { name: 'counter', type: 'hotp', key: RFC_KEY } as const;

/** A token with an HOTP account, a PIN and a PUK, switched on again and selected. */
function withPin() {
  const parts = testToken([HOTP]);
  setPuk(parts.token, PUK);
  setPin(parts.token, PIN);
  return { ...parts, token: powerOn(parts) };
}

function powerOn(parts: ReturnType<typeof testToken>): Token {
  const token = new Token(parts.board);
  expect(token.fault).toBeNull();
  selectManagement(token);
  return token;
}

/** The status word of a command in hex. */
function status(token: Token, command: string): string {
  return toHex(token.exchange(hex(command))).slice(-4);
}

describe('a token without a PIN', () => {
  it('refuses VERIFY, since a PIN that is not set is not a PIN that was given', () => {
    const { token } = testToken([HOTP]);
    expect(() => verifyPin(token, PIN)).toThrow(/6985/);
    expect(status(token, '00200080')).toBe('6985');
    expect(readPinStatus(token)).toEqual({
      policy: 'off',
      triesLeft: 8,
      hasPuk: false,
      pukTriesLeft: 10,
    });
  });
});

describe('a token with a PIN', () => {
  it('shows no code and takes no account until the PIN was given', () => {
    const { token } = withPin();
    expect(token.text).toBe('counter\nPIN NEEDED\nOK: enter it\n1/2');
    expect(() => putCredential(token, { name: 'new', key: RFC_KEY })).toThrow(/6982/);
    verifyPin(token, PIN);
    putCredential(token, { name: 'new', key: RFC_KEY });
    token.press('ok');
    expect(token.code).toBe('755224');
  });

  it('is asked for each code, unless its owner says once', () => {
    const { token } = withPin();
    expect(readPinStatus(token).policy).toBe('each-code');
    setPinPolicy(token, 'once', PIN);
    changePin(token, PIN, OTHER);
    unblockPin(token, PUK, PIN);
    expect(readPinStatus(token).policy).toBe('once');
    verifyPin(token, PIN);
    for (const code of ['755224', '287082', '359152']) {
      token.press('ok');
      expect(token.code).toBe(code);
    }
  });

  it('takes a PIN that a command gave for half a minute, however long it has been on', () => {
    const { token, clock } = withPin();
    clock.advance(3600);
    verifyPin(token, PIN);
    clock.advance(29);
    token.tick();
    expect(status(token, '00200080')).toBe('9000');
    clock.advance(1);
    token.tick();
    expect(status(token, '00200080')).toBe('63c8');
  });

  it('says how many tries are left, and counts them over power-off', () => {
    const parts = withPin();
    expect(status(parts.token, '00200080')).toBe('63c8');
    expect(() => verifyPin(parts.token, OTHER)).toThrow('wrong, 7 tries left');
    parts.token = powerOn(parts);
    expect(() => verifyPin(parts.token, OTHER)).toThrow('wrong, 6 tries left');
    verifyPin(parts.token, PIN);
    expect(status(parts.token, '00200080')).toBe('9000');
    expect(readPinStatus(parts.token).triesLeft).toBe(8);
  });

  it('is locked again by SELECT, by log-out and by power-off', () => {
    const parts = withPin();
    for (const lock of [
      () => selectManagement(parts.token),
      () => expect(status(parts.token, '0020ff80')).toBe('9000'),
      () => {
        parts.token = powerOn(parts);
      },
    ]) {
      verifyPin(parts.token, PIN);
      expect(status(parts.token, '00200080')).toBe('9000');
      lock();
      expect(status(parts.token, '00200080')).toBe('63c8');
    }
  });

  it('makes one wait from the fourth wrong PIN on, also after power-off', () => {
    const parts = withPin();
    for (let wrong = 0; wrong < 4; wrong++)
      expect(() => verifyPin(parts.token, OTHER)).toThrow(/wrong/);
    expect(() => verifyPin(parts.token, PIN)).toThrow(/6985/);
    parts.token = powerOn(parts);
    parts.clock.advance(14);
    expect(() => verifyPin(parts.token, PIN)).toThrow(/6985/);
  });

  it('is blocked by the eighth wrong PIN, and unblocked by the PUK', () => {
    const parts = withPin();
    for (let wrong = 0; wrong < 8; wrong++) {
      parts.clock.advance(1000);
      expect(() => verifyPin(parts.token, OTHER)).toThrow(`${7 - wrong} `);
    }
    parts.clock.advance(100_000);
    expect(() => verifyPin(parts.token, PIN)).toThrow(/6983/);
    parts.token = powerOn(parts);
    expect(() => verifyPin(parts.token, PIN)).toThrow(/6983/);
    unblockPin(parts.token, PUK, OTHER);
    verifyPin(parts.token, OTHER);
    parts.token.press('ok');
    expect(parts.token.code).toBe('755224');
  });

  it('changes its PIN without changing a key or a counter', () => {
    const parts = withPin();
    verifyPin(parts.token, PIN);
    parts.token.press('ok');
    changePin(parts.token, PIN, OTHER);
    expect(() => verifyPin(parts.token, PIN)).toThrow('wrong');
    verifyPin(parts.token, OTHER);
    parts.token.press('ok');
    expect(parts.token.code).toBe('287082');
    setPinPolicy(parts.token, 'off', OTHER);
    expect(readInfo(parts.token).credentials[0]!.counter).toBe(2n);
    parts.token.press('ok');
    expect(parts.token.code).toBe('359152');
  });

  it('destroys every key with the tenth wrong PUK', () => {
    const parts = withPin();
    for (let wrong = 0; wrong < 10; wrong++) {
      parts.clock.advance(100_000);
      expect(() => unblockPin(parts.token, digits('99887766'), OTHER)).toThrow(
        `wrong, ${9 - wrong} `,
      );
    }
    expect(readInfo(parts.token).credentials).toEqual([]);
    expect(readPinStatus(parts.token).policy).toBe('off');
    expect(powerOn(parts).text).toContain('no accounts');
  });

  it('can be erased by who has forgotten everything, and used anew', () => {
    const parts = withPin();
    expect(status(parts.token, '80050000')).toBe('6a86');
    expect(readInfo(parts.token).credentials).toHaveLength(1);
    eraseToken(parts.token);
    expect(readInfo(parts.token)).toMatchObject({ serialNumber: 'LMP-000417', credentials: [] });
    expect(readPinStatus(parts.token)).toMatchObject({ policy: 'off', hasPuk: false });
    putCredential(parts.token, HOTP);
    parts.token.press('ok');
    expect(parts.token.code).toBe('755224');
  });

  it('refuses PINs that everybody tries first, and lengths and letters that no PIN has', () => {
    const { token } = testToken([HOTP]);
    for (const bad of COMMON) {
      expect(() => setPin(token, digits(bad)), bad).toThrow(/6a80/);
    }
    for (const bad of ['', '12345', '12a456', '12345 ', '27182818284590452']) {
      expect(() => setPin(token, digits(bad)), bad).toThrow(/6a80/);
    }
    setPin(token, digits('2718281828459045'));
  });

  it('keeps nothing on flash that the old PIN opens', () => {
    const parts = withPin();
    const before = toHex(parts.flash.image);
    // Policy and iterations of the record that was written last; the PUK's own record stays.
    const record = before.lastIndexOf('02000000e8030000');
    const sealed = before.slice(record + 48, record + 144);
    changePin(parts.token, PIN, OTHER);
    expect(sealed).toHaveLength(96);
    expect(toHex(parts.flash.image).includes(sealed.slice(0, 16))).toBe(false);
  });
});

describe('the PIN on the device', () => {
  /** Turns the wheel to each digit and takes it, then turns to "done". */
  function enter(token: Token, pin: string) {
    for (const digit of pin) {
      for (let turn = 0; turn < Number(digit); turn++) token.press('up');
      token.press('ok');
    }
    token.press('down');
    token.press('ok');
  }

  it('is asked for by OK, entered with the wheel, and never shown', () => {
    const { token } = withPin();
    token.press('ok');
    expect(token.text).toContain('PIN 0');
    token.press('up');
    token.press('up');
    expect(token.text).toContain('PIN 2');
    token.press('ok');
    expect(token.text).toContain('PIN *0');
    token.press('left');
    expect(token.text).toContain('PIN 0');
    enter(token, '271828');
    token.press('ok');
    expect(token.code).toBe('755224');
  });

  it('says how many tries are left', () => {
    const { token } = withPin();
    token.press('ok');
    enter(token, '314159');
    expect(token.text).toContain('WRONG PIN\n7 tries left');
    expect(token.code).toBeNull();
  });

  it('is good for one code when it is asked for each', () => {
    const parts = withPin();
    const { token } = parts;
    token.press('ok');
    enter(token, '271828');
    token.press('ok');
    expect(token.code).toBe('755224');
    expect(status(token, '00200080')).toBe('63c8');
    token.press('ok');
    expect(token.code).toBeNull();
    expect(token.text).toContain('PIN 0');
    enter(token, '271828');
    expect(token.code).toBeNull();
    token.press('ok');
    expect(token.code).toBe('287082');
  });

  it('is asked for each code when the policy says so', () => {
    const parts = withPin();
    const { token } = parts;
    token.press('ok');
    enter(token, '271828');
    token.press('ok');
    expect(token.code).toBe('755224');
    parts.clock.advance(30);
    token.tick();
    expect(token.text).toContain('PIN NEEDED');
    expect(token.code).toBeNull();
    token.press('ok');
    enter(token, '271828');
    token.press('ok');
    expect(token.code).toBe('287082');
    token.press('down');
    token.press('up');
    expect(token.text).toContain('PIN NEEDED');
  });
});
