/** The OTP applet, and who the token is to clients of other makers' keys. */
import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { hex, RFC_KEY, toHex } from '../fixtures.ts';
import {
  calculate,
  card,
  command,
  configuration,
  put,
  refusalOf,
  SECRET,
  SELECT_MANAGEMENT,
  SELECT_OATH,
  SELECT_OTP,
  text,
  truncated,
} from './card.ts';

const EMPTY = '00'.repeat(58);
const HOTP = { flags: 0x40 };
const program = (slot: 1 | 2, data: string) => command(slot === 1 ? '00010100' : '00010300', data);
const challenge = (slot: 1 | 2, data: string) =>
  command(
    slot === 1 ? '00013000' : '00013800',
    data.padEnd(128, data.endsWith('00') ? '01' : '00'),
  );
const mac = (data: string) => createHmac('sha1', RFC_KEY).update(hex(data)).digest('hex');

function otpCard() {
  const reader = card();
  reader.do(SELECT_OTP);
  return reader;
}

describe('the state of the slots', () => {
  it('is told at SELECT and by READ STATUS, and counts writes', () => {
    const reader = card();
    expect(reader.talk(SELECT_OTP)).toBe('0504030000009000');
    expect(reader.talk(program(2, configuration()))).toBe('0504030102009000');
    expect(reader.talk(program(1, configuration(HOTP)))).toBe('0504030207009000');
    expect(reader.talk('00030000')).toBe('0504030207009000');
    expect(reader.talk(SELECT_OTP)).toBe('0504030107009000');
    expect(reader.talk(program(1, EMPTY))).toBe('0504030202009000');
    expect(reader.talk(program(2, EMPTY))).toBe('0504030000009000');
  });
});

describe('a slot that answers challenges', () => {
  it('gives HMAC-SHA1, without the padding of a short challenge', () => {
    const reader = otpCard();
    reader.do(program(1, configuration()));
    for (const data of ['48656c6c6f', '00', '0100', 'ff'.repeat(63), 'aabb'.repeat(31)]) {
      expect(reader.talk(challenge(1, data))).toBe(`${mac(data)}9000`);
    }
    expect(refusalOf(reader, challenge(2, '00'))).toBe('6985');
  });

  it('takes all 64 bytes when it was told so', () => {
    const reader = otpCard();
    reader.do(program(2, configuration({ flags: 0x22 })));
    const data = `48${'00'.repeat(63)}`;
    expect(reader.talk(challenge(2, data))).toBe(`${mac(data)}9000`);
  });

  it('waits for OK when it was told so', () => {
    const reader = otpCard();
    reader.do(program(2, configuration({ flags: 0x2e })));
    expect(reader.token.submit(hex(challenge(2, '1234')))).toBeNull();
    expect(reader.token.text).toBe('OTP slot 2\nA HOST ASKS: ALLOW?\nOK: yes, left: no');
    reader.token.press('ok');
    expect(toHex(reader.token.collect()!)).toBe(`${mac('1234')}9000`);
    expect(reader.token.submit(hex(challenge(2, '1234')))).toBeNull();
    reader.token.press('left');
    expect(toHex(reader.token.collect()!)).toBe('6982');
  });

  it('is no account', () => {
    const reader = otpCard();
    reader.do(program(1, configuration()), SELECT_OATH);
    expect(reader.talk('00a10000')).toBe('9000');
  });

  it('has its key sealed on flash, and erased when it goes', () => {
    const reader = otpCard();
    reader.do(program(1, configuration()));
    const image = toHex(reader.flash.image);
    expect(image).not.toContain(SECRET.slice(0, 8));
    const at = image.indexOf(`${'02'.padEnd(16, '0')}`);
    const sealed = image.slice(at + 16, at + 88);
    reader.do(program(1, configuration({ flags: 0x22 })));
    expect(toHex(reader.flash.image)).not.toContain(sealed);
    reader.do(program(1, EMPTY));
    expect(refusalOf(reader, challenge(1, '00'))).toBe('6985');
  });

  it('needs the PIN while there is one', () => {
    const reader = otpCard();
    const block = '323731383238ffffffffffffffffffff';
    reader.do(program(1, configuration()), `0024018010${block}`);
    expect(refusalOf(reader, challenge(1, '00'))).toBe('6982');
    expect(refusalOf(reader, program(1, EMPTY))).toBe('6982');
    reader.do(`0020008010${block}`, challenge(1, '00'));
  });
});

