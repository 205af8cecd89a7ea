/** Credentials over the OATH applet: assembly/apdu/PROTOCOL.md, "OATH applet". */
import { describe, expect, it } from 'vitest';
import { PowerCut } from '../../sim/board/index.ts';
import { NOON, toHex } from '../fixtures.ts';
import {
  calculate,
  card,
  command,
  nameOf,
  oathCard,
  put,
  refusalOf,
  SECRET,
  SELECT_MANAGEMENT,
  SELECT_OATH,
  STEP,
  text,
  tlv,
  truncated,
} from './card.ts';

const LIST = '00a10000';

describe('SELECT', () => {
  it('tells version and salt, and no challenge while there is no access code', () => {
    expect(card().talk(SELECT_OATH)).toMatch(/^79030504037108[0-9a-f]{16}9000$/);
  });

  it('draws the salt once, and keeps it until RESET', () => {
    const reader = card();
    const salt = reader.do(SELECT_OATH);
    const { operations } = reader.flash;
    reader.powerCycle();
    expect(reader.do(SELECT_OATH)).toBe(salt);
    expect(reader.flash.operations).toBe(operations);
    reader.do('0004dead');
    expect(reader.do(SELECT_OATH)).not.toBe(salt);
  });

  it('takes an identifier that goes on', () => {
    expect(card().talk('00a40400 08 a000000527210101')).toMatch(/^7903.*9000$/);
  });
});

describe('PUT and LIST', () => {
  it('lists type, algorithm and name in the order of slots', () => {
    const reader = oathCard(null, put('a:one', 0x11), put('b:two', 0x22), put('c', 0x23));
    const entries = [`7206 11${text('a:one')}`, `7206 22${text('b:two')}`, `7202 23${text('c')}`];
    expect(reader.talk(LIST)).toBe(`${entries.join('').replaceAll(' ', '')}9000`);
  });

  it('shows the account on the display', () => {
    const { token } = oathCard(NOON, put('issuer:me'));
    expect(token.text).toMatch(/^issuer:me\n\d{4} \d{4}\n/);
  });

  it('starts a counter where 7A says, and at 0 without', () => {
    const reader = oathCard(null, put('a', 0x11, tlv(0x7a, 'fffffffe')), put('b', 0x11));
    expect(reader.talk(calculate('a', null))).toBe(truncated(2n ** 32n - 2n));
    expect(reader.talk(calculate('a', null))).toBe(truncated(2n ** 32n - 1n));
    expect(reader.talk(calculate('a', null))).toBe(truncated(2n ** 32n));
    expect(reader.talk(calculate('b', null))).toBe(truncated(0n));
  });

  it('puts an account in the place of the one with its name, key and counter and all', () => {
    const reader = oathCard(null, put('a', 0x11), put('b'));
    reader.do(calculate('a', null), put('a', 0x11, tlv(0x7a, '00000009')));
    expect(reader.talk(LIST)).toBe(`720211${text('a')}720221${text('b')}9000`);
    expect(reader.talk(calculate('a', null))).toBe(truncated(9n));
    reader.do(put('a', 0x22));
    expect(reader.talk(calculate('a', 5n))).toBe(truncated(5n, 'sha256'));
  });

  it('holds 32 accounts with names of 64 bytes and keys of 128, and refuses another', () => {
    const large = (index: number) => `${index}`.padStart(64, 'n');
    const key = `1106${'5a'.repeat(128)}`;
    const reader = oathCard();
    for (let index = 0; index < 32; index++) {
      reader.do(command('00010000', nameOf(large(index)), tlv(0x73, key)));
    }
    expect(refusalOf(reader, put('one more'))).toBe('6a84');
    for (let code = 0; code < 30; code++) reader.do(calculate(large(31), null));
    reader.do(put(large(3), 0x11), command('00020000', nameOf(large(4))), put('one more'));
  });
});

describe('DELETE and RENAME', () => {
  it('deletes by name and says so when there is none', () => {
    const reader = oathCard(null, put('a'), put('b'));
    reader.do(command('00020000', nameOf('a')));
    expect(reader.talk(LIST)).toBe(`720221${text('b')}9000`);
    expect(refusalOf(reader, command('00020000', nameOf('a')))).toBe('6984');
  });

  it('renames to shorter and longer names, and keeps key and counter', () => {
    const reader = oathCard(null, put('a:one', 0x11));
    reader.do(calculate('a:one', null));
    let name = 'a:one';
    for (const next of ['b', 'c'.repeat(64), 'd:two']) {
      reader.do(command('00050000', nameOf(name), nameOf(next)));
      name = next;
    }
    expect(reader.talk(LIST)).toBe(`720611${text('d:two')}9000`);
    expect(reader.talk(calculate('d:two', null))).toBe(truncated(1n));
    expect(reader.token.text).toMatch(/^d:two\n/);
  });

  it('leaves nothing of the old name on flash', () => {
    const reader = oathCard(null, put('telltale name'));
    reader.do(command('00050000', nameOf('telltale name'), nameOf('x')));
    expect(toHex(reader.flash.image)).not.toContain(text('telltale'));
  });

  it('refuses a name that is taken, and one that is not there', () => {
    const reader = oathCard(null, put('a'), put('b'));
    expect(refusalOf(reader, command('00050000', nameOf('a'), nameOf('b')))).toBe('6985');
    expect(refusalOf(reader, command('00050000', nameOf('a'), nameOf('a')))).toBe('6985');
    expect(refusalOf(reader, command('00050000', nameOf('c'), nameOf('d')))).toBe('6984');
  });
});

