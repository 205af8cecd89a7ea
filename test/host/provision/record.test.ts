import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeBase32, encodeBase32 } from '../../../host/base32.ts';
import { decodeEntraCsv, encodeEntraCsv } from '../../../host/provision/entra-csv.ts';
import { decodeGraphJson, encodeGraphJson } from '../../../host/provision/graph-json.ts';
import { parseOtpauth } from '../../../host/provision/otpauth.ts';
import {
  decodeGraphDevices,
  encodeRecord,
  type RecordError,
  type SeedRecord,
} from '../../../host/provision/record.ts';

const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 });
const word = text.filter((value) => !/[\r\n]/.test(value));
const namePart = text
  .map((value) => value.replaceAll(':', '').trim())
  .filter((value) => value !== '');

const record = fc.record({
  serialNumber: fc.stringMatching(/^[A-Za-z0-9._-]{1,32}$/),
  manufacturer: word,
  model: word,
  issuer: fc.option(namePart, { nil: undefined }),
  account: namePart,
  type: fc.constantFrom('totp', 'hotp'),
  hash: fc.constantFrom('SHA1', 'SHA256', 'SHA512'),
  digits: fc.constantFrom(6, 7, 8),
  periodSeconds: fc.constantFrom(30, 60),
  secret: fc.uint8Array({ minLength: 1, maxLength: 80 }),
}) satisfies fc.Arbitrary<SeedRecord>;

const SAMPLE: SeedRecord = {
  serialNumber: 'LMP-1',
  manufacturer: 'Lamplight, "Ltd"',
  model: 'Pebble',
  issuer: 'Lamp',
  account: 'helga@lamp.example',
  type: 'totp',
  hash: 'SHA1',
  digits: 6,
  periodSeconds: 30,
  secret: decodeBase32('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'),
};

describe('a seed record comes back as it was written:', () => {
  test('entra-csv', () => {
    fc.assert(
      fc.property(record, (any) => {
        const written = { ...any, type: 'totp', hash: 'SHA1', digits: 6 } as const;
        const [row] = decodeEntraCsv(encodeRecord(written, 'entra-csv'));
        expect(row).toMatchObject({
          serialNumber: written.serialNumber,
          secretKey: encodeBase32(written.secret),
          timeIntervalInSeconds: written.periodSeconds,
          manufacturer: written.manufacturer,
          model: written.model,
        });
        expect(['', written.account]).toContain(row!.upn);
      }),
    );
  });

  test('graph', () => {
    fc.assert(
      fc.property(record, fc.constantFrom('SHA1', 'SHA256'), (any, hash) => {
        const written: SeedRecord = { ...any, type: 'totp', hash, digits: 6 };
        expect(decodeGraphDevices(encodeRecord(written, 'graph'))).toEqual([
          {
            serialNumber: written.serialNumber,
            manufacturer: written.manufacturer,
            model: written.model,
            secretKey: encodeBase32(written.secret),
            timeIntervalInSeconds: written.periodSeconds,
            hashFunction: hash === 'SHA1' ? 'hmacsha1' : 'hmacsha256',
          },
        ]);
      }),
    );
  });

  test('otpauth', () => {
    fc.assert(
      fc.property(record, fc.bigInt(0n, 2n ** 64n - 1n), (any, counter) => {
        const written: SeedRecord = any.type === 'hotp' ? { ...any, counter } : any;
        const read = parseOtpauth(encodeRecord(written, 'otpauth').trim());
        const { type, issuer, account, hash, digits } = written;
        expect(read).toMatchObject({ type, issuer, account, hash, digits });
        expect(read.secret).toEqual(written.secret);
        if (type === 'totp') expect(read.period).toBe(written.periodSeconds);
        else expect(read.counter).toBe(counter);
      }),
    );
  });
});

