import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseOtpauth } from '../../../host/provision/otpauth.ts';
import {
  decodeGraphDevices,
  decodeRecords,
  type EncodeOptions,
  encodeRecords,
  RECORD_FORMATS,
  type RecordFormat,
} from '../../../host/provision/record.ts';
import { LABELS, type SeedRecord } from '../../../host/provision/seed-record.ts';
import { anyRecord, refusalOf, SAMPLE, SECRET, said } from './records.ts';

/** Writes the record, or says why it cannot be. */
async function attempt(
  records: readonly SeedRecord[],
  format: RecordFormat,
  options?: EncodeOptions,
) {
  try {
    return { text: await encodeRecords(records, format, options) };
  } catch (error) {
    const { code, name } = error as { code: string; name: string };
    expect(name).toBe('RecordError');
    expect(['FORMAT_TOO_NARROW', 'RECORD_INCOMPLETE']).toContain(code);
    return null;
  }
}

/** Records bent into what a format has a place for, and no further. */
const FITTING: Readonly<Record<RecordFormat, (record: SeedRecord) => SeedRecord>> = {
  'entra-csv': (record) => ({
    ...inventoried(record),
    hash: 'SHA1',
    issuer: undefined,
    account: record.account && `${record.account.replace(/[@\s]/g, '')}@lamp.example`,
  }),
  graph: (record) => ({
    ...inventoried(record),
    hash: record.hash === 'SHA512' ? 'SHA256' : record.hash,
    manufacturer: record.manufacturer ?? 'Lamp',
    model: record.model ?? 'Pebble',
  }),
  otpauth: addressed,
  migration: (record) => ({
    ...addressed(record),
    digits: record.digits === 7 ? 8 : record.digits,
    periodSeconds: 30,
    ...signed(record),
  }),
  pskc: (record) => ({ ...record, ...signed(record) }),
};

function inventoried({ counter: _, ...record }: SeedRecord): SeedRecord {
  return {
    ...record,
    serialNumber: `S${record.serialNumber ?? ''}`,
    type: 'totp',
    digits: 6,
    periodSeconds: record.periodSeconds % 2 === 0 ? 30 : 60,
    secret: record.secret.slice(0, 80),
  };
}

function addressed(record: SeedRecord): SeedRecord {
  const { serialNumber: _, manufacturer: __, model: ___, ...rest } = record;
  return { ...rest, account: record.account ?? 'a' };
}

function signed({ counter }: SeedRecord): Pick<SeedRecord, 'counter'> {
  return counter === undefined ? {} : { counter: counter >> 1n };
}

describe('any record', () => {
  describe.each(RECORD_FORMATS)('comes back from %s as it was', (format) => {
    test('where it has the place', async () => {
      const fitting = anyRecord.map(FITTING[format]);
      await fc.assert(
        fc.asyncProperty(fitting, async (record) => {
          const { records } = await decodeRecords(await encodeRecords([record], format));
          expect(records).toEqual([said(record)]);
        }),
        { numRuns: 300 },
      );
    });

    test('or is refused', async () => {
      await fc.assert(
        fc.asyncProperty(anyRecord, async (record) => {
          const written = await attempt([record], format);
          if (!written) return;
          expect((await decodeRecords(written.text)).records).toEqual([said(record)]);
        }),
        { numRuns: 300 },
      );
    });
  });

  test('goes from any format into any other that has the place, and on', async () => {
    const secrets = fc.uint8Array({ minLength: 1, maxLength: 80 });
    const paths = fc.shuffledSubarray([...RECORD_FORMATS], { minLength: 2 });
    await fc.assert(
      fc.asyncProperty(secrets, paths, async (secret, path) => {
        let current: SeedRecord = { ...SAMPLE, secret };
        for (const format of path) {
          const text = await encodeRecords([current], format, { mayDrop: LABELS });
          const [read] = (await decodeRecords(text)).records;
          current = { ...SAMPLE, ...read };
        }
        expect(current).toEqual({ ...SAMPLE, secret });
      }),
      { numRuns: 100 },
    );
  });

  test.each(RECORD_FORMATS)('comes back with others from one %s', async (format) => {
    const fitting = fc.array(anyRecord.map(FITTING[format]), { minLength: 1, maxLength: 25 });
    await fc.assert(
      fc.asyncProperty(fitting, async (records) => {
        const reading = await decodeRecords(await encodeRecords(records, format));
        expect(reading.records).toEqual(records.map(said));
      }),
      { numRuns: 30 },
    );
  });
});

describe('the hardware-token file', () => {
  test('has the header and the columns of its documentation', async () => {
    expect(await encodeRecords([SAMPLE], 'entra-csv', { mayDrop: ['issuer'] })).toBe(
      'upn,serial number,secret key,time interval,manufacturer,model\n' +
        'helga@lamp.example,LMP-1,GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ,30,"Lamplight, ""Ltd""",Pebble\n',
    );
  });

  test('leaves the user to the administrator when the account is no principal name', async () => {
    const record = { ...SAMPLE, account: 'helga' };
    const text = await encodeRecords([record], 'entra-csv', { mayDrop: ['issuer', 'account'] });
    expect(text).toContain('\n,LMP-1,');
  });
});

