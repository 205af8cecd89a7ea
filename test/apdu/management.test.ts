/** The management applet, byte by byte: assembly/apdu/PROTOCOL.md. */
import { describe, expect, it } from 'vitest';
import { Token } from '../../host/index.ts';
import { PowerCut } from '../../sim/board/index.ts';
import { hex, NOON, RFC_KEY, testBoard, testToken, toHex } from '../fixtures.ts';

const SELECT = '00a40400 08 a000000527471117';
const KEY = toHex(RFC_KEY);

/** A command with a short data field. */
function command(header: string, data = ''): string {
  const bytes = hex(data);
  return (
    toHex(hex(header)) +
    (bytes.length ? bytes.length.toString(16).padStart(2, '0') : '') +
    toHex(bytes)
  );
}

/** A token that has booted, with the applet selected; talks hex. */
function fresh(timeSeconds: number | null = NOON) {
  const parts = testBoard(undefined, timeSeconds);
  const token = new Token(parts.board);
  const talk = (text: string) => toHex(token.exchange(hex(text)));
  expect(talk(SELECT)).toBe(`${toHex(new TextEncoder().encode('0.1.0'))}9000`);
  return { talk, token, ...parts };
}

const TOTP = `71 03 613a62 73 16 21 06 ${KEY} 80 02 001e`;

describe('SELECT', () => {
  it('takes a longer identifier with the same beginning', () => {
    expect(fresh().talk('00a40400 09 a00000052747111701')).toMatch(/9000$/);
  });

  it.each([
    ['another applet', '00a40400 05 a000000308'],
    ['part of the identifier', '00a40400 07 a0000005274711'],
    ['no identifier', '00a40400'],
  ])('answers 6A82 to %s and leaves nothing selected', (_, select) => {
    const { talk } = fresh();
    expect(talk(select)).toBe('6a82');
    expect(talk('8010 0000')).toBe('6985');
  });

  it('answers 6A86 to a selection that is not by name', () => {
    expect(fresh().talk('00a40000 02 3f00')).toBe('6a86');
  });
});

describe('command lengths', () => {
  it.each([
    ['nothing', ''],
    ['three bytes', '801000'],
    ['less data than Lc', '80010000 05 61'],
    ['more than Le behind the data', '80010000 01 61 0000'],
    ['an extended Lc of 0', '80010000 000000 61'],
    ['an extended Lc cut short', '80010000 0000'],
    ['less data than an extended Lc', '80010000 000005 61'],
    ['one byte of an extended Le', '80010000 000001 61 00'],
  ])('answers 6700 to %s', (_, bytes) => {
    const { talk, flash } = fresh();
    const before = flash.operations;
    expect(talk(bytes)).toBe('6700');
    expect(flash.operations).toBe(before);
  });

  it.each([
    ['no Le', '80100000'],
    ['a short Le', '8010000000'],
    ['an extended Le', '80100000000000'],
  ])('takes a command without data with %s', (_, bytes) => {
    expect(fresh().talk(bytes)).toBe('810082030001008302002086040008000a' + '9000');
  });

  it('takes data with a short Lc, with Le, and with an extended Lc', () => {
    for (const bytes of [
      '80010000 01 61',
      '80010000 01 61 00',
      '80010000 000001 61',
      '80010000 000001 61 0000',
    ]) {
      expect(fresh().talk(bytes)).toBe('9000');
    }
  });

  it('refuses on the host what is longer than the buffer', () => {
    expect(() => fresh().token.exchange(new Uint8Array(513))).toThrow(RangeError);
  });
});

