import { createCipheriv, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it, test } from 'vitest';
import { encryptTripleDes } from '../../sim/triple-des.ts';
import { hex } from '../fixtures.ts';
import { type Door, openDoor } from './door.ts';

/** Behind everything that assembly/memory.ts claims, and of no alignment. */
const KEY = 16387;

const { vectors } = JSON.parse(
  readFileSync(new URL('../vectors/des.json', import.meta.url), 'utf8'),
) as { vectors: Record<'table' | 'key' | 'plaintext' | 'ciphertext', string>[] };

let door: Door & { tripleDes(key: number, block: bigint, decipher: number): bigint };
let memory: Uint8Array;

beforeAll(async () => {
  door = (await openDoor(`export { tripleDes } from './crypto/triple-des';`)) as never;
  memory = new Uint8Array(door.memory.buffer);
});

function run(key: Uint8Array, block: string, decipher: number): string {
  memory.set(key, KEY);
  const result = door.tripleDes(KEY, BigInt(`0x${block}`), decipher);
  memory.fill(0, KEY, KEY + key.length);
  return BigInt.asUintN(64, result).toString(16).padStart(16, '0');
}

describe('the known answers of SP 800-20', () => {
  it.each(vectors)('$table: $plaintext under $key', ({ key, plaintext, ciphertext }) => {
    const tripled = hex(key.repeat(3));
    expect(run(tripled, plaintext, 0)).toBe(ciphertext);
    expect(run(tripled, ciphertext, 1)).toBe(plaintext);
  });
});

test('it is what OpenSSL and the server make of random keys, and back', () => {
  for (let round = 0; round < 300; round++) {
    const [key, block] = [randomBytes(24), randomBytes(8)];
    const cipher = createCipheriv('des-ede3-cbc', key, Buffer.alloc(8)).setAutoPadding(false);
    const expected = Buffer.concat([cipher.update(block), cipher.final()]);
    expect(run(key, block.toString('hex'), 0)).toBe(expected.toString('hex'));
    expect(run(key, expected.toString('hex'), 1)).toBe(block.toString('hex'));
    expect(Buffer.from(encryptTripleDes(key, block))).toEqual(expected);
  }
});

test('the vendor’s pair of challenge and answer holds under a key of zeros', () => {
  expect(run(new Uint8Array(24), 'd61143f9ccffd2ca', 0)).toBe('17466e766e303cb6');
});

test('parity bits change nothing', () => {
  const key = randomBytes(24);
  const flipped = key.map((byte, at) => byte ^ (at % 3 === 0 ? 1 : 0));
  expect(run(flipped, '0123456789abcdef', 0)).toBe(run(key, '0123456789abcdef', 0));
});

test('nothing is written to memory', () => {
  const before = memory.slice();
  run(randomBytes(24), '0123456789abcdef', 0);
  run(randomBytes(24), '0123456789abcdef', 1);
  expect(Buffer.from(memory).equals(Buffer.from(before))).toBe(true);
});
