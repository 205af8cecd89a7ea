import { pbkdf2Sync, randomBytes } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import { type Door, openDoor } from './door.ts';

/** Behind everything that assembly/memory.ts claims. */
const PASSWORD = 16384;
const SALT = 20480;
const OUTPUT = 24576;
const STRETCHED_BYTES = 32;

let door: Door & {
  pbkdf2(
    password: number,
    passwordLength: number,
    salt: number,
    saltLength: number,
    iterations: number,
    output: number,
  ): void;
};
let memory: Uint8Array;

beforeAll(async () => {
  door = (await openDoor(`export { pbkdf2 } from './crypto/pbkdf2';`)) as never;
  memory = new Uint8Array(door.memory.buffer);
});

function stretch(password: Uint8Array, salt: Uint8Array, iterations: number): Buffer {
  memory.set(password, PASSWORD);
  memory.set(salt, SALT);
  memory.fill(0xa5, OUTPUT - 4, OUTPUT + STRETCHED_BYTES + 4);
  door.pbkdf2(PASSWORD, password.length, SALT, salt.length, iterations, OUTPUT);
  return Buffer.from(memory.slice(OUTPUT, OUTPUT + STRETCHED_BYTES));
}

test.each([
  ['passwd', 'salt', 1, '55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc'],
  ['Password', 'NaCl', 80_000, '4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56'],
])('stretches %s as RFC 7914 §11 does', (password, salt, iterations, expected) => {
  const stretched = stretch(Buffer.from(password), Buffer.from(salt), iterations);
  expect(stretched.toString('hex')).toBe(expected);
});

test('takes salts of 0..32 bytes and passwords beyond a block, and writes 32 bytes', () => {
  for (let length = 0; length <= 32; length++) {
    const [password, salt] = [randomBytes(6 + 3 * length), randomBytes(length)];
    const iterations = 1 + (length % 4);
    const expected = pbkdf2Sync(password, salt, iterations, STRETCHED_BYTES, 'sha256');
    expect(stretch(password, salt, iterations)).toEqual(expected);
    expect(memory[OUTPUT - 1]).toBe(0xa5);
    expect(memory[OUTPUT + STRETCHED_BYTES]).toBe(0xa5);
  }
});

test('leaves nothing of password, salt or result in its scratch', () => {
  const secret = Buffer.from('0123456789abcdef');
  const stretched = stretch(secret, secret, 2);
  for (const start of [PASSWORD, SALT, OUTPUT]) memory.fill(0, start, start + 64);
  for (const bytes of [secret, stretched]) {
    for (let at = 0; at + 4 <= bytes.length; at++) {
      expect(Buffer.from(memory).includes(bytes.subarray(at, at + 4))).toBe(false);
    }
  }
});
