/** Codes for a host: CALCULATE and CALCULATE ALL, in assembly/apdu/PROTOCOL.md, "OATH applet". */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { PowerCut } from '../../sim/board/index.ts';
import { hex, NOON } from '../fixtures.ts';
import {
  calculate,
  card,
  command,
  macOf,
  nameOf,
  oathCard,
  put,
  refusalOf,
  SELECT_MANAGEMENT,
  SELECT_OATH,
  STEP,
  stepOf,
  text,
  tlv,
  truncated,
} from './card.ts';

const ALL = command('00a40001', stepOf(STEP));
const INCREASING = '7801';
const TOUCH = '7802';
/** The step of half minutes that holds 9999-12-31T23:59:59Z. */
const LAST_STEP = 8_446_743_359n;

const vectors = (file: string) => JSON.parse(readFileSync(`test/vectors/${file}`, 'utf8'));

describe('CALCULATE', () => {
  it('gives the codes of RFC 4226, one after the other, the first one of the stored counter', () => {
    const reader = oathCard(null, put('a', 0x11));
    for (const { counter, truncated: bits } of vectors('hotp.json').vectors.slice(0, 10)) {
      const answer = reader.talk(calculate('a', null));
      expect(answer, counter).toBe(`760508${bits.toString(16).padStart(8, '0')}9000`);
    }
  });

  it.each([
    ['SHA-1', 0x21, 'sha1'],
    ['SHA-256', 0x22, 'sha256'],
    ['SHA-512', 0x23, 'sha512'],
  ])('gives truncated and whole MACs of %s', (_, type, hash) => {
    const reader = oathCard(null, put('a', type));
    for (const step of [0n, 1n, 59n / 30n, 2n ** 32n, LAST_STEP]) {
      expect(reader.talk(calculate('a', step))).toBe(truncated(step, hash));
      const mac = macOf(step, hash).toString('hex');
      expect(reader.talk(calculate('a', step, true))).toBe(`${tlv(0x75, `08${mac}`)}9000`);
    }
  });

  it('gives whole MACs of a counter too', () => {
    const reader = oathCard(null, put('a', 0x11));
    expect(reader.talk(calculate('a', null, true))).toContain(macOf(0n).toString('hex'));
    expect(reader.talk(calculate('a', null, true))).toContain(macOf(1n).toString('hex'));
  });

  it('takes a time for a counter, as some clients send it, and does not look at it', () => {
    expect(oathCard(null, put('a', 0x11)).talk(calculate('a', 77n))).toBe(truncated(0n));
  });

  it('has the counter on flash before the code leaves: a power cut never repeats one', () => {
    const reader = oathCard(null, put('a', 0x11));
    for (let counter = 0n; counter < 60n; counter++) {
      expect(reader.talk(calculate('a', null))).toBe(truncated(counter));
      reader.powerCycle();
      reader.do(SELECT_OATH);
    }
    reader.flash.cutPower({ operation: 0 });
    expect(() => reader.talk(calculate('a', null))).toThrow(PowerCut);
  });

  it('gives no code when the counter was not taken by the flash', () => {
    const reader = oathCard(null, put('a', 0x11));
    reader.board.flashWrite = () => {};
    expect(reader.talk(calculate('a', null))).toBe('6581');
  });

  it('never wraps a counter', () => {
    const reader = card();
    const last = command(
      '80020000',
      nameOf('a'),
      tlv(0x73, '11083132'),
      tlv(0x7a, 'fffffffffffffffe'),
    );
    reader.do(SELECT_MANAGEMENT, last, SELECT_OATH);
    expect(reader.talk(calculate('a', null))).toMatch(/^7605.*9000$/);
    expect(refusalOf(reader, calculate('a', null))).toBe('6985');
    expect(refusalOf(reader, calculate('a', null))).toBe('6985');
  });

  it('says so when the key does not open', () => {
    const reader = oathCard(null, put('a'));
    reader.board.deviceKey = (target) => target.fill(7);
    expect(refusalOf(reader, calculate('a', 1n))).toBe('6400');
  });
});