describe('WRITE SERIAL', () => {
  it('works once', () => {
    const { talk } = fresh();
    expect(talk(command('80010000', toHex(new TextEncoder().encode('LMP-000417'))))).toBe('9000');
    expect(talk(command('80010000', '61'))).toBe('6985');
    expect(talk('80100000')).toMatch(/^810a4c4d502d303030343137/);
  });

  it.each([
    ['none', ''],
    ['33 characters', '61'.repeat(33)],
    ['a space', '612062'],
    ['a slash', '2f'],
    ['a colon', '3a'],
    ['a byte above ASCII', 'c3a4'],
    ['a zero', '00'],
    ['a bracket beside the letters', '5b'],
  ])('answers 6A80 to %s and changes nothing', (_, data) => {
    const { talk, flash } = fresh();
    const before = flash.operations;
    expect(talk(command('80010000', data))).toBe('6a80');
    expect(flash.operations).toBe(before);
  });

  it('takes every character that is allowed', () => {
    for (const text of [
      'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
      'abcdefghijklmnopqrstuvwxyz',
      '0123456789._-',
    ]) {
      expect(fresh().talk(command('80010000', toHex(new TextEncoder().encode(text))))).toBe('9000');
    }
  });
});

describe('SET CLOCK', () => {
  const time = (seconds: number) => command('80030000', seconds.toString(16).padStart(16, '0'));

  it('sets a clock that is not set to anything, also beyond 2^32', () => {
    const { talk, clock } = fresh(null);
    expect(talk(time(20_000_000_000))).toBe('9000');
    expect(clock.read()).toBe(20_000_000_000);
    expect(talk('80100000')).toContain('840800000004a817c800');
  });

  it('corrects a running clock by two minutes a month, and says when it was set', () => {
    const { talk, clock } = fresh();
    expect(talk(time(NOON))).toBe('9000');
    expect(talk(time(NOON + 1))).toBe('6982');
    clock.advance(30 * 86_400);
    const later = NOON + 30 * 86_400;
    expect(talk(time(later + 121))).toBe('6982');
    expect(talk(time(later - 121))).toBe('6982');
    expect(clock.read()).toBe(later);
    expect(talk(time(later - 120))).toBe('9000');
    expect(talk('80100000')).toMatch(
      new RegExp(`8508${(later - 120).toString(16).padStart(16, '0')}9000$`),
    );
  });

  it('is on record before a correction is made, so that power cuts do not make it free', () => {
    const { talk, clock, flash, board } = fresh();
    talk(time(NOON));
    clock.advance(86_400);
    let written = false;
    board.clockWrite = () => {
      written = true;
    };
    flash.cutPower({ operation: 0 });
    expect(() => talk(time(clock.read()! + 4))).toThrow(PowerCut);
    expect(written).toBe(false);
  });

  it('is not moved further by patience', () => {
    const { talk, clock } = fresh();
    talk(time(NOON));
    clock.advance(86_400);
    let moved = 0;
    while (talk(time(clock.read()! + 1)) === '9000') moved++;
    expect(moved).toBe(1);
  });

  it('answers 6A80 beyond the year 9999 and 6700 to another length', () => {
    const { talk } = fresh(null);
    expect(talk(time(253402300800))).toBe('6a80');
    expect(talk(time(253402300799))).toBe('9000');
    expect(fresh(null).talk(command('80030000', '00'))).toBe('6700');
  });
});

