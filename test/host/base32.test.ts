import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { decodeBase32, decodeBase32Into, encodeBase32 } from '../../host/base32.ts';

/** RFC 4648 §10. */
const VECTORS = [
  ['', ''],
  ['f', 'MY======'],
  ['fo', 'MZXQ===='],
  ['foo', 'MZXW6==='],
  ['foob', 'MZXW6YQ='],
  ['fooba', 'MZXW6YTB'],
  ['foobar', 'MZXW6YTBOI======'],
] as const;

describe('decodeBase32', () => {
  test.each(VECTORS)(
    'reads %j from %j, with and without padding, in either case',
    (text, base32) => {
      for (const written of [base32, base32.replaceAll('=', ''), base32.toLowerCase()]) {
        expect(Buffer.from(decodeBase32(written)).toString()).toBe(text);
      }
    },
  );

  test('reads back what encodeBase32 writes, for every length 0..100', () => {
    for (let length = 0; length <= 100; length++) {
      const bytes = new Uint8Array(randomBytes(length));
      expect(decodeBase32(encodeBase32(bytes))).toEqual(bytes);
    }
  });

  test('ignores spare bits of the last letter, as generators leave them set', () => {
    expect(decodeBase32('MZ')).toEqual(decodeBase32('MY'));
  });

  test('names the position of a foreign character and never the text', () => {
    const secret = 'GEZDGNBV!Y3TQOJQ';
    expect(() => decodeBase32(secret)).toThrow(
      new RangeError('Base32: expected A-Z and 2-7, got another character at position 9 of 16'),
    );
    for (const foreign of [
      '0',
      '1',
      '8',
      '9',
      ' ',
      '-',
      '=A',
      'é',
      'ı',
      '\u0141',
      '\ud83d\ude00',
    ]) {
      expect(() => decodeBase32(`GEZDGN${foreign}BVGY`), foreign).toThrow(/another character/);
    }
  });

  test.each([1, 3, 6, 9, 11, 14])('refuses %i letters, which no bytes encode to', (letters) => {
    expect(() => decodeBase32('A'.repeat(letters))).toThrow(/a letter was lost or added/);
  });

  test('tells hexadecimal from Base32 where it can', () => {
    expect(() => decodeBase32('3132333435363738393031')).toThrow(/looks like hexadecimal/);
  });

  test('refuses more padding than a group can need', () => {
    expect(() => decodeBase32('MY=======')).toThrow(RangeError);
  });
});

describe('decodeBase32Into', () => {
  test('writes at the offset and nowhere else', () => {
    const target = new Uint8Array(10).fill(0xa5);
    expect(decodeBase32Into('MZXW6', target, 4)).toBe(3);
    expect(Buffer.from(target).toString('latin1')).toBe('\xa5\xa5\xa5\xa5foo\xa5\xa5\xa5');
  });

  test('leaves no bytes of a text that it refuses', () => {
    const target = new Uint8Array(32);
    expect(() => decodeBase32Into('GEZDGNBVGY3TQOJQGEZDGNB!', target, 0)).toThrow(RangeError);
    expect(target).toEqual(new Uint8Array(32));
  });

  test('refuses a text that does not fit, before it writes', () => {
    const target = new Uint8Array(4);
    expect(() => decodeBase32Into('MZXW6YTB', target, 0)).toThrow(/at most 4 bytes, got 5/);
    expect(target).toEqual(new Uint8Array(4));
  });
});
