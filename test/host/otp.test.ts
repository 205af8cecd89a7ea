import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeBase32 } from '../../host/base32.ts';
import { fromUri, type HashName, hotp, prepare, totp } from '../../host/otp.ts';
import { HASHES, referenceHotp } from '../engines/reference.ts';
import hotpVectors from '../vectors/hotp.json' with { type: 'json' };
import totpVectors from '../vectors/totp.json' with { type: 'json' };

const KEY = Buffer.from(hotpVectors.secretHex, 'hex');
const BASE32 = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';

const digitsOf = fc.constantFrom(6, 7, 8) as fc.Arbitrary<6 | 7 | 8>;
const keyOf = fc.uint8Array({ minLength: 1, maxLength: 200 });
const hashOf = fc.constantFrom(...HASHES);
const codeText = (hash: HashName, key: Uint8Array, counter: bigint, digits: number) =>
  String(referenceHotp(hash, key, counter, digits)).padStart(digits, '0');

describe('hotp', () => {
  test('gives the codes of RFC 4226 from bytes, Base32 and a prepared token', () => {
    const token = prepare(KEY);
    for (const { counter, otp6 } of hotpVectors.vectors) {
      expect(hotp(KEY, Number(counter))).toBe(otp6);
      expect(hotp(BASE32.toLowerCase(), BigInt(counter))).toBe(otp6);
      expect(token.hotp(Number(counter))).toBe(otp6);
    }
  });

  test('takes counters up to 2^53 - 1 as numbers and up to 2^64 - 1 as bigints', () => {
    for (const { counter, otp6, otp8 } of hotpVectors.edgeCounters) {
      expect(hotp(KEY, BigInt(counter))).toBe(otp6);
      expect(prepare(KEY, { digits: 8 }).hotp(BigInt(counter))).toBe(otp8);
    }
    const largest = Number.MAX_SAFE_INTEGER;
    expect(hotp(KEY, largest)).toBe(codeText('SHA1', KEY, BigInt(largest), 6));
    expect(hotp(KEY, 2 ** 32)).toBe('999456');
  });

  test('agrees with node:crypto for any key, counter, hash and digits', () => {
    fc.assert(
      fc.property(
        hashOf,
        keyOf,
        fc.bigInt(0n, 2n ** 63n),
        digitsOf,
        (hash, key, counter, digits) => {
          const expected = codeText(hash, key, counter, digits);
          expect(hotp(key, counter, { hash, digits })).toBe(expected);
          expect(hotp(encodeBase32(key), counter, { hash, digits })).toBe(expected);
          expect(prepare(key, { hash, digits }).hotp(counter)).toBe(expected);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('totp', () => {
  test.each(totpVectors.vectors)('gives the $hash codes of RFC 6238 at $time', (vector) => {
    const hash = vector.hash as HashName;
    const secret = Buffer.from(totpVectors.secretsHex[hash], 'hex');
    expect(totp(secret, { hash, digits: 8, time: vector.time })).toBe(vector.otp8);
    expect(prepare(secret, { hash }).totp(vector.time + 0.9)).toBe(vector.otp6);
  });

  test('agrees with node:crypto for any time to 2^53 and any period', () => {
    const time = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
    const periods = fc.integer({ min: 1, max: 3600 });
    fc.assert(
      fc.property(hashOf, keyOf, time, periods, (hash, key, seconds, period) => {
        const expected = codeText(hash, key, BigInt(seconds) / BigInt(period), 6);
        expect(totp(key, { hash, time: seconds, period })).toBe(expected);
        expect(prepare(key, { hash, period }).totp(seconds)).toBe(expected);
      }),
      { numRuns: 300 },
    );
  });

  test('reads the clock when no time is given', () => {
    const before = Math.floor(Date.now() / 30_000);
    const codes = [before, before + 1].map((step) => hotp(KEY, step));
    expect(codes).toContain(totp(KEY));
    expect(codes).toContain(prepare(KEY).totp());
  });
});

describe('a prepared token', () => {
  test('checks a counter-based code up to the look-ahead and never behind', () => {
    const token = prepare(KEY);
    expect(token.verifyHotp(hotp(KEY, 7), 7)).toEqual({ valid: true, counter: 8n });
    expect(token.verifyHotp(hotp(KEY, 17), 7)).toEqual({ valid: true, counter: 18n });
    expect(token.verifyHotp(hotp(KEY, 18), 7).valid).toBe(false);
    expect(token.verifyHotp(hotp(KEY, 6), 7).valid).toBe(false);
    expect(token.verifyHotp(hotp(KEY, 9), 7n, 2)).toEqual({ valid: true, counter: 10n });
    expect(token.verifyHotp(hotp(KEY, 9), 7n, 1).valid).toBe(false);
    expect(token.verifyHotp('12345', 7).valid).toBe(false);
  });

  test('stops at the last counter instead of starting again at 0', () => {
    const token = prepare(KEY);
    const largest = 2n ** 64n - 1n;
    expect(token.verifyHotp(hotp(KEY, largest), largest)).toEqual({
      valid: true,
      counter: 2n ** 64n,
    });
    expect(token.verifyHotp(hotp(KEY, 0), largest).valid).toBe(false);
    expect(() => token.hotp(2n ** 64n)).toThrow(RangeError);
  });

  test('keeps to its own secret beside a thousand others', () => {
    const keys = Array.from({ length: 1000 }, () => randomBytes(20));
    const tokens = keys.map((key, index) => prepare(key, { hash: HASHES[index % 3]! }));
    for (const [index, token] of tokens.entries()) {
      const expected = codeText(HASHES[index % 3]!, keys[index]!, BigInt(index), 6);
      expect(token.hotp(index)).toBe(expected);
    }
  });

  test('answers nothing any more once it is wiped, however often that is', () => {
    const token = prepare(KEY);
    token.wipe();
    token.wipe();
    expect(() => token.hotp(0)).toThrow(/has been wiped/);
    expect(() => token.totp(0)).toThrow(/has been wiped/);
    expect(() => token.verify('123456')).toThrow(/has been wiped/);
    expect(() => token.verifyHotp('123456', 0)).toThrow(/has been wiped/);
  });

  test('shows no secret when it is printed or serialised', () => {
    const token = prepare(KEY);
    expect(JSON.parse(JSON.stringify(token))).toEqual({ hash: 'SHA1', digits: 6, period: 30 });
    expect(inspect(token, { depth: 9, showHidden: true })).not.toMatch(/Array|midstates|key/i);
  });
});

test('fromUri prepares what the address says', () => {
  const token = fromUri(
    `otpauth://totp/Acme:ada?secret=${BASE32}&algorithm=SHA256&digits=8&period=60`,
  );
  expect(token).toMatchObject({ type: 'totp', issuer: 'Acme', account: 'ada', period: 60 });
  expect(token.totp(90)).toBe(totp(KEY, { hash: 'SHA256', digits: 8, period: 60, time: 90 }));
  const counting = fromUri(`otpauth://hotp/ada?secret=${BASE32}&counter=5`);
  expect(counting.counter).toBe(5n);
  expect(counting.hotp(counting.counter!)).toBe('254676');
});
