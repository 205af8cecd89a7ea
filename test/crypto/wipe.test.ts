import { beforeAll, expect, test } from 'vitest';
import { openDoor } from './door.ts';

const BUFFER = 1024;
let memory: Uint8Array;
let wipe: (pointer: number, length: number) => void;

beforeAll(async () => {
  const door = await openDoor(`export { wipe } from './crypto/wipe';`);
  memory = new Uint8Array(door.memory.buffer);
  wipe = door.wipe as typeof wipe;
});

test('wipe clears exactly the bytes it is given, at every alignment and length', () => {
  for (let start = 0; start < 8; start++) {
    for (let length = 0; length < 40; length++) {
      memory.fill(0xa5, BUFFER, BUFFER + 64);
      wipe(BUFFER + start, length);
      const expected = new Uint8Array(64).fill(0xa5).fill(0, start, start + length);
      expect(memory.slice(BUFFER, BUFFER + 64)).toEqual(expected);
    }
  }
});