describe('the hardware-token file', () => {
  test('has the header and the columns of its documentation', () => {
    expect(encodeRecord(SAMPLE, 'entra-csv')).toBe(
      'upn,serial number,secret key,time interval,manufacturer,model\n' +
        'helga@lamp.example,LMP-1,GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ,30,"Lamplight, ""Ltd""",Pebble\n',
    );
  });

  test('leaves the user to the administrator when the account is no principal name', () => {
    const [row] = decodeEntraCsv(encodeRecord({ ...SAMPLE, account: 'helga' }, 'entra-csv'));
    expect(row!.upn).toBe('');
  });

  test('is read as vendors write it', () => {
    const vendors =
      '\ufeffUPN,Serial Number,Secret Key,TimeInterval,Manufacturer,Model\r\n' +
      'Helga@contoso.com,1234567,2234567abcdef2234567abcdef,60,Contoso,HardwareKey\r\n\r\n';
    expect(decodeEntraCsv(vendors)).toEqual([
      {
        upn: 'Helga@contoso.com',
        serialNumber: '1234567',
        secretKey: '2234567abcdef2234567abcdef',
        timeIntervalInSeconds: 60,
        manufacturer: 'Contoso',
        model: 'HardwareKey',
      },
    ]);
  });

  const header = 'upn,serial number,secret key,time interval,manufacturer,model\n';
  const secret = 'GEZDGNBVGY3TQOJQ';
  test.each([
    ['no header', `,LMP-1,${secret},30,a,b`, 'is not the header'],
    ['a column missing', `${header},LMP-1,${secret},30,a`, 'line 2: expected 6 fields, got 5'],
    ['no serial', `${header},,${secret},30,a,b`, 'line 2: the serial number is missing'],
    ['no secret', `${header},LMP-1,,30,a,b`, 'line 2: the secret key is missing'],
    ['a secret that is no Base32', `${header},LMP-1,${secret}!,30,a,b`, 'is not Base32'],
    ['a secret in hexadecimal', `${header},LMP-1,0123456789abcdef0123,30,a,b`, 'but hexadecimal'],
    ['a secret too long', `${header},LMP-1,${'A'.repeat(129)},30,a,b`, 'longer than 128'],
    ['another interval', `${header},LMP-1,${secret},45,a,b`, 'is not 30 or 60'],
    ['a stray quote', `${header},LMP-1,${secret},30,"a,b`, 'the quotes of a field do not match'],
  ])('is refused with %s, and the refusal does not repeat the secret', (_, file, reason) => {
    const error = refusalOf(() => decodeEntraCsv(file));
    expect(error).toMatchObject({ name: 'RecordError', code: 'BAD_RECORD' });
    expect(error.message).toContain(reason);
    expect(error.message).not.toContain(secret);
  });

  test('takes no field with a line break', () => {
    const error = refusalOf(() => encodeRecord({ ...SAMPLE, model: 'a\nb' }, 'entra-csv'));
    expect(error.message).toContain('line break');
  });
});

describe('the body of a Graph create request', () => {
  const device = { ...decodeGraphJson(encodeRecord(SAMPLE, 'graph'))[0]! };

  test('is read from a bulk envelope, with numbers and hashes as clients write them', () => {
    const { displayName: _, ...plain } = device;
    const item = { ...plain, timeIntervalInSeconds: '30', hashFunction: 'HMACSHA1' };
    const bulk = JSON.stringify({ '@context': '#$delta', value: [{ '@contentId': '1', ...item }] });
    expect(decodeGraphJson(bulk)).toEqual([device]);
    expect(decodeGraphJson(JSON.stringify([item, item]))).toEqual([device, device]);
  });

  test('keeps a display name', () => {
    const named = { ...device, displayName: "Helga's" };
    expect(decodeGraphJson(encodeGraphJson(named))).toEqual([named]);
  });

  test.each([
    ['no object', 'null', 'token 1 is not a JSON object'],
    ['no JSON', `{"secretKey": "${device.secretKey}`, 'not valid JSON'],
    ['no serial', JSON.stringify({ ...device, serialNumber: 7 }), 'serialNumber is not a text'],
    ['a bad secret', JSON.stringify({ ...device, secretKey: 'A1' }), 'secretKey is not Base32'],
    ['a bad interval', JSON.stringify({ ...device, timeIntervalInSeconds: 31 }), 'is not 30 or 60'],
    ['a bad hash', JSON.stringify({ ...device, hashFunction: 'md5' }), 'hmacsha1 or hmacsha256'],
  ])('is refused with %s', (_, file, reason) => {
    const error = refusalOf(() => decodeGraphJson(file));
    expect(error).toMatchObject({ name: 'RecordError', code: 'BAD_RECORD' });
    expect(error.message).toContain(reason);
    expect(error.message).not.toContain(device.secretKey);
  });
});

describe('a format that has no place for it refuses', () => {
  test.each([
    ['entra-csv', { hash: 'SHA256' }, '--format graph'],
    ['entra-csv', { hash: 'SHA512' }, '--format otpauth'],
    ['entra-csv', { digits: 8 }, '--format otpauth'],
    ['entra-csv', { type: 'hotp' }, '--format otpauth'],
    ['graph', { hash: 'SHA512' }, '--format otpauth'],
    ['graph', { digits: 8 }, '--format otpauth'],
    ['graph', { type: 'hotp' }, '--format otpauth'],
    ['graph', { periodSeconds: 45 }, '--format otpauth'],
    ['graph', { secret: new Uint8Array(81) }, '--format otpauth'],
  ] as const)('%s: %o', (format, change, hint) => {
    const error = refusalOf(() => encodeRecord({ ...SAMPLE, ...change } as SeedRecord, format));
    expect(error).toMatchObject({ name: 'RecordError', code: 'FORMAT_TOO_NARROW' });
    expect(error.hint).toContain(hint);
  });

  test('an inventory an address that has no serial number', () => {
    const address = encodeRecord(SAMPLE, 'otpauth');
    expect(refusalOf(() => decodeGraphDevices(address)).message).toContain('no serial number');
  });
});

test('rows written together are read together', () => {
  const [row] = decodeEntraCsv(encodeRecord(SAMPLE, 'entra-csv'));
  const rows = [row!, { ...row!, serialNumber: '0002' }];
  expect(decodeEntraCsv(encodeEntraCsv(rows))).toEqual(rows);
});

function refusalOf(work: () => unknown): RecordError {
  try {
    work();
  } catch (error) {
    return error as RecordError;
  }
  throw new Error('it was not refused');
}
