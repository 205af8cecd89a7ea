import { createHmac } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Door, openDoor } from '../crypto/door.ts';
import { HASHES, hashNumber, referenceHotp } from '../engines/reference.ts';

interface OathDoor extends Door {
  reduce(value: number, digits: number): number;
  codeDigits(code: number, digits: number, output: number): void;
  hmacPrepare(hash: number, key: number, keyLength: number, state: number): void;
  hotp(hash: number, state: number, high: number, low: number, digits: number): number;
}

const TEXT = 1025;
const KEY = 2048;
const STATE = 4096;
let door: OathDoor;
let memory: Uint8Array;

beforeAll(async () => {
  door = (await openDoor(`
    export { codeDigits, hotp, reduce } from './oath/hotp';
    export { hmacPrepare } from './crypto/hmac';
  `)) as OathDoor;
  memory = new Uint8Array(door.memory.buffer);
});

describe.each([6, 7, 8])('with %i digits', (digits) => {
  const modulus = 10 ** digits;

  test('the reduction is exact around every multiple of the modulus and at random', () => {
    for (let multiple = 0; multiple < 2 ** 31; multiple += modulus) {
      for (const value of [multiple - 1, multiple, multiple + 1]) {
        if (value < 0 || value >= 2 ** 31) continue;
        if (door.reduce(value, digits) !== value % modulus) expect(value).toBe('reduced rightly');
      }
    }
    let value = 1;
    for (let round = 0; round < 1_000_000; round++) {
      value = (Math.imul(value, 1664525) + 1013904223) & 0x7fffffff;
      if (door.reduce(value, digits) !== value % modulus) expect(value).toBe('reduced rightly');
    }
    expect(door.reduce(0x7fffffff, digits)).toBe(0x7fffffff % modulus);
  });

  test('a code is written with its leading zeros and not a byte further', () => {
    for (const code of [0, 7, 10, 90_210, 123_456, modulus - 1, modulus / 10]) {
      memory.fill(0xa5, TEXT - 1, TEXT + 10);
      door.codeDigits(code, digits, TEXT);
      const written = Buffer.from(memory.slice(TEXT - 1, TEXT + digits + 1)).toString('latin1');
      expect(written).toBe(`\xa5${String(code).padStart(digits, '0')}\xa5`);
    }
  });
});

test.each(HASHES)('%s codes are right at every truncation offset 0..15', (hash) => {
  const key = Buffer.from('12345678901234567890');
  const offsets = new Set<number>();
  memory.set(key, KEY);
  door.hmacPrepare(hashNumber(hash), KEY, key.length, STATE);
  for (let counter = 0; counter < 400; counter++) {
    const message = Buffer.alloc(8);
    message.writeUInt32BE(counter, 4);
    offsets.add(createHmac(hash, key).update(message).digest().at(-1)! & 15);
    const expected = referenceHotp(hash, key, BigInt(counter), 8);
    expect(door.hotp(hashNumber(hash), STATE, 0, counter, 8)).toBe(expected);
  }
  expect(offsets.size).toBe(16);
});
