import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeBase32 } from '../../host/base32.ts';
import { seededEntropy } from '../../sim/board/entropy.ts';
import { drawSeed, parseSeed } from '../../sim/cli/seed.ts';

const bytes = fc.uint8Array({ minLength: 16, maxLength: 128 });

test('a seed is the same in Base32 of either case and in hexadecimal', () => {
  fc.assert(
    fc.property(bytes, (seed) => {
      const text = encodeBase32(seed);
      const hexadecimal = Buffer.from(seed).toString('hex');
      for (const spelling of [text, text.toLowerCase(), `hex:${hexadecimal}`]) {
        expect(parseSeed(spelling).bytes).toEqual(seed);
      }
      expect(parseSeed(`HEX: ${hexadecimal.toUpperCase()}`)).toEqual({ bytes: seed, warnings: [] });
    }),
  );
});

test('no text makes anything but a seed or a refusal that keeps it to itself', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 4 }), (text) => {
      try {
        expect(parseSeed(text).bytes.length).toBeGreaterThan(0);
      } catch (error) {
        expect(error).toMatchObject({ name: 'CliError', code: 'BAD_SEED' });
        // A few letters of any text may be those of a word in the message.
        if (text.length >= 8) expect((error as Error).message).not.toContain(text);
      }
    }),
  );
});

test('a seed that is drawn is as long as the output of its hash (RFC 6238 §5.1)', () => {
  const entropy = seededEntropy(1);
  const lengths = (['SHA1', 'SHA256', 'SHA512'] as const).map(
    (hash) => drawSeed(hash, entropy).bytes.length,
  );
  expect(lengths).toEqual([20, 32, 64]);
  expect(drawSeed('SHA1').bytes).not.toEqual(drawSeed('SHA1').bytes);
});
