import { describe, expect, it, test } from 'vitest';
import { decodeBase32 } from '../../host/base32.ts';
import { recordSource } from '../../host/explain/source.ts';
import { CAUSES, type Cause, explainCode } from '../../host/explain.ts';
import { hotp, totp } from '../../host/otp.ts';
import type { SeedRecord } from '../../host/provision/record.ts';

/** A Monday morning, ten seconds into a step. */
const NOW = 1_772_443_810;
/** All of its letters are hexadecimal digits too. */
const AMBIGUOUS = 'ABCDEF2345672345ABCDEF2345672345';
/** Hexadecimal without zeros, ones, eights and nines is Base32 as it stands. */
const HEX = 'abcdef234567abcdef234567abcdef234567abcd';

const record: SeedRecord = {
  serialNumber: 'LMP-1',
  type: 'totp',
  hash: 'SHA1',
  digits: 6,
  periodSeconds: 30,
  secret: decodeBase32(AMBIGUOUS),
};
const counting: SeedRecord = { ...record, type: 'hotp', counter: 40n };
const other: SeedRecord = { ...record, serialNumber: 'LMP-2', secret: new Uint8Array(20).fill(9) };

const at = (seconds: number, options = {}) =>
  totp(record.secret, { time: NOW + seconds, ...options });
const causeOf = (code: string, of: SeedRecord = record, options = {}) =>
  explainCode(code, of, { timeSeconds: NOW, ...options }).cause;

function timeOfZero(): number {
  for (let time = NOW; ; time += 30) {
    if (/^0[1-9]/.test(totp(record.secret, { time }))) return time;
  }
}

/** A moment whose code begins with exactly one zero. */
const ZERO = timeOfZero();

describe('a mistake is named by its code:', () => {
  const fromHex = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'));
  const swapped = (code: string) => code.slice(0, 2) + code[3] + code[2] + code.slice(4);
  const seeded: readonly (readonly [string, Cause, () => string, SeedRecord?, object?])[] = [
    ['none', 'right', () => at(-60)],
    ['the same code again', 'used', () => at(0), record, { lastUsedStep: Math.floor(NOW / 30) }],
    ['a code of four steps ago', 'oldStep', () => at(-120)],
    ['a code from three steps ahead', 'futureStep', () => at(90)],
    ['a clock twenty minutes slow', 'slowClock', () => at(-1_290)],
    ['a clock twenty minutes fast', 'fastClock', () => at(1_290)],
    [
      'a clock known to be a minute and a half slow',
      'slowClock',
      () => at(-90),
      record,
      { tokenTimeSeconds: NOW - 90 },
    ],
    ['a clock set to the time of India', 'timeZone', () => at(19_800)],
    ['a clock that began in 2000', 'clockNotSet', () => totp(record.secret, { time: 946_685_400 })],
    ['SHA-256', 'wrongHash', () => at(0, { hash: 'SHA256' })],
    ['eight digits', 'wrongDigits', () => at(0, { digits: 8 })],
    ['steps of a minute', 'wrongPeriod', () => at(0, { period: 60 })],
    ['codes by counter', 'wrongType', () => hotp(record.secret, 3)],
    [
      'Base32 read as hexadecimal',
      'base32ReadAsHex',
      () => totp(fromHex(AMBIGUOUS), { time: NOW }),
    ],
    [
      'hexadecimal read as Base32',
      'hexReadAsBase32',
      () => totp(HEX, { time: NOW }),
      { ...record, secret: fromHex(HEX) },
    ],
    [
      'a seed that was not decoded',
      'seedReadAsText',
      () => totp(new TextEncoder().encode(AMBIGUOUS), { time: NOW }),
    ],
    [
      'the token of a colleague',
      'otherToken',
      () => totp(other.secret, { time: NOW }),
      record,
      { others: [recordSource(other)] },
    ],
    ['a press too few', 'used', () => hotp(record.secret, 39), counting],
    ['an image put back', 'counterBehind', () => hotp(record.secret, 12), counting],
    ['keys pressed in a pocket', 'counterAhead', () => hotp(record.secret, 65), counting],
    [
      'a zero lost',
      'lostLeadingZero',
      () => totp(record.secret, { time: ZERO }).slice(1),
      record,
      { timeSeconds: ZERO },
    ],
    ['two digits swapped', 'mistyped', () => swapped(at(0))],
    ['a blank in the middle', 'notDigits', () => `${at(0).slice(0, 3)} ${at(0).slice(3)}`],
    ['none of these', 'unknown', () => '000000'],
  ];
  for (const [mistake, cause, code, of, options] of seeded) {
    test(`${mistake}: ${cause}`, () => expect(causeOf(code(), of, options)).toBe(cause));
  }

  it('and every cause there is has its mistake here', () => {
    expect(new Set(seeded.map(([, cause]) => cause))).toEqual(new Set(CAUSES));
  });
});

describe('an explanation', () => {
  const explain = (code: string, options = {}) =>
    explainCode(code, record, { timeSeconds: NOW, ...options });

  it('is a sentence with how far off the code is', () => {
    expect(explain(at(-120)).text).toBe(
      'this is the code of 4 steps ago: it was typed too late, or the token is 120 s slow',
    );
    expect(explain(at(19_800)).text).toContain('5 h 30 min fast');
  });

  it('says how often it would be an accident: seldom near by, now and then far away', () => {
    expect(explain(at(-30)).accident).toBeLessThan(1e-5);
    const far = explain(at(-80_010)).accident;
    expect(far).toBeGreaterThan(1e-3);
    expect(far).toBeLessThan(1e-2);
  });

  it('follows the window and the drift that the server has', () => {
    expect(explain(at(-60), { window: 1 }).cause).toBe('oldStep');
    expect(explain(at(-120), { driftSteps: -4 }).cause).toBe('right');
  });

  it('never holds the seed, and leaves it as it was', () => {
    const before = record.secret.slice();
    const told = JSON.stringify(explain('000000'));
    expect(told).not.toContain(AMBIGUOUS);
    expect(record.secret).toEqual(before);
  });

  it.each([
    ['timeSeconds', { timeSeconds: -1 }],
    ['window', { window: 101 }],
    ['counter', { counter: 0.5 }],
    ['lookAhead', { lookAhead: 1_001 }],
  ])('is refused for a %s out of range', (name, options) => {
    expect(() => explain('123456', options)).toThrow(new RegExp(`^${name}: expected`));
  });

  it.each(['', '１２３４５６', '-12345', '12345678901234567890', '12.456'])(
    'of %j is no failure',
    (code) => {
      expect(['notDigits', 'unknown']).toContain(explain(code).cause);
    },
  );
});
