import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hotp, verify } from '../../host/otp.ts';
import { HASHES, referenceHotp, referenceSearch } from '../engines/reference.ts';
import hotpVectors from '../vectors/hotp.json' with { type: 'json' };

const KEY = Buffer.from(hotpVectors.secretHex, 'hex');

const keyOf = fc.uint8Array({ minLength: 1, maxLength: 200 });
const hashOf = fc.constantFrom(...HASHES);

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

  // Two steps of this key that happen to have the same code, found by trying.
  const [near, far] = [103_424, 103_427];

  test('takes the nearer of two steps with the same code', () => {
    const code = hotp(KEY, near);
    expect(hotp(KEY, far)).toBe(code);
    const at = (step: number) => verify(KEY, code, { time: step * 30, window: 3 });
    expect(at(near + 1)).toEqual({ valid: true, step: near, driftSteps: -1 });
    expect(at(near + 2)).toEqual({ valid: true, step: far, driftSteps: 1 });
  });

  test('takes the farther one when the nearer was used', () => {
    const options = { time: (near + 1) * 30, window: 3, lastUsedStep: near };
    expect(verify(KEY, hotp(KEY, near), options)).toEqual({
      valid: true,
      step: far,
      driftSteps: 2,
    });
  });

  test('takes the earlier of two equally near steps with the same code', () => {
    const earlier = 153_567;
    const code = hotp(KEY, earlier);
    expect(hotp(KEY, earlier + 2)).toBe(code);
    expect(verify(KEY, code, { time: (earlier + 1) * 30 })).toMatchObject({ step: earlier });
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
