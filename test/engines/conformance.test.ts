import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { HashName } from '../../host/otp.ts';
import hmacVectors from '../vectors/hmac.json' with { type: 'json' };
import hotpVectors from '../vectors/hotp.json' with { type: 'json' };
import totpVectors from '../vectors/totp.json' with { type: 'json' };
import {
  buildSmall,
  type Engine,
  openNative,
  openV8,
  openWasmtime,
  SHIPPED,
  SHIPPED_VECTOR,
} from './engine.ts';
import { HASHES, hashNumber, referenceHotp, referenceSearch } from './reference.ts';
import { getDigest, halves, last, putBytes, toHex } from './window.ts';

const MISMATCH = -(2 ** 31);
const REPLAYED = MISMATCH + 1;
const PROPERTY_RUNS = 400;

const engines = { V8: openV8, Wasmtime: openWasmtime, wasm2c: openNative };
const files: Record<string, string> = {
  'built for speed': SHIPPED,
  'built for vectors': SHIPPED_VECTOR,
  'built for size': '',
  'built with checks': 'dist/otp.debug.wasm',
};
/**
 * Every engine runs every build, except that wasm2c 1.0.32 translates no vectors, and that one
 * engine is enough for the build with assertions and bounds checks.
 */
const combinations = Object.entries(engines).flatMap(([name, open]) =>
  Object.keys(files)
    .filter((build) => build !== 'built for vectors' || name !== 'wasm2c')
    .filter((build) => build !== 'built with checks' || name === 'V8')
    .map((build) => ({ name, build, open })),
);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'oathfob-small-'));
  files['built for size'] = await buildSmall(folder);
}, 60_000);
afterAll(() => rm(folder, { recursive: true }));

const key = fc.uint8Array({ minLength: 1, maxLength: 200 });
const hashName = fc.constantFrom(...HASHES);
const digits = fc.constantFrom(6, 7, 8);
const counter = fc.bigInt(0n, 2n ** 63n);

describe.each(combinations)('otp.wasm in $name, $build', ({ build, open }) => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await open(files[build]!);
  }, 60_000);
  afterAll(() => engine.close());

  const prepare = (hash: HashName, secret: Uint8Array) => [
    ...putBytes(secret),
    ['prepareKey', hashNumber(hash), secret.length] as [string, number, number],
  ];

  test('passes its own self-test', async () => {
    expect(await engine.run([['selfTest']])).toEqual([1]);
  });

  test.each(HASHES)('hashes %s messages of every length 0..300', async (hash) => {
    const message = randomBytes(300);
    const length = createHash(hash).digest().length;
    await engine.run(putBytes(message));
    for (let end = 0; end <= 300; end++) {
      const [answered, ...words] = await engine.run([
        ['hashMessage', hashNumber(hash), end],
        ...getDigest(length),
      ]);
      expect(answered).toBe(length);
      expect(toHex(words)).toBe(createHash(hash).update(message.subarray(0, end)).digest('hex'));
    }
  });

  test.each(hmacVectors.cases)('computes the MAC of $case', async ({ keyHex, dataHex, macs }) => {
    const data = Buffer.from(dataHex, 'hex');
    for (const [hash, mac] of Object.entries(macs) as [HashName, string][]) {
      await engine.run(prepare(hash, Buffer.from(keyHex, 'hex')));
      const length = await last(engine, [
        ...putBytes(data),
        ['macMessage', hashNumber(hash), data.length],
      ]);
      // RFC 4231 publishes only the first 16 bytes of case 5.
      expect(toHex(await engine.run(getDigest(length))).slice(0, mac.length)).toBe(mac);
    }
  });

  test('shows the codes of RFC 4226 and of counters up to 2^64 - 1', async () => {
    await engine.run(prepare('SHA1', Buffer.from(hotpVectors.secretHex, 'hex')));
    for (const vector of [...hotpVectors.vectors, ...hotpVectors.edgeCounters]) {
      const [high, low] = halves(BigInt(vector.counter));
      expect(await engine.run([6, 7, 8].map((count) => ['hotpCode', 1, high, low, count]))).toEqual(
        [1e6, 1e7, 1e8].map((modulus) => vector.truncated % modulus),
      );
    }
  });

  test.each(totpVectors.vectors)('shows the $hash code of RFC 6238 at $time', async (vector) => {
    const hash = vector.hash as HashName;
    const [high, low] = halves(BigInt(vector.time));
    await engine.run(prepare(hash, Buffer.from(totpVectors.secretsHex[hash], 'hex')));
    expect(
      await engine.run([
        ['totpCode', hashNumber(hash), high, low, totpVectors.period, 8],
        ['totpCode', hashNumber(hash), high, low, totpVectors.period, 6],
      ]),
    ).toEqual([Number(vector.otp8), Number(vector.otp6)]);
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
    await fc.assert(property, { numRuns: PROPERTY_RUNS });
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
    await fc.assert(property, { numRuns: PROPERTY_RUNS });
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
    await fc.assert(property, { numRuns: PROPERTY_RUNS });
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
});
