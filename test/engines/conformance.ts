/** The conformance suite of otp.wasm: what every build has to answer, whatever runs it and wherever. */
import { createHash, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { HashName } from '../../host/otp.ts';
import type { Command, Engine } from './engine.ts';
import { HASHES, hashNumber, referenceHotp, referenceSearch } from './reference.ts';
import { mismatches, VECTORS } from './vectors.ts';
import { getDigest, halves, last, putBytes, toHex } from './window.ts';

const MISMATCH = -(2 ** 31);
const REPLAYED = MISMATCH + 1;
/** A board may have to be built first. */
const OPENING_MILLISECONDS = 120_000;

const key = fc.uint8Array({ minLength: 1, maxLength: 200 });
const hashName = fc.constantFrom(...HASHES);
const digits = fc.constantFrom(6, 7, 8);
const counter = fc.bigInt(0n, 2n ** 63n);

/** How much of what has no end is tried. */
export interface Extent {
  /** Messages of every length up to this are hashed; 1024 at most. */
  readonly longestMessage: number;
  /** Random keys, counters and times for each property. */
  readonly propertyRuns: number;
}

/** Declares the tests. @param open  brings up one engine for all of them */
export function conformance(title: string, open: () => Promise<Engine>, extent: Extent): void {
  describe(title, () => suite(open, extent));
}

function suite(open: () => Promise<Engine>, { longestMessage, propertyRuns }: Extent): void {
  let engine: Engine;
  beforeAll(async () => {
    engine = await open();
  }, OPENING_MILLISECONDS);
  afterAll(() => engine.close());

  const prepare = (hash: HashName, secret: Uint8Array) => [
    ...putBytes(secret),
    ['prepareKey', hashNumber(hash), secret.length] as [string, number, number],
  ];

  test('passes its own self-test', async () => {
    expect(await engine.run([['selfTest']])).toEqual([1]);
  });

  test.each(HASHES)(`hashes %s messages of every length up to ${longestMessage}`, async (hash) => {
    const message = randomBytes(longestMessage);
    const digestLength = createHash(hash).digest().length;
    const lengths = Array.from({ length: longestMessage + 1 }, (_, length) => length);
    const answers = await engine.run([
      ...putBytes(message),
      ...lengths.flatMap((length): Command[] => [
        ['hashMessage', hashNumber(hash), length],
        ...getDigest(digestLength),
      ]),
    ]);
    const perLength = 1 + digestLength / 4;
    const first = answers.length - lengths.length * perLength;
    for (const length of lengths) {
      const begin = first + length * perLength;
      const [answered, ...words] = answers.slice(begin, begin + perLength);
      expect(answered).toBe(digestLength);
      const expected = createHash(hash).update(message.subarray(0, length)).digest('hex');
      expect(toHex(words), `${length} bytes`).toBe(expected);
    }
  });

  test.each(VECTORS)('keeps to $name', async (vector) => {
    expect(await mismatches(engine, vector)).toEqual([]);
  });

  test('agrees with node:crypto on the codes of any key and counter', async () => {
    const property = fc.asyncProperty(
      ...[hashName, key, counter, digits],
      async (hash, secret, value, count) => {
        const [high, low] = halves(value);
        const prepared = await last(engine, [
          ...prepare(hash, secret),
          ['hotpCode', hashNumber(hash), high, low, count],
        ]);
        const direct = await last(engine, [
          ...putBytes(secret),
          ['hotpOfKey', hashNumber(hash), secret.length, high, low, count],
        ]);
        const expected = referenceHotp(hash, secret, value, count);
        expect([prepared, direct]).toEqual([expected, expected]);
      },
    );
    await fc.assert(property, { numRuns: propertyRuns });
  });

  test('agrees with node:crypto on the codes of any time and period', async () => {
    const time = fc.bigInt(0n, 2n ** 64n - 1n);
    const property = fc.asyncProperty(
      ...[hashName, key, time, fc.integer({ min: 1, max: 3600 }), digits],
      async (hash, secret, seconds, period, count) => {
        const [high, low] = halves(seconds);
        const code = await last(engine, [
          ...prepare(hash, secret),
          ['totpCode', hashNumber(hash), high, low, period, count],
        ]);
        expect(code).toBe(referenceHotp(hash, secret, seconds / BigInt(period), count));
      },
    );
    await fc.assert(property, { numRuns: propertyRuns });
  });

  test('agrees with a plain search on where a code matches', async () => {
    const steps = fc.integer({ min: 0, max: 4 });
    const offset = fc.integer({ min: -6, max: 6 });
    const centre = fc.oneof(fc.bigInt(0n, 3n), counter, fc.bigInt(2n ** 64n - 3n, 2n ** 64n - 1n));
    const property = fc.asyncProperty(
      ...[hashName, key, centre, steps, steps, offset, offset],
      async (hash, secret, middle, behind, ahead, typed, fresh) => {
        const codeOf = (step: bigint) => referenceHotp(hash, secret, step, 6);
        const code = codeOf(BigInt.asUintN(64, middle + BigInt(typed)));
        const [high, low] = halves(middle);
        const answer = await last(engine, [
          ...prepare(hash, secret),
          ['verifyCode', hashNumber(hash), 6, code, high, low, behind, ahead, fresh],
        ]);
        const firstFresh = middle + BigInt(fresh);
        const expected = referenceSearch(codeOf, code, middle, behind, ahead, firstFresh);
        const numbers = { mismatch: MISMATCH, replayed: REPLAYED };
        expect(answer).toBe(typeof expected === 'number' ? expected : numbers[expected]);
      },
    );
    await fc.assert(property, { numRuns: propertyRuns });
  });

  test('refuses every argument that is out of range', async () => {
    const refused = await engine.run([
      ['put32', 272, 1],
      ['put32', -1, 1],
      ['get32', 272],
      ['hashMessage', 0, 1],
      ['hashMessage', 4, 1],
      ['hashMessage', 1, 1025],
      ['prepareKey', 4, 20],
      ['prepareKey', 1, 1025],
      ['prepareKey', 1, -1],
      ['macMessage', 0, 1],
      ['macMessage', 1, 1025],
      ['hotpCode', 0, 0, 0, 6],
      ['hotpCode', 1, 0, 0, 5],
      ['hotpCode', 1, 0, 0, 9],
      ['hotpOfKey', 1, 1025, 0, 0, 6],
      ['hotpOfKey', 1, 20, 0, 0, 9],
      ['totpCode', 1, 0, 0, 0, 6],
      ['totpCode', 1, 0, 0, 3601, 6],
      ['totpCode', 9, 0, 0, 30, 6],
    ]);
    expect(refused).toEqual(refused.map(() => -1));
    const searches = await engine.run([
      ['verifyCode', 4, 6, 0, 0, 0, 1, 1, 0],
      ['verifyCode', 1, 9, 0, 0, 0, 1, 1, 0],
      ['verifyCode', 1, 6, 0, 0, 0, 65536, 1, 0],
      ['verifyCode', 1, 6, 0, 0, 0, 1, -1, 0],
    ]);
    expect(searches).toEqual(searches.map(() => MISMATCH));
  });
}
