import { beforeAll, expect, test } from 'vitest';
import { type Door, openDoor } from './door.ts';

let door: Door & { constants(): number; initial(): number };

beforeAll(async () => {
  door = (await openDoor(`
    import { SHA2_CONSTANTS, SHA2_INITIAL } from './crypto/memory';
    export function constants(): usize { return SHA2_CONSTANTS; }
    export function initial(): usize { return SHA2_INITIAL; }
  `)) as never;
});

function firstPrimes(count: number): bigint[] {
  const primes: bigint[] = [];
  for (let candidate = 2n; primes.length < count; candidate++) {
    if (primes.every((prime) => candidate % prime !== 0n)) primes.push(candidate);
  }
  return primes;
}

/** First 64 bits of the fractional part of the root: floor(root * 2^64), whole part cut off. */
function rootFraction(value: bigint, degree: bigint): bigint {
  const scaled = value << (64n * degree);
  let root = 0n;
  for (let bit = 1n << 80n; bit > 0n; bit >>= 1n) {
    if ((root | bit) ** degree <= scaled) root |= bit;
  }
  return BigInt.asUintN(64, root);
}

test('the round constants are the cube roots of the first 80 primes (FIPS 180-4 §4.2.3)', () => {
  const table = new BigUint64Array(door.memory.buffer, door.constants(), 80);
  expect([...table]).toEqual(firstPrimes(80).map((prime) => rootFraction(prime, 3n)));
});

test('the initial state is the square roots of the first 8 primes (FIPS 180-4 §5.3.5)', () => {
  const table = new BigUint64Array(door.memory.buffer, door.initial(), 8);
  expect([...table]).toEqual(firstPrimes(8).map((prime) => rootFraction(prime, 2n)));
});