describe('a slot with HOTP', () => {
  it('is an account of its own, for the display and for the OATH applet', () => {
    const reader = otpCard();
    reader.do(program(1, configuration({ flags: 0x42, counter: 1048560 })));
    reader.token.press('ok');
    expect(reader.token.text).toMatch(/^OTP slot 1\n\d{4} \d{4}\n/);
    reader.do(SELECT_OATH);
    expect(reader.talk('00a10000')).toBe(`720b11${text('OTP slot 1')}9000`);
    expect(reader.talk(calculate('OTP slot 1', null))).toBe(truncated(1048561n));
  });

  it('takes the place of what was in the slot, and the other way round', () => {
    const reader = otpCard();
    reader.do(program(1, configuration()), program(1, configuration(HOTP)));
    expect(refusalOf(reader, challenge(1, '00'))).toBe('6985');
    reader.do(program(1, configuration()), challenge(1, '00'), SELECT_OATH);
    expect(reader.talk('00a10000')).toBe('9000');
  });

  it('is full when there are 32 accounts, and keeps what was in the slot', () => {
    const reader = otpCard();
    reader.do(program(2, configuration()), SELECT_OATH);
    for (let index = 0; index < 32; index++) reader.do(put(`account ${index}`));
    reader.do(SELECT_OTP);
    expect(refusalOf(reader, program(2, configuration(HOTP)))).toBe('6a84');
    reader.do(challenge(2, '00'));
  });
});

describe('a configuration that is refused', () => {
  it.each([
    ['a Yubico OTP', { ticket: 0, flags: 0 }],
    ['a static password', { ticket: 0, flags: 0x20 }],
    ['a Yubico challenge', { flags: 0x20 }],
    ['an identifier in front of codes', { ...HOTP, fixedLength: 1 }],
    ['an access code', { accessCode: '010203040506' }],
  ])('is one with %s', (_, options) => {
    const reader = otpCard();
    reader.do(program(1, configuration()));
    expect(refusalOf(reader, program(1, configuration(options)))).toBe('6a80');
    reader.do(challenge(1, '00'));
  });

  it('is one whose checksum does not fit, or that is short or long', () => {
    const reader = otpCard();
    const sound = configuration();
    expect(refusalOf(reader, program(1, `01${sound.slice(2)}`))).toBe('6a80');
    expect(refusalOf(reader, program(1, sound.slice(2)))).toBe('6700');
    expect(refusalOf(reader, program(1, `${sound}00`))).toBe('6700');
  });
});

describe('who the token is', () => {
  const SERIAL = `800100000a${text('LMP-000417')}`;

  it('is told with a number made of the serial number', () => {
    const reader = card();
    reader.do(SELECT_MANAGEMENT, SERIAL);
    // By another program: python3 -c "import zlib; print(hex(zlib.crc32(b'LMP-000417\\xff\\xff')))"
    const number = '332a1aa0';
    const information = `16010200210204${number}0302002104010005030504039000`;
    expect(reader.talk('001d0000')).toBe(information);
    reader.do(SELECT_OTP);
    expect(reader.talk('00011000')).toBe(`${number}9000`);
    expect(reader.talk('00011300')).toBe(information);
  });

  it('is told without a number before personalisation', () => {
    const reader = card();
    reader.do(SELECT_MANAGEMENT);
    expect(reader.talk('001d0000')).toBe('10010200210302002104010005030504039000');
    reader.do(SELECT_OTP);
    expect(refusalOf(reader, '00011000')).toBe('6985');
  });
});
