import { describe, expect, test } from 'vitest';
import { hotp, prepare, totp, verify } from '../../host/otp.ts';

const KEY = new TextEncoder().encode('12345678901234567890');

describe('a wrong argument', () => {
  const key = KEY as never;
  const cases: [string, () => unknown, typeof TypeError | typeof RangeError, string][] = [
    ['secret of another type', () => hotp([1, 2] as never, 0), TypeError, 'secret: expected'],
    ['no secret', () => totp(undefined as never), TypeError, 'got undefined'],
    ['empty secret', () => prepare(new Uint8Array()), RangeError, 'secret: expected 1..1024 bytes'],
    ['empty Base32', () => hotp('', 0), RangeError, 'at least one byte'],
    ['long secret', () => hotp(new Uint8Array(1025), 0), RangeError, 'got 1025'],
    ['long Base32', () => hotp('A'.repeat(1648), 0), RangeError, 'at most 1024 bytes'],
    ['hexadecimal secret', () => hotp('3132333435363738', 0), RangeError, 'looks like hexadecimal'],
    [
      'unknown hash',
      () => prepare(key, { hash: 'MD5' as never }),
      RangeError,
      "hash: expected 'SHA1'",
    ],
    ['hash of another type', () => hotp(key, 0, { hash: 1 as never }), TypeError, 'hash: expected'],
    [
      '5 digits',
      () => hotp(key, 0, { digits: 5 as never }),
      RangeError,
      'digits: expected an integer 6..8, got 5',
    ],
    [
      'digits as text',
      () => totp(key, { digits: '6' as never }),
      TypeError,
      'digits: expected an integer 6..8, got string',
    ],
    [
      'period 0',
      () => totp(key, { period: 0 }),
      RangeError,
      'period: expected an integer 1..3600, got 0',
    ],
    ['period 3601', () => prepare(key, { period: 3601 }), RangeError, 'got 3601'],
    ['period 1.5', () => totp(key, { period: 1.5 }), RangeError, 'got 1.5'],
    [
      'time before 1970',
      () => totp(key, { time: -1 }),
      RangeError,
      'time: expected seconds since 1970',
    ],
    ['time in no number', () => totp(key, { time: Number.NaN }), RangeError, 'got NaN'],
    [
      'time as a Date',
      () => totp(key, { time: new Date(0) as never }),
      TypeError,
      'time: expected',
    ],
    ['counter -1', () => hotp(key, -1), RangeError, 'counter: expected an integer'],
    ['counter 2^53', () => hotp(key, 2 ** 53), RangeError, 'counter: expected an integer'],
    [
      'counter -1n',
      () => hotp(key, -1n),
      RangeError,
      'counter: expected a bigint 0..2^64-1, got -1',
    ],
    ['counter 2^64', () => hotp(key, 2n ** 64n), RangeError, 'got 18446744073709551616'],
    [
      'counter as text',
      () => hotp(key, '0' as never),
      TypeError,
      'counter: expected number or bigint',
    ],
    ['code as a number', () => verify(key, 755224 as never), TypeError, 'code: expected a string'],
    ['window -1', () => verify(key, '755224', { window: -1 }), RangeError, 'window: expected'],
    [
      'half a window',
      () => verify(key, '755224', { window: { behind: 1 } as never }),
      TypeError,
      'window.ahead',
    ],
    ['wide window', () => verify(key, '755224', { window: 65_536 }), RangeError, '0..65535'],
    ['drift 0.5', () => verify(key, '755224', { driftSteps: 0.5 }), RangeError, 'driftSteps'],
    ['last step -1', () => verify(key, '755224', { lastUsedStep: -1 }), RangeError, 'lastUsedStep'],
    ['look-ahead -1', () => prepare(key).verifyHotp('755224', 0, -1), RangeError, 'lookAhead'],
  ];
  test.each(cases)('(%s) is refused by its name', (_, call, type, message) => {
    expect(call).toThrow(type);
    expect(call).toThrow(message);
  });
});
