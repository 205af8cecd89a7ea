/** Records for the tests of the formats: one sample, and any that a token can have. */
import fc from 'fast-check';
import { expect } from 'vitest';
import type { RecordError } from '../../../host/provision/record.ts';
import type { SeedRecord } from '../../../host/provision/seed-record.ts';

export const SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
/** The 20 bytes of RFC 4226's examples. */
export const SECRET_BYTES = new TextEncoder().encode('12345678901234567890');

export const SAMPLE: SeedRecord = {
  serialNumber: 'LMP-1',
  manufacturer: 'Lamplight, "Ltd"',
  model: 'Pebble',
  issuer: 'Lamp',
  account: 'helga@lamp.example',
  type: 'totp',
  hash: 'SHA1',
  digits: 6,
  periodSeconds: 30,
  secret: SECRET_BYTES,
};

const text = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 30 })
  .map((value) => value.replace(/\p{Cc}/gu, '').trim())
  .filter((value) => value !== '');
const namePart = text
  .map((value) => value.replaceAll(':', '').trim())
  .filter((value) => value !== '');
const maybe = <Value>(arbitrary: fc.Arbitrary<Value>) => fc.option(arbitrary, { nil: undefined });

/** Anything that a token, or a server, can have; a counter where there is one. */
export const anyRecord: fc.Arbitrary<SeedRecord> = fc
  .record({
    serialNumber: maybe(fc.stringMatching(/^[A-Za-z0-9._-]{1,32}$/)),
    manufacturer: maybe(text),
    model: maybe(text),
    issuer: maybe(namePart),
    account: maybe(namePart),
    type: fc.constantFrom('totp' as const, 'hotp' as const),
    hash: fc.constantFrom('SHA1' as const, 'SHA256' as const, 'SHA512' as const),
    digits: fc.constantFrom(6 as const, 7 as const, 8 as const),
    periodSeconds: fc.oneof(fc.constantFrom(30, 60), fc.integer({ min: 1, max: 3600 })),
    counter: fc.bigInt(0n, 2n ** 64n - 1n),
    secret: fc.uint8Array({ minLength: 1, maxLength: 128 }),
  })
  .map(({ counter, ...record }) =>
    record.type === 'hotp' ? { ...record, periodSeconds: 30, counter } : record,
  );

/** The record without properties that are undefined: a file has no place for those. */
export function said(record: SeedRecord): SeedRecord {
  const entries = Object.entries(record).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as unknown as SeedRecord;
}

/** What the work was refused with, and that no spelling of a secret is in it. */
export async function refusalOf(
  work: () => unknown,
  secret: Uint8Array = SECRET_BYTES,
): Promise<RecordError> {
  let refusal: RecordError | undefined;
  try {
    await work();
  } catch (error) {
    refusal = error as RecordError;
  }
  if (refusal === undefined) throw new Error('it was not refused');
  expect(refusal).toMatchObject({ name: 'RecordError' });
  const said = `${refusal.message} ${refusal.hint}`.toLowerCase();
  const bytes = Buffer.from(secret);
  for (const spelling of [SECRET, bytes.toString('hex'), bytes.toString('base64')]) {
    expect(said).not.toContain(spelling.slice(0, 12).toLowerCase());
  }
  return refusal;
}