test('the body of a Graph create request is named after the account', async () => {
  const [device] = decodeGraphDevices(await encodeRecords([SAMPLE], 'graph'));
  expect(device).toEqual({
    serialNumber: 'LMP-1',
    manufacturer: 'Lamplight, "Ltd"',
    model: 'Pebble',
    secretKey: SECRET,
    timeIntervalInSeconds: 30,
    hashFunction: 'hmacsha1',
    displayName: 'Lamp:helga@lamp.example',
  });
});

test('an otpauth address spells the whole account out', async () => {
  const dropped = { mayDrop: ['serialNumber', 'manufacturer', 'model'] } as const;
  const text = await encodeRecords([{ ...SAMPLE, hash: 'SHA512', digits: 7 }], 'otpauth', dropped);
  expect(parseOtpauth(text.trim())).toMatchObject({ hash: 'SHA512', digits: 7, issuer: 'Lamp' });
});

describe('a format that has no place for it refuses', () => {
  const narrow: [RecordFormat, Partial<SeedRecord>, string][] = [
    ['entra-csv', { hash: 'SHA256' }, '--format graph'],
    ['entra-csv', { hash: 'SHA512' }, '--format otpauth'],
    ['entra-csv', { digits: 8 }, '--format otpauth'],
    ['entra-csv', { type: 'hotp' }, '--format otpauth'],
    ['entra-csv', {}, '--format pskc'],
    ['graph', { hash: 'SHA512' }, '--format otpauth'],
    ['graph', { digits: 8 }, '--format otpauth'],
    ['graph', { type: 'hotp' }, '--format otpauth'],
    ['graph', { periodSeconds: 45 }, '--format otpauth'],
    ['graph', { secret: new Uint8Array(81) }, '--format otpauth'],
    ['graph', { account: 'a:b' }, 'named after'],
    ['otpauth', {}, 'may be dropped'],
    ['migration', { digits: 7 }, '--format otpauth'],
    ['migration', { periodSeconds: 60 }, '--format otpauth'],
    ['migration', { type: 'hotp', counter: 2n ** 63n }, '--format otpauth'],
    ['pskc', { type: 'hotp', counter: 2n ** 63n }, '--format otpauth'],
    ['pskc', { account: 'a\u0000b' }, 'named after'],
    ['pskc', { account: ' a' }, 'named after'],
    ['pskc', { account: '\ud800' }, 'named after'],
  ];
  test.each(narrow)('%s: %o', async (format, change, hint) => {
    const refusal = await refusalOf(() => encodeRecords([{ ...SAMPLE, ...change }], format));
    expect(refusal.code).toBe('FORMAT_TOO_NARROW');
    expect(refusal.hint).toContain(hint);
  });

  test.each([
    ['graph', 'serialNumber'],
    ['graph', 'manufacturer'],
    ['entra-csv', 'serialNumber'],
    ['otpauth', 'account'],
    ['migration', 'account'],
  ] as const)('%s: a record without %s', async (format, label) => {
    const record = { ...SAMPLE, [label]: undefined };
    const refusal = await refusalOf(() => encodeRecords([record], format, { mayDrop: LABELS }));
    expect(refusal.code).toBe('RECORD_INCOMPLETE');
  });

  test('an inventory what has no serial number', async () => {
    const address = await encodeRecords([SAMPLE], 'otpauth', { mayDrop: LABELS });
    expect((await refusalOf(() => decodeGraphDevices(address))).message).toContain('serial number');
    const file = await encodeRecords([SAMPLE], 'pskc');
    expect((await refusalOf(() => decodeGraphDevices(file))).message).toContain('--to graph');
  });

  test('a key for what cannot be encrypted', async () => {
    const locked = encodeRecords([SAMPLE], 'graph', { lock: { passphrase: 'x' } });
    await expect(locked).rejects.toThrow(TypeError);
  });
});

describe('what is no record is refused:', () => {
  test.each([
    ['nothing', ''],
    ['prose', 'Dear administrator,\nhere are the tokens.'],
    ['a seed alone', SECRET],
  ])('%s', async (_, text) => {
    expect(await refusalOf(() => decodeRecords(text))).toMatchObject({ code: 'BAD_RECORD' });
  });

  test('a seed that is longer than a token takes', async () => {
    const address = `otpauth://totp/a?secret=${'A'.repeat(216)}`;
    const refusal = await refusalOf(() => decodeRecords(address));
    expect(refusal).toMatchObject({ code: 'UNSUPPORTED' });
    expect(refusal.message).toContain('account 1: its seed is longer than 128 bytes');
  });
});