describe('the time of a host', () => {
  it('is bounded by the clock of the token: three steps before and after', () => {
    const reader = oathCard(NOON, put('a'), put('60/b'));
    for (const distance of [-3n, -1n, 0n, 3n]) {
      expect(reader.talk(calculate('a', STEP + distance))).toBe(truncated(STEP + distance));
    }
    const minutes = BigInt(NOON / 60);
    expect(reader.talk(calculate('60/b', minutes + 3n))).toBe(truncated(minutes + 3n));
    for (const step of [STEP - 4n, STEP + 4n, 0n, 2n ** 64n - 1n]) {
      expect(refusalOf(reader, calculate('a', step))).toBe('6982');
    }
    expect(refusalOf(reader, calculate('60/b', STEP))).toBe('6982');
  });

  it('is refused before the last one that had a code, on the display or here', () => {
    const reader = oathCard(NOON, put('a'));
    reader.do(calculate('a', STEP));
    reader.clock.write(NOON - 3600);
    expect(refusalOf(reader, calculate('a', STEP - 120n))).toBe('6982');
    expect(reader.talk(command('00a40001', stepOf(STEP - 120n)))).toBe('9000');
    reader.clock.write(NOON + 60);
    expect(reader.talk(calculate('a', STEP + 2n))).toBe(truncated(STEP + 2n));
  });

  it('is any up to the year 9999 while the token does not know the time', () => {
    const reader = oathCard(null, put('a'), put('3600/b'));
    expect(refusalOf(reader, calculate('a', LAST_STEP + 1n))).toBe('6982');
    expect(refusalOf(reader, calculate('3600/b', 2n ** 64n / 3600n + 1n))).toBe('6982');
    expect(reader.talk(calculate('a', LAST_STEP))).toBe(truncated(LAST_STEP));
  });

  it('goes on record while the token does not know the time: harvesting leaves no codes for now', () => {
    const reader = oathCard(null, put('a'));
    const nextWeek = STEP + 20_160n;
    expect(reader.talk(calculate('a', nextWeek))).toBe(truncated(nextWeek));
    expect(refusalOf(reader, calculate('a', STEP))).toBe('6982');
    reader.do(SELECT_MANAGEMENT, command('80030000', NOON.toString(16).padStart(16, '0')));
    expect(reader.token.text).toContain('CLOCK WENT BACK');
    reader.do(SELECT_OATH);
    expect(refusalOf(reader, calculate('a', STEP))).toBe('6982');
  });

  it('goes on record after a battery was out as well', () => {
    const reader = oathCard(NOON, put('a'));
    reader.do(calculate('a', STEP));
    reader.board.clockRead = () => null;
    expect(refusalOf(reader, calculate('a', STEP - 2n))).toBe('6982');
    expect(reader.talk(calculate('a', STEP + 2n))).toBe(truncated(STEP + 2n));
    expect(refusalOf(reader, calculate('a', STEP))).toBe('6982');
  });

  it('leaves out of CALCULATE ALL what it is not the time of', () => {
    const reader = oathCard(NOON, put('a'));
    expect(refusalOf(reader, command('00a40001', stepOf(STEP + 4n)))).toBe('9000');
  });
});

