import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeBase64 } from '../../../host/provision/base64.ts';
import { decodeMigration, encodeMigration } from '../../../host/provision/migration.ts';
import { ProtobufWriter } from '../../../host/provision/protobuf.ts';
import type { SeedRecord } from '../../../host/provision/seed-record.ts';
import { refusalOf, SECRET_BYTES } from './records.ts';

const PREFIX = 'otpauth-migration://offline?data=';
/** One account as an independent writer made it: `Example:alice@google.com`, TOTP. */
const ALICE = 'CjEKCkhlbGxvId6tvu8SGEV4YW1wbGU6YWxpY2VAZ29vZ2xlLmNvbRoHRXhhbXBsZTAC';
const ALICE_SECRET = Uint8Array.of(0x48, 0x65, 0x6c, 0x6c, 0x6f, 0x21, 0xde, 0xad, 0xbe, 0xef);

const RECORD: SeedRecord = {
  type: 'totp',
  hash: 'SHA1',
  digits: 6,
  periodSeconds: 30,
  issuer: 'Example',
  account: 'alice@google.com',
  secret: ALICE_SECRET,
};

/** An export of one account, with fields of the test's choice. */
function exported(account: (writer: ProtobufWriter) => void, batch = (_: ProtobufWriter) => {}) {
  const writer = new ProtobufWriter();
  account(writer);
  const payload = new ProtobufWriter().bytes(1, writer.finish());
  batch(payload);
  return PREFIX + encodeURIComponent(encodeBase64(payload.finish()));
}

/** Every value that the app writes, so that a test changes one. */
const account = (writer: ProtobufWriter) =>
  writer.bytes(1, SECRET_BYTES).text(2, 'Lamp:helga').text(3, 'Lamp');

describe('an export of Google Authenticator', () => {
  test.each([
    ['as an address has it', PREFIX + ALICE],
    ['with escapes', PREFIX + encodeURIComponent(ALICE)],
    ['in capitals and with another parameter', `OTPAUTH-MIGRATION://offline?x=1&data=${ALICE}`],
  ])('is read %s', (_, address) => {
    expect(decodeMigration(address)).toEqual({ records: [RECORD], size: 1, index: 0, id: 0 });
  });

  test('is read with plus signs that were not escaped', () => {
    const bytes = new Uint8Array(10).fill(0xfb);
    const address = exported((writer) => writer.bytes(1, bytes).text(2, 'a').int(6, 2));
    expect(decodeURIComponent(address)).toContain('+');
    const [record] = decodeMigration(decodeURIComponent(address)).records;
    expect(record!.secret).toEqual(bytes);
  });

  test('is written with version, size, index and id, the id below zero too', () => {
    const [address] = encodeMigration([RECORD], -2);
    expect(decodeMigration(address!)).toEqual({ records: [RECORD], size: 1, index: 0, id: -2 });
    const data = decodeURIComponent(address!.slice(PREFIX.length));
    // The account is the one above but for algorithm and digits, which are spelled out.
    expect(Buffer.from(data, 'base64').subarray(2, 47)).toEqual(
      Buffer.from(ALICE, 'base64').subarray(2, 47),
    );
  });

  test('has ten accounts to an address, and fewer when they are long', () => {
    const many = Array.from({ length: 25 }, (_, index) => ({ ...RECORD, account: `a${index}` }));
    const batches = encodeMigration(many, 9).map(decodeMigration);
    expect(batches.map(({ records }) => records.length)).toEqual([10, 10, 5]);
    expect(batches.map(({ size, index, id }) => [size, index, id])).toEqual([
      [3, 0, 9],
      [3, 1, 9],
      [3, 2, 9],
    ]);
    const long = many.map((record) => ({ ...record, secret: new Uint8Array(128).fill(1) }));
    for (const address of encodeMigration(long, 9)) expect(address.length).toBeLessThan(1500);
  });

  test('keeps every bit of a counter', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 2n ** 63n - 1n), (counter) => {
        const written = encodeMigration([{ ...RECORD, type: 'hotp', counter }], 0);
        expect(decodeMigration(written[0]!).records[0]!.counter).toBe(counter);
      }),
    );
  });

  test('takes the digits and the algorithm that were not set as the usual ones', () => {
    const [record] = decodeMigration(exported((writer) => account(writer).int(6, 2))).records;
    expect(record).toMatchObject({ digits: 6, hash: 'SHA1', issuer: 'Lamp', account: 'helga' });
  });

  test('passes over what newer apps add', () => {
    const address = exported((writer) =>
      account(writer).int(6, 2).text(8, 'a-unique-id').int(99, 7),
    );
    expect(decodeMigration(address).records).toHaveLength(1);
  });
});

describe('an export is refused', () => {
  const refusals: [string, string, string][] = [
    ['without data', 'otpauth-migration://offline?date=AA', 'expected otpauth-migration://'],
    ['with data that is no Base64', `${PREFIX}A*`, 'is not Base64'],
    ['with a broken escape', `${PREFIX}%4`, 'a % without two'],
    ['that is cut off', PREFIX + ALICE.slice(0, 40), 'is damaged'],
    [
      'with MD5',
      exported((writer) => account(writer).int(4, 4).int(6, 2)),
      'account 1: its algorithm is MD5',
    ],
    [
      'with an unknown algorithm',
      exported((writer) => account(writer).int(4, 9).int(6, 2)),
      'its algorithm has the number 9',
    ],
    [
      'with unknown digits',
      exported((writer) => account(writer).int(5, 3).int(6, 2)),
      'its number of digits has the number 3',
    ],
    [
      'with an unknown type',
      exported((writer) => account(writer).int(6, 3)),
      'its type has the number 3',
    ],
    ['without a type', exported(account), 'its type is missing'],
    [
      'without a secret',
      exported((writer) => writer.text(2, 'a').int(6, 2)),
      'the secret is missing',
    ],
    [
      'with a negative counter',
      exported((writer) => account(writer).int(6, 1).int(7, -1)),
      'its counter is negative',
    ],
    [
      'with a name that is no text',
      exported((writer) => account(writer).int(6, 2).bytes(2, Uint8Array.of(0xff))),
      'a name is not UTF-8',
    ],
    [
      'with text for a number',
      exported((writer) => account(writer).text(6, 'totp')),
      'is no number',
    ],
    ['with a number for bytes', exported((writer) => writer.int(1, 7).int(6, 2)), 'is no bytes'],
    [
      'with an index beyond its size',
      exported(
        (writer) => account(writer).int(6, 2),
        (payload) => payload.int(3, 2).int(4, 2),
      ),
      'counts its QR codes wrongly',
    ],
  ];
  test.each(refusals)('%s', async (_, address, reason) => {
    expect((await refusalOf(() => decodeMigration(address))).message).toContain(reason);
  });

  test('or read, at whatever place it is cut or changed, and nothing else happens', () => {
    const whole = Buffer.from(ALICE, 'base64');
    const change = fc.tuple(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }));
    fc.assert(
      fc.property(fc.array(change, { maxLength: 4 }), fc.nat(whole.length), (changes, length) => {
        const bytes = Buffer.from(whole);
        for (const [position, bits] of changes) bytes[position]! ^= bits;
        const data = bytes.subarray(0, length).toString('base64');
        try {
          decodeMigration(PREFIX + encodeURIComponent(data));
        } catch (error) {
          expect(error).toMatchObject({ name: 'RecordError' });
        }
      }),
      { numRuns: 3000 },
    );
  });
});
