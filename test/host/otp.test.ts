import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeBase32 } from '../../host/base32.ts';
import { fromUri, type HashName, hotp, prepare, totp, verify } from '../../host/otp.ts';
import { HASHES, referenceHotp, referenceSearch } from '../engines/reference.ts';
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

describe('verify', () => {
  const time = 1_700_000_000;
  const step = Math.floor(time / 30);

  test('accepts a code of the step before, of this one and of the next', () => {
    for (const driftSteps of [-1, 0, 1]) {
      const code = hotp(KEY, step + driftSteps);
      expect(verify(KEY, code, { time })).toEqual({
        valid: true,
        step: step + driftSteps,
        driftSteps,
      });
    }
    for (const beyond of [-2, 2]) {
      const verdict = verify(KEY, hotp(KEY, step + beyond), { time });
      expect(verdict).toEqual({ valid: false, reason: 'mismatch' });
    }
  });

  test('searches as far behind and ahead as it is told, and no further', () => {
    const window = { behind: 0, ahead: 5 };
    expect(verify(KEY, hotp(KEY, step + 5), { time, window }).valid).toBe(true);
    expect(verify(KEY, hotp(KEY, step + 6), { time, window }).valid).toBe(false);
    expect(verify(KEY, hotp(KEY, step - 1), { time, window }).valid).toBe(false);
    expect(verify(KEY, hotp(KEY, step), { time, window: 0 }).valid).toBe(true);
  });

  test('moves the window by the known drift and reports the drift from the clock', () => {
    const code = hotp(KEY, step + 7);
    expect(verify(KEY, code, { time }).valid).toBe(false);
    expect(verify(KEY, code, { time, driftSteps: 6 })).toEqual({
      valid: true,
      step: step + 7,
      driftSteps: 7,
    });
  });

  test('refuses the step that was used and every one before it', () => {
    const code = hotp(KEY, step);
    for (const lastUsedStep of [step, step + 1, step + 1000, Number.MAX_SAFE_INTEGER]) {
      expect(verify(KEY, code, { time, lastUsedStep })).toEqual({
        valid: false,
        reason: 'replayed',
      });
    }
    for (const lastUsedStep of [step - 1, 0, null, undefined]) {
      expect(verify(KEY, code, { time, lastUsedStep }).valid).toBe(true);
    }
  });

  test('takes step 0 as used when it was', () => {
    const code = hotp(KEY, 0);
    expect(verify(KEY, code, { time: 3, lastUsedStep: 0 })).toMatchObject({ reason: 'replayed' });
    expect(verify(KEY, code, { time: 3 })).toEqual({ valid: true, step: 0, driftSteps: 0 });
  });

  test('finds nothing before 1970', () => {
    const verdict = verify(KEY, hotp(KEY, 0), { time: 3, driftSteps: -2 });
    expect(verdict).toEqual({ valid: false, reason: 'mismatch' });
  });

  test.each([
    ['too short', '75522'],
    ['too long', '7552244'],
    ['a leading zero lost', '90210'],
    ['empty', ''],
    ['letters', '75522a'],
    ['a sign', '-55224'],
    ['blanks', ' 75522'],
    ['digits of another script', '٧٥٥٢٢٤'],
  ])('answers a malformed code (%s) with a mismatch', (_, code) => {
    expect(verify(KEY, code, { time: 0 })).toEqual({ valid: false, reason: 'mismatch' });
  });

  test('accepts a code with leading zeros as it is shown', () => {
    const counter = Array.from({ length: 200 }, (_, index) => index).find((index) =>
      hotp(KEY, index).startsWith('0'),
    )!;
    expect(verify(KEY, hotp(KEY, counter), { time: counter * 30 }).valid).toBe(true);
  });

  test('agrees with a plain search in node:crypto', () => {
    const small = fc.integer({ min: 0, max: 5 });
    const offset = fc.integer({ min: -8, max: 8 });
    fc.assert(
      fc.property(
        ...[hashOf, keyOf, fc.integer({ min: 100, max: 2 ** 40 }), small, small],
        ...[offset, offset, offset],
        (hash, key, now, behind, ahead, drift, typed, used) => {
          const centre = now + drift;
          const codeOf = (at: bigint) => referenceHotp(hash, key, at, 6);
          const code = codeOf(BigInt(centre + typed));
          const expected = referenceSearch(
            ...([codeOf, code, BigInt(centre), behind, ahead, BigInt(centre + used + 1)] as const),
          );
          const verdict = verify(key, String(code).padStart(6, '0'), {
            ...{ hash, time: now * 30 + 29, window: { behind, ahead } },
            ...{ driftSteps: drift, lastUsedStep: centre + used },
          });
          expect(verdict).toEqual(
            typeof expected === 'number'
              ? { valid: true, step: centre + expected, driftSteps: drift + expected }
              : { valid: false, reason: expected },
          );
        },
      ),
      { numRuns: 300 },
    );
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

describe('a wrong argument', () => {
  const key = KEY as never;
  const cases: [string, () => unknown, typeof TypeError | typeof RangeError, string][] = [
    ['secret of another type', () => hotp([1, 2] as never, 0), TypeError, 'secret: expected'],
    ['no secret', () => totp(undefined as never), TypeError, 'got undefined'],
    ['empty secret', () => prepare(new Uint8Array()), RangeError, 'secret: expected 1..1024 bytes'],
    ['empty Base32', () => hotp('', 0), RangeError, 'at least one byte'],
    ['long secret', () => hotp(new Uint8Array(1025), 0), RangeError, 'got 1025'],
    ['long Base32', () => hotp('A'.repeat(1648), 0), RangeError, 'at most 1024 bytes'],
    ['hexadecimal secret', () => hotp('3132333435363738', 0), RangeError, 'looks like hexadecimal'],
    [
      'unknown hash',
      () => prepare(key, { hash: 'MD5' as never }),
      RangeError,
      "hash: expected 'SHA1'",
    ],
    ['hash of another type', () => hotp(key, 0, { hash: 1 as never }), TypeError, 'hash: expected'],
    [
      '5 digits',
      () => hotp(key, 0, { digits: 5 as never }),
      RangeError,
      'digits: expected an integer 6..8, got 5',
    ],
    [
      'digits as text',
      () => totp(key, { digits: '6' as never }),
      TypeError,
      'digits: expected an integer 6..8, got string',
    ],
    [
      'period 0',
      () => totp(key, { period: 0 }),
      RangeError,
      'period: expected an integer 1..3600, got 0',
    ],
    ['period 3601', () => prepare(key, { period: 3601 }), RangeError, 'got 3601'],
    ['period 1.5', () => totp(key, { period: 1.5 }), RangeError, 'got 1.5'],
    [
      'time before 1970',
      () => totp(key, { time: -1 }),
      RangeError,
      'time: expected seconds since 1970',
    ],
    ['time in no number', () => totp(key, { time: Number.NaN }), RangeError, 'got NaN'],
    [
      'time as a Date',
      () => totp(key, { time: new Date(0) as never }),
      TypeError,
      'time: expected',
    ],
    ['counter -1', () => hotp(key, -1), RangeError, 'counter: expected an integer'],
    ['counter 2^53', () => hotp(key, 2 ** 53), RangeError, 'counter: expected an integer'],
    [
      'counter -1n',
      () => hotp(key, -1n),
      RangeError,
      'counter: expected a bigint 0..2^64-1, got -1',
    ],
    ['counter 2^64', () => hotp(key, 2n ** 64n), RangeError, 'got 18446744073709551616'],
    [
      'counter as text',
      () => hotp(key, '0' as never),
      TypeError,
      'counter: expected number or bigint',
    ],
    ['code as a number', () => verify(key, 755224 as never), TypeError, 'code: expected a string'],
    ['window -1', () => verify(key, '755224', { window: -1 }), RangeError, 'window: expected'],
    [
      'half a window',
      () => verify(key, '755224', { window: { behind: 1 } as never }),
      TypeError,
      'window.ahead',
    ],
    ['wide window', () => verify(key, '755224', { window: 65_536 }), RangeError, '0..65535'],
    ['drift 0.5', () => verify(key, '755224', { driftSteps: 0.5 }), RangeError, 'driftSteps'],
    ['last step -1', () => verify(key, '755224', { lastUsedStep: -1 }), RangeError, 'lastUsedStep'],
    ['look-ahead -1', () => prepare(key).verifyHotp('755224', 0, -1), RangeError, 'lookAhead'],
  ];
  test.each(cases)('(%s) is refused by its name', (_, call, type, message) => {
    expect(call).toThrow(type);
    expect(call).toThrow(message);
  });
});
