import { createHash, createHmac, randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { HASHES, hashNumber } from '../engines/reference.ts';
import { type Door, openDoor } from './door.ts';

interface HashDoor extends Door {
  digest(hash: number, message: number, length: number, output: number): void;
  digestLength(hash: number): number;
  blockLength(hash: number): number;
  hmacPrepare(hash: number, key: number, keyLength: number, state: number): void;
  hmac(hash: number, state: number, message: number, length: number, mac: number): void;
}

const KEY = 4096;
const STATE = 8192;
const MAC = 8448;
const MESSAGE = 16384;
let door: HashDoor;
let memory: Uint8Array;

beforeAll(async () => {
  door = (await openDoor(`
    export { blockLength, digest, digestLength } from './crypto/hash';
    export { hmac, hmacPrepare } from './crypto/hmac';
  `)) as HashDoor;
  memory = new Uint8Array(door.memory.buffer);
});

const bytesAt = (pointer: number, length: number) =>
  Buffer.from(memory.slice(pointer, pointer + length));

describe.each(HASHES)('%s', (hash) => {
  const number = hashNumber(hash);
  const length = createHash(hash).digest().length;

  test('has the digest and block length of FIPS 180-4', () => {
    expect(door.digestLength(number)).toBe(length);
    expect(door.blockLength(number)).toBe(hash === 'SHA512' ? 128 : 64);
  });

  test('takes messages and gives digests at any alignment', () => {
    const message = randomBytes(150);
    for (let shift = 0; shift < 8; shift++) {
      memory.set(message, MESSAGE + shift);
      door.digest(number, MESSAGE + shift, 150, MAC + 7 - shift);
      const expected = createHash(hash).update(message).digest();
      expect(bytesAt(MAC + 7 - shift, length)).toEqual(expected);
    }
  });

  test('hashes tens of thousands of bytes and may overwrite them with the digest', () => {
    const message = randomBytes(40_000);
    memory.set(message, MESSAGE);
    door.digest(number, MESSAGE, message.length, MESSAGE);
    expect(bytesAt(MESSAGE, length)).toEqual(createHash(hash).update(message).digest());
  });

  test('prepares keys of every length 0..200', () => {
    const key = randomBytes(201);
    const message = randomBytes(77);
    memory.set(key, KEY);
    memory.set(message, MESSAGE + 1);
    for (let keyLength = 0; keyLength <= 200; keyLength++) {
      door.hmacPrepare(number, KEY, keyLength, STATE);
      door.hmac(number, STATE, MESSAGE + 1, 77, MAC + 1);
      const expected = createHmac(hash, key.subarray(0, keyLength)).update(message).digest();
      expect(bytesAt(MAC + 1, length)).toEqual(expected);
    }
  });

  test('leaves a prepared key as it was, for any number of messages', () => {
    const key = randomBytes(33);
    memory.set(key, KEY);
    door.hmacPrepare(number, KEY, key.length, STATE);
    const prepared = bytesAt(STATE, 128);
    for (const messageLength of [0, 1, 63, 64, 111, 112, 127, 128, 300]) {
      const message = randomBytes(messageLength);
      memory.set(message, MESSAGE);
      door.hmac(number, STATE, MESSAGE, messageLength, MAC);
      expect(bytesAt(MAC, length)).toEqual(createHmac(hash, key).update(message).digest());
    }
    expect(bytesAt(STATE, 128)).toEqual(prepared);
  });

  test('takes a key from the second half of its state and puts a MAC over the state', () => {
    const key = randomBytes(64);
    memory.set(key, STATE + 64);
    door.hmacPrepare(number, STATE + 64, 64, STATE);
    memory.set(key, MESSAGE);
    door.hmac(number, STATE, MESSAGE, 10, STATE);
    const expected = createHmac(hash, key).update(key.subarray(0, 10)).digest();
    expect(bytesAt(STATE, length)).toEqual(expected);
  });
});

test('a number that is no hash has no digest length', () => {
  expect([0, 4, -1].map((number) => door.digestLength(number))).toEqual([0, 0, 0]);
});
