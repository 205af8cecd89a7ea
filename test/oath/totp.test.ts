import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { type Door, openDoor } from '../crypto/door.ts';

let door: Door & { timeStep(timeSeconds: bigint, periodSeconds: number): bigint };

beforeAll(async () => {
  door = (await openDoor(`export { timeStep } from './oath/totp';`)) as never;
});

const stepOf = (time: bigint, period: number) =>
  BigInt.asUintN(64, door.timeStep(BigInt.asIntN(64, time), period));

test('the time step is the whole quotient of any 64-bit time and any period', () => {
  const time = fc.bigInt(0n, 2n ** 64n - 1n);
  fc.assert(
    fc.property(time, fc.integer({ min: 1, max: 3600 }), (seconds, period) => {
      expect(stepOf(seconds, period)).toBe(seconds / BigInt(period));
    }),
    { numRuns: 5000 },
  );
});

test('the time step changes exactly at the multiples of the period', () => {
  for (const period of [1, 2, 29, 30, 60, 3599, 3600]) {
    for (const step of [0n, 1n, 0xffffn, 0x10000n, 0xffffffffn, 2n ** 32n, 2n ** 52n]) {
      const begin = step * BigInt(period);
      expect(stepOf(begin, period)).toBe(step);
      expect(stepOf(begin + BigInt(period) - 1n, period)).toBe(step);
    }
  }
  expect(stepOf(2n ** 64n - 1n, 1)).toBe(2n ** 64n - 1n);
});
