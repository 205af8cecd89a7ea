import { beforeAll, describe, expect, test } from 'vitest';
import { type Door, openDoor } from './door.ts';

const LEFT = 1024;
const RIGHT = 2049;
let door: Door & { equal(a: number, b: number, length: number): number };
let memory: Uint8Array;
let EQUAL: number;
let UNEQUAL: number;

beforeAll(async () => {
  door = (await openDoor(
    `export { EQUAL, UNEQUAL, equal } from './crypto/constant-time';`,
  )) as never;
  memory = new Uint8Array(door.memory.buffer);
  EQUAL = (door.EQUAL as WebAssembly.Global).value | 0;
  UNEQUAL = (door.UNEQUAL as WebAssembly.Global).value | 0;
});

describe('equal', () => {
  test('finds equal blocks of every length equal', () => {
    for (let length = 0; length <= 40; length++) {
      memory.fill(length, LEFT, LEFT + length);
      memory.fill(length, RIGHT, RIGHT + length);
      expect(door.equal(LEFT, RIGHT, length)).toBe(EQUAL);
    }
  });

  test('finds a difference in any single bit, and none behind the end', () => {
    memory.fill(0x5a, LEFT, LEFT + 33);
    memory.fill(0x5a, RIGHT, RIGHT + 33);
    for (let bit = 0; bit < 33 * 8; bit++) {
      memory[RIGHT + (bit >> 3)]! ^= 1 << (bit & 7);
      expect(door.equal(LEFT, RIGHT, 32)).toBe(bit < 32 * 8 ? UNEQUAL : EQUAL);
      memory[RIGHT + (bit >> 3)]! ^= 1 << (bit & 7);
    }
  });

  test('gives verdicts that differ in every bit', () => {
    expect(EQUAL ^ UNEQUAL).toBe(-1);
  });
});