describe('an only-increasing account', () => {
  it('gives the code of a step again, and of later ones, but of none before', () => {
    const reader = oathCard(null, put('a', 0x21, INCREASING));
    expect(reader.talk(calculate('a', 100n))).toBe(truncated(100n));
    expect(reader.talk(calculate('a', 100n))).toBe(truncated(100n));
    expect(refusalOf(reader, calculate('a', 99n))).toBe('6982');
    expect(reader.talk(calculate('a', 101n))).toBe(truncated(101n));
    reader.powerCycle();
    reader.do(SELECT_OATH);
    expect(refusalOf(reader, calculate('a', 100n))).toBe('6982');
  });

  it('keeps its step with its name, and forgets it with its key', () => {
    const reader = oathCard(null, put('a', 0x21, INCREASING));
    reader.do(calculate('a', 101n), command('00050000', nameOf('a'), nameOf('b')));
    expect(refusalOf(reader, calculate('b', 100n))).toBe('6982');
    reader.do(put('b', 0x21, INCREASING));
    expect(reader.talk(calculate('b', 100n))).toBe(truncated(100n));
  });

  it('is not led into the far future, where it would be of no use any more', () => {
    const reader = oathCard(null, put('a', 0x21, INCREASING));
    reader.do(calculate('a', STEP));
    expect(refusalOf(reader, calculate('a', STEP + 1_051_201n))).toBe('6982');
    expect(reader.talk(calculate('a', STEP + 1_051_200n))).toBe(truncated(STEP + 1_051_200n));
  });

  it('has its step on flash before the code leaves', () => {
    const reader = oathCard(null, put('a', 0x21, INCREASING));
    reader.do(calculate('a', 1n));
    for (let operation = 0; operation < 4; operation++) {
      reader.flash.cutPower({ operation });
      expect(() => reader.talk(calculate('a', 9n))).toThrow(PowerCut);
      reader.powerCycle();
      reader.do(SELECT_OATH);
    }
    reader.do(calculate('a', 9n));
    reader.board.flashWrite = () => {};
    expect(reader.talk(calculate('a', 10n))).toBe('6982');
  });

  it('is left out of CALCULATE ALL when it refuses, and does not hide the others', () => {
    const reader = oathCard(null, put('a', 0x21, INCREASING), put('b'));
    reader.do(calculate('a', 5n));
    const all = command('00a40001', stepOf(4n));
    expect(reader.talk(all)).toBe(`710162${truncated(4n)}`);
  });
});

describe('CALCULATE ALL', () => {
  it('tells codes, and which accounts it gives none of', () => {
    const reader = oathCard(NOON, put('h', 0x11), put('t', 0x21, TOUCH), put('a'), put('60/m'));
    const codes = [STEP, BigInt(NOON / 60)].map((step) => truncated(step).slice(0, -4));
    expect(reader.talk(ALL)).toBe(
      `710168770108${'710174'}7c0108${'710161'}${codes[0]}${nameOf('60/m')}${codes[1]}9000`,
    );
  });

  it('moves no counter', () => {
    const reader = oathCard(null, put('h', 0x11));
    expect(refusalOf(reader, ALL)).toBe('7101687701089000');
  });

  it('gives whole MACs', () => {
    const reader = oathCard(null, put('a', 0x23));
    const mac = macOf(STEP, 'sha512').toString('hex');
    expect(reader.talk(command('00a40000', stepOf(STEP)))).toBe(
      `710161${tlv(0x75, `08${mac}`)}9000`,
    );
  });

  it.each([
    ['LIST', '00a10000', 0x72],
    ['CALCULATE ALL', ALL, 0x71],
    ['CALCULATE ALL, whole', command('00a40000', stepOf(STEP)), 0x71],
  ])('%s of 32 long names comes in parts of at most 256 bytes, whichever way', (_, bytes, tag) => {
    const names = Array.from({ length: 32 }, (_, index) => `${index}`.padStart(64, 'n'));
    const reader = oathCard(null, ...names.map((name) => put(name, 0x23)));
    const whole = reader.talkAll(bytes);
    expect(whole).toMatch(/9000$/);
    for (const name of names) expect(whole).toContain(text(name));
    expect(reader.talkAll(bytes, '00c00000')).toBe(whole);
    expect(reader.talkAll(bytes, '00a5000000')).toBe(whole);
    expect(whole.startsWith(tag.toString(16))).toBe(true);
    const first = reader.talk(bytes);
    expect(first).toMatch(/6100$/);
    expect(hex(first).length).toBeLessThanOrEqual(258);
  });

  it.each([
    ['another answer', '00a2000100'],
    ['an unknown instruction', '00990000'],
    ['a command that is none', '00'],
    ['SELECT', SELECT_OATH],
    ['a code', calculate('0'.padStart(60, 'n'), 1n)],
  ])('has no more parts after %s came in between', (_, between) => {
    const names = Array.from({ length: 9 }, (_, index) => `${index}`.padStart(60, 'n'));
    const reader = oathCard(null, ...names.map((name) => put(name)));
    expect(reader.talk('00a10000')).toMatch(/6100$/);
    reader.talk(between);
    expect(reader.talk('00a50000')).toBe('6985');
    expect(reader.talkAll('00a10000')).toMatch(/9000$/);
    expect(reader.talk('00a50000')).toBe('6985');
  });
});