describe('a period', () => {
  const listed = (reader: ReturnType<typeof card>) => reader.talk(LIST);
  const details = (reader: ReturnType<typeof card>) => {
    reader.do(SELECT_MANAGEMENT);
    return reader.talk('80110000');
  };

  it('is what the name says, for the display too', () => {
    const reader = oathCard(NOON, put('60/a:b'));
    expect(reader.token.text).toMatch(/^60\/a:b\n/);
    expect(details(reader)).toContain('8002003c');
  });

  it('is 30 seconds without a number and slash, and 0 for HOTP', () => {
    for (const name of ['a:b', '60', '60/', '/a', 'x60/a', '6 0/a']) {
      expect(details(oathCard(null, put(name))), name).toContain('8002001e');
    }
    expect(details(oathCard(null, put('60/a', 0x11)))).toContain('7a080000000000000000');
  });

  it.each(['0/a', '3601/a', '99999999999999999999/a'])('is refused when it is none: %s', (name) => {
    const reader = oathCard(null, put('b'));
    expect(refusalOf(reader, put(name))).toBe('6a80');
    expect(refusalOf(reader, command('00050000', nameOf('b'), nameOf(name)))).toBe('6a80');
  });

  it('follows the name when that is changed', () => {
    const reader = oathCard(null, put('a'));
    reader.do(command('00050000', nameOf('a'), nameOf('45/a')));
    expect(details(reader)).toContain('8002002d');
  });

  it('that the management applet wrote stands in front of the name, where clients look for it', () => {
    const reader = card(NOON);
    const other = (name: string, period: string) =>
      command('80020000', nameOf(name), tlv(0x73, `2108${SECRET}`), tlv(0x80, period));
    reader.do(SELECT_MANAGEMENT, other('a:b', '003c'), other('c', '0e10'), other('9/d', '001e'));
    reader.do(SELECT_OATH);
    const entry = (name: string) => tlv(0x72, `21${text(name)}`);
    expect(listed(reader)).toBe(`${entry('60/a:b')}${entry('3600/c')}${entry('30/9/d')}9000`);
    expect(reader.talk(calculate('60/a:b', BigInt(NOON / 60)))).toBe(truncated(BigInt(NOON / 60)));
    expect(reader.talk(calculate('30/9/d', STEP))).toBe(truncated(STEP));
    expect(refusalOf(reader, calculate('45/a:b', STEP))).toBe('6984');
    reader.do(command('00020000', nameOf('3600/c')));
  });
});

describe('RESET', () => {
  it('destroys accounts, access code, slots, PIN and PUK, and needs no right', () => {
    const reader = oathCard(null, put('a'));
    reader.do(`0024018110${'3136313830333339ffffffffffffffff'}`);
    reader.do(`0024018010${'323731383238ffffffffffffffffffff'}`);
    expect(refusalOf(reader, command('00020000', nameOf('a')))).toBe('6982');
    reader.do('0004dead', SELECT_OATH);
    expect(reader.talk(LIST)).toBe('9000');
    expect(reader.talk('00200080')).toBe('6985');
    expect(toHex(reader.flash.image)).not.toContain(text('a') + SECRET);
  });

  it('is finished at power-on when the power went in its midst', () => {
    let cuts = 0;
    for (let isCut = true; isCut; cuts++) {
      const reader = oathCard(null, put('a'), put('b', 0x11));
      const salt = reader.talk(SELECT_OATH);
      reader.flash.cutPower({ operation: cuts * 7 });
      isCut = isEndedByPower(() => reader.talk('0004dead'));
      if (!isCut) break;
      reader.powerCycle();
      const isUntouched = reader.talk(SELECT_OATH) === salt;
      const accounts = reader.talk(LIST);
      expect(accounts).toBe(isUntouched ? `720221${text('a')}720211${text('b')}9000` : '9000');
      if (isUntouched) expect(reader.talk(calculate('a', 1n))).toBe(truncated(1n));
    }
    expect(cuts).toBeGreaterThan(10);
  });
});

function isEndedByPower(act: () => unknown): boolean {
  try {
    act();
    return false;
  } catch (error) {
    if (error instanceof PowerCut) return true;
    throw error;
  }
}