describe('PUT CREDENTIAL', () => {
  it('answers the slot, and the credential can be read without its key', () => {
    const { talk } = fresh();
    expect(talk(command('80020000', TOTP))).toBe('00' + '9000');
    expect(talk('80110000')).toBe('7103613a6273022106' + '8002001e' + '9000');
    expect(talk(command('80020000', `71 01 68 73 16 12 08 ${KEY} 7a 08 00000000ffffffff`))).toBe(
      '01' + '9000',
    );
    expect(talk('80110100')).toBe('71016873021208' + '7a0800000000ffffffff' + '9000');
  });

  it('takes its fields in any order and with long lengths', () => {
    const { talk } = fresh();
    expect(talk(command('80020000', `80 02 001e 73 8116 21 06 ${KEY} 71 820003 613a62`))).toBe(
      '009000',
    );
  });

  it.each([
    ['no name', `73 16 21 06 ${KEY} 80 02 001e`],
    ['an empty name', `71 00 73 16 21 06 ${KEY} 80 02 001e`],
    ['a name of 65 bytes', `71 41 ${'61'.repeat(65)} 73 16 21 06 ${KEY} 80 02 001e`],
    ['no key', '71 01 61 80 02 001e'],
    ['an empty key', '71 01 61 73 02 21 06 80 02 001e'],
    ['a key of 129 bytes', `71 01 61 73 8183 21 06 ${'aa'.repeat(129)} 80 02 001e`],
    ['an unknown type', `71 01 61 73 16 31 06 ${KEY} 80 02 001e`],
    ['an unknown hash', `71 01 61 73 16 24 06 ${KEY} 80 02 001e`],
    ['no hash', `71 01 61 73 16 20 06 ${KEY} 80 02 001e`],
    ['5 digits', `71 01 61 73 16 21 05 ${KEY} 80 02 001e`],
    ['9 digits', `71 01 61 73 16 21 09 ${KEY} 80 02 001e`],
    ['no period', `71 01 61 73 16 21 06 ${KEY}`],
    ['a period of 0', `71 01 61 73 16 21 06 ${KEY} 80 02 0000`],
    ['a period of 3601', `71 01 61 73 16 21 06 ${KEY} 80 02 0e11`],
    ['a period for HOTP', `71 01 61 73 16 11 06 ${KEY} 80 02 001e`],
    ['a counter for TOTP', `71 01 61 73 16 21 06 ${KEY} 80 02 001e 7a 08 0000000000000000`],
    ['a short counter', `71 01 61 73 16 11 06 ${KEY} 7a 04 00000000`],
    ['a name twice', `71 01 61 71 01 61 73 16 21 06 ${KEY} 80 02 001e`],
    [
      'a counter twice',
      `71 01 61 73 16 11 06 ${KEY} 7a 08 0000000000000000 7a 08 0000000000000000`,
    ],
    ['an unknown tag', `71 01 61 73 16 21 06 ${KEY} 80 02 001e 78 01 02`],
    ['a length behind the end', '71 05 61'],
    ['a length that is missing', '71'],
    ['a long length that is cut', '71 82 00'],
    ['a long length behind the end', '71 82 ffff 61'],
    ['an indefinite length', '71 80 61 0000'],
    ['nothing', ''],
  ])('answers 6A80 to %s and changes nothing', (_, data) => {
    const { talk, flash } = fresh();
    const before = toHex(flash.image);
    expect(talk(command('80020000', data))).toBe('6a80');
    expect(toHex(flash.image)).toBe(before);
  });

  it('answers 6A89 to a name that is taken', () => {
    const { talk } = fresh();
    talk(command('80020000', TOTP));
    expect(talk(command('80020000', TOTP))).toBe('6a89');
  });
});

describe('other commands', () => {
  it('GET and DELETE CREDENTIAL answer 6A83 to an empty slot', () => {
    const { talk } = fresh();
    for (const slot of ['00', '1f', '20', 'ff']) {
      expect(talk(`8011${slot}00`)).toBe('6a83');
      expect(talk(`8012${slot}00`)).toBe('6a83');
    }
  });

  it('DELETE CREDENTIAL frees the slot for the next one', () => {
    const { talk } = fresh();
    talk(command('80020000', TOTP));
    expect(talk('80120000')).toBe('9000');
    expect(talk('80110000')).toBe('6a83');
    expect(talk(command('80020000', TOTP))).toBe('009000');
  });

  it('unknown instructions, classes and parameters have their status words', () => {
    const { talk } = fresh();
    expect(talk('80990000')).toBe('6d00');
    expect(talk('90100000')).toBe('6e00');
    expect(talk('00100000')).toBe('6d00');
    expect(talk('80100100')).toBe('6a86');
    expect(talk('80100001')).toBe('6a86');
    expect(talk('80110001')).toBe('6a86');
    expect(talk('80120001')).toBe('6a86');
  });

  it('every instruction, class and parameter is answered, and no answer holds a key', () => {
    const { token } = testToken([{ name: 'a:b', key: RFC_KEY }]);
    const secret = KEY.slice(0, 16);
    for (let instruction = 0; instruction < 256; instruction++) {
      for (const cla of [0x00, 0x80, 0x90, 0xff]) {
        for (const parameter of [0, 1, 4, 0x80]) {
          const answer = toHex(token.exchange(Uint8Array.of(cla, instruction, parameter, 0)));
          expect(answer).not.toContain(secret);
          token.exchange(hex(SELECT));
        }
      }
    }
  });
});
