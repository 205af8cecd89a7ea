import { createCipheriv, randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { encryptTripleDes } from '../../sim/triple-des.ts';

const bytes = (hex: string) => Buffer.from(hex, 'hex');
const encrypt = (key: string, text: string) =>
  Buffer.from(encryptTripleDes(bytes(key), bytes(text))).toString('hex');

test.each([
  ['00'.repeat(24), 'd61143f9ccffd2ca', '17466e766e303cb6', 'the vendor’s example'],
  ['0102030405060708'.repeat(3), 'd61143f9ccffd2ca', '2b5108a3889dff6e', 'single DES'],
  [
    '0102030405060708090a0b0c0d0e0f101112131415161718',
    'd61143f9ccffd2ca',
    '076b9be1d8e28367',
    'counting bytes',
  ],
  [
    '981540f87a2907f81cfba16e2ac42ac7e397d3584ad56408',
    'd61143f9ccffd2ca',
    'c5d52855e708120d',
    'the vendor’s diversified key',
  ],
  ['00'.repeat(24), 'a892d75601617c5d', '1951ec3ef81bbabb', 'the vendor’s sample code'],
])('under %s, %s is %s: %s', (key, text, expected) => {
  expect(encrypt(key, text)).toBe(expected);
});

test('it is what OpenSSL makes of random keys and of one to four blocks in a chain', () => {
  for (let round = 0; round < 100; round++) {
    const key = randomBytes(24);
    const text = randomBytes(8 * (1 + (round % 4)));
    const cipher = createCipheriv('des-ede3-cbc', key, Buffer.alloc(8)).setAutoPadding(false);
    const expected = Buffer.concat([cipher.update(text), cipher.final()]).toString('hex');
    expect(encrypt(key.toString('hex'), text.toString('hex'))).toBe(expected);
  }
});

test('parity bits change nothing', () => {
  expect(encrypt('01'.repeat(24), 'd61143f9ccffd2ca')).toBe('17466e766e303cb6');
});

test('other lengths are refused', () => {
  expect(() => encryptTripleDes(new Uint8Array(16), new Uint8Array(8))).toThrow(RangeError);
  expect(() => encryptTripleDes(new Uint8Array(24), new Uint8Array(7))).toThrow(RangeError);
});
