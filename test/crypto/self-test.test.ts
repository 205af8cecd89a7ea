import { beforeAll, expect, test } from 'vitest';
import { type Door, openDoor } from './door.ts';

/** The constant tables: 80 and 8 words of 64 bits. */
const TABLE_BYTES = 88 * 8;
let door: Door & { cryptoSelfTest(): number; tables(): number };
let memory: Uint8Array;

beforeAll(async () => {
  door = (await openDoor(`
    import { SHA2_CONSTANTS } from './crypto/memory';
    export { cryptoSelfTest } from './crypto/self-test';
    export function tables(): usize { return SHA2_CONSTANTS; }
  `)) as never;
  memory = new Uint8Array(door.memory.buffer);
});

test('the self-test passes and leaves nothing but the tables in memory', () => {
  expect(door.cryptoSelfTest()).toBe(1);
  const start = door.tables();
  expect(memory.subarray(0, start).every((byte) => byte === 0)).toBe(true);
  expect(memory.subarray(start + TABLE_BYTES).every((byte) => byte === 0)).toBe(true);
});

test('the self-test fails when any byte of the constants is damaged', () => {
  for (let offset = 0; offset < TABLE_BYTES; offset++) {
    memory[door.tables() + offset]! ^= 1 << (offset & 7);
    expect(door.cryptoSelfTest(), `byte ${offset}`).toBe(0);
    memory[door.tables() + offset]! ^= 1 << (offset & 7);
  }
  expect(door.cryptoSelfTest()).toBe(1);
});
