import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { PskcKey } from '../../../host/provision/pskc-crypto.ts';
import { decodePskc } from '../../../host/provision/pskc-read.ts';
import { encodePskc, type PskcOptions } from '../../../host/provision/pskc-write.ts';
import { refusalOf, SAMPLE, SECRET_BYTES } from './records.ts';

const KEY: PskcKey = {
  key: Uint8Array.from(Buffer.from('12345678901234567890123456789012', 'hex')),
};
const PASSPHRASE: PskcKey = { passphrase: 'qwerty' };
/** Few enough not to be waited for. */
const ITERATIONS = 1000;

const figure = (number: number) =>
  readFileSync(new URL(`figures/figure${number}.xml`, import.meta.url), 'utf8');

const HOTP = {
  type: 'hotp',
  hash: 'SHA1',
  digits: 8,
  periodSeconds: 30,
  counter: 0n,
  secret: SECRET_BYTES,
} as const;

describe('of the figures of RFC 6030', () => {
  test('2, the least that there can be, is read, and what was assumed is said', async () => {
    expect(await decodePskc(figure(2))).toEqual({
      records: [
        { ...HOTP, digits: 6, issuer: 'Issuer-A', secret: new TextEncoder().encode('1234') },
      ],
      warnings: ['key package 1: how long codes are is not said: 6 digits are assumed'],
    });
  });

  test('3, with supplementary data, is read, and what is left out is named', async () => {
    const device = { manufacturer: 'Manufacturer', serialNumber: '987654321' };
    const account = 'UID=jsmith,DC=example-bank,DC=net';
    expect(await decodePskc(figure(3))).toEqual({
      records: [{ ...HOTP, ...device, issuer: 'Issuer', account }],
      warnings: ['key package 1: left out: a second name, CryptoModuleInfo'],
    });
  });

  test('4, whose key is derived elsewhere, is refused', async () => {
    const refusal = await refusalOf(() => decodePskc(figure(4)));
    expect(refusal).toMatchObject({
      code: 'UNSUPPORTED',
      message: 'seed record: key package 1: the key is to be derived from KeyReference',
    });
  });

  test('5, with a PIN, is read without it, and that is said', async () => {
    const { records, warnings } = await decodePskc(figure(5));
    expect(records).toMatchObject([{ ...HOTP, issuer: 'Issuer' }]);
    expect(warnings).toContain(
      'key package 1: its policy asks for a PIN, which is set on the token',
    );
    expect(warnings).toContain(
      'key package 2: a PIN, which is left out: PINs are set on the token',
    );
  });

  test('6, under a pre-shared key, is opened', async () => {
    expect((await decodePskc(figure(6), KEY)).records).toMatchObject([HOTP]);
  });

  test('7, under a passphrase, is opened', async () => {
    const { records } = await decodePskc(figure(7), PASSPHRASE);
    expect(records).toMatchObject([{ ...HOTP, manufacturer: 'TokenVendorAcme' }]);
  });

  test('8, under a public key, is refused', async () => {
    const refusal = await refusalOf(() => decodePskc(figure(8)));
    expect(refusal.code).toBe('UNSUPPORTED');
  });

  test('9, which is signed, is read, and that the signature was not checked is said', async () => {
    const { records, warnings } = await decodePskc(figure(9));
    expect(records).toMatchObject([{ ...HOTP, digits: 6, serialNumber: '0755225266' }]);
    expect(warnings).toEqual(['the file is signed, and the signature was not checked']);
  });

  test('10, a delivery of four keys, is read', async () => {
    const { records, warnings } = await decodePskc(figure(10));
    expect(records.map(({ serialNumber }) => serialNumber)).toEqual([
      '654321',
      '123456',
      '9999999',
      '9999999',
    ]);
    expect(warnings[3]).toBe('key package 4: left out: StartDate, ExpiryDate');
  });
});

describe('an encrypted file', () => {
  const locks: [string, PskcKey, PskcOptions][] = [
    ['a key of 16 bytes', KEY, {}],
    ['a key of 32 bytes', { key: new Uint8Array(32).fill(7) }, {}],
    ['a passphrase', { passphrase: 'Füße über Öl' }, {}],
    ['a key, with a MAC of SHA-256', KEY, { mac: 'SHA256' }],
  ];
  test.each(locks)(
    'comes back under %s, and has no seed in the clear',
    async (_, lock, options) => {
      const records = [SAMPLE, { ...SAMPLE, serialNumber: 'LMP-2', secret: new Uint8Array([1]) }];
      const text = await encodePskc(records, { lock, iterations: ITERATIONS, ...options });
      expect(text).not.toContain('PlainValue>MTIz');
      expect(await decodePskc(text, lock)).toEqual({ records, warnings: [] });
    },
  );

  test('is another one each time, since its random bytes are', async () => {
    const write = () => encodePskc([SAMPLE], { lock: KEY });
    expect(await write()).not.toBe(await write());
  });

  test('is made of the random bytes it is given, and of no others', async () => {
    const counting = () => {
      let next = 0;
      return (bytes: Uint8Array) => {
        for (const index of bytes.keys()) bytes[index] = next++;
      };
    };
    const write = () => encodePskc([SAMPLE], { lock: KEY, random: counting() });
    expect(await write()).toBe(await write());
  });

  test('leaves the key to whoever gave it', async () => {
    const key = Uint8Array.from(KEY.key);
    await decodePskc(await encodePskc([SAMPLE], { lock: { key } }), { key });
    expect(key).toEqual(KEY.key);
  });

  test('needs a key, and says of which kind', async () => {
    const noKey = await refusalOf(() => decodePskc(figure(6)));
    expect(noKey).toMatchObject({ code: 'KEY_NEEDED', hint: 'give it with --key -|@FILE' });
    const wrongKind = await refusalOf(() => decodePskc(figure(7), KEY));
    expect(wrongKind).toMatchObject({
      code: 'KEY_NEEDED',
      message: 'seed record: the file is encrypted with a passphrase',
    });
  });

  test.each([
    ['another key', figure(6), { key: new Uint8Array(16) }],
    ['a key of another length', figure(6), { key: new Uint8Array(32) }],
    ['another passphrase', figure(7), { passphrase: 'azerty' }],
    ['a changed MAC', figure(6).replace('Su+N', 'Su+M'), KEY],
    ['a changed initial vector', figure(6).replace('AAECAwQF', 'AAECAwQE'), KEY],
    ['a changed value', figure(6).replace('IUqGv', 'IUqGw'), KEY],
    ['a changed MAC key', figure(6).replace('I5wSX', 'I5wSY'), KEY],
  ] as const)('is not opened by %s', async (_, text, unlock) => {
    expect(await refusalOf(() => decodePskc(text, unlock))).toMatchObject({ code: 'KEY_WRONG' });
  });

  test('is not opened at any changed byte of its values', async () => {
    const values = [...figure(6).matchAll(/[A-Za-z0-9+/]{27,}=?/g)].filter(
      ([value]) => Buffer.from(value, 'base64').length % 16 === 0 || value.length === 28,
    );
    expect(values).toHaveLength(3);
    for (const { 0: value, index } of values) {
      const bytes = Buffer.from(value, 'base64');
      for (const position of bytes.keys()) {
        const changed = Buffer.from(bytes);
        changed[position]! ^= 0x10;
        const text =
          figure(6).slice(0, index) +
          changed.toString('base64') +
          figure(6).slice(index + value.length);
        const { code } = await refusalOf(() => decodePskc(text, KEY));
        expect(code).toBe('KEY_WRONG');
      }
    }
  });

  test.each([
    ['no MACMethod', /<MACMethod.*<\/MACMethod>/s, '', 'no MACMethod'],
    [
      'no ValueMAC',
      /<ValueMAC>.*<\/ValueMAC>/s,
      '',
      'Secret: a value in CBC mode needs a ValueMAC',
    ],
    ['a MAC of MD5', 'hmac-sha1', 'hmac-md5', 'MACMethod: not HMAC'],
    ['triple DES', /aes128-cbc/g, 'tripledes-cbc', 'the cipher is not AES-128-CBC'],
    ['half a block', 'IUqGv', 'IUq', 'CipherValue is not Base64 of whole AES blocks'],
    ['neither value', /<EncryptedValue>.*<\/EncryptedValue>/s, '', 'neither PlainValue nor'],
  ])('is refused with %s', async (_, part, replacement, reason) => {
    const text = figure(6).replace(part, replacement);
    expect((await refusalOf(() => decodePskc(text, KEY))).message).toContain(reason);
  });

  test.each([
    ['no salt', 'Ej7/PEpyEpw=', '', 'Salt/Specified is missing'],
    ['no rounds', '>1000<', '>0<', 'IterationCount is not a number from 1'],
    ['rounds without end', '>1000<', '>999999999<', 'IterationCount is not a number from 1'],
    ['a short key', 'KeyLength>16', 'KeyLength>8', 'KeyLength is not 16 or 32'],
    ['another derivation', '5v2-0#pbkdf2"', '5v2-0#pbkdf1"', 'not PBKDF2'],
    ['another PRF', '<PRF/>', '<PRF Algorithm="x#hmac-md5"/>', 'PRF is not known'],
  ])('of a passphrase is refused with %s', async (_, part, replacement, reason) => {
    const text = figure(7).replace(part, replacement);
    expect(text).not.toBe(figure(7));
    expect((await refusalOf(() => decodePskc(text, PASSPHRASE))).message).toContain(reason);
  });

  test.each([
    'http://www.rsasecurity.com/rsalabs/pkcs/schemas/pkcs-5#pbkdf2',
    'http://www.w3.org/2009/xmlenc11#pbkdf2',
  ])('is opened with PBKDF2 spelled %s', async (address) => {
    const text = figure(7).replace(/Algorithm="[^"]*#pbkdf2"/, `Algorithm="${address}"`);
    expect((await decodePskc(text, PASSPHRASE)).records).toMatchObject([HOTP]);
  });

  test('is not written under a key that no cipher takes', async () => {
    const lock = { key: new Uint8Array(20) };
    expect((await refusalOf(() => encodePskc([SAMPLE], { lock }))).code).toBe('KEY_WRONG');
  });
});

test('a key for a file that is in the clear is not needed, and that is said', async () => {
  const { warnings } = await decodePskc(await encodePskc([SAMPLE]), KEY);
  expect(warnings[0]).toContain('nothing in the file is encrypted');
});

describe('a key that a token cannot be is refused:', () => {
  const hotp = 'urn:ietf:params:xml:ns:keyprov:pskc:hotp';
  test.each([
    [
      'OCRA',
      hotp,
      'urn:ietf:params:xml:ns:keyprov:pskc:ocra',
      'Algorithm is neither hotp nor totp',
    ],
    ['another hash', '<ResponseFormat', '<Suite>MD5</Suite><ResponseFormat', 'Suite is not SHA1'],
    ['hexadecimal codes', 'DECIMAL', 'HEXADECIMAL', 'codes are not decimal'],
    ['check digits', 'Length="8"', 'Length="8" CheckDigits="true"', 'a check digit'],
    ['ten digits', 'Length="8"', 'Length="10"', 'codes do not have 6 to 8 digits'],
    ['a counter in words', '<PlainValue>0<', '<PlainValue>none<', 'Counter is not a number'],
    ['a counter below 0', '<PlainValue>0<', '<PlainValue>-1<', 'Counter is not a number'],
    ['another use', '<KeyUsage>OTP', '<KeyUsage>Encrypt', 'KeyUsage does not allow'],
    ['an unknown policy', '<KeyUsage>', '<x:Geofence xmlns:x="urn:x"/><KeyUsage>', 'Policy holds'],
    ['a PIN in the code', '"Local"', '"Algorithmic"', 'the PIN enters the computation'],
    ['a secret that is no Base64', 'MTIzNDU2', 'MTIz!DU2', 'Secret is empty or not Base64'],
    [
      'two secrets',
      '<Secret>',
      '<Secret><PlainValue>AA==</PlainValue></Secret><Secret>',
      'more than once',
    ],
  ])('%s', async (_, part, replacement, reason) => {
    const text = figure(5).replace(part, replacement);
    const { message } = await refusalOf(() => decodePskc(text));
    expect(message).toContain('key package 1: ');
    expect(message).toContain(reason);
  });

  test('a file of another version, another root, or with no key in it', async () => {
    const other = figure(2).replace('Version="1.0"', 'Version="2.0"');
    expect((await refusalOf(() => decodePskc(other))).message).toContain('Version is not 1.0');
    expect((await refusalOf(() => decodePskc('<html/>'))).message).toContain('no PSKC file');
    const empty = figure(2).replace(/<KeyPackage>.*<\/KeyPackage>/s, '');
    expect((await refusalOf(() => decodePskc(empty))).message).toContain('no HOTP or TOTP key');
  });
});

describe('a TOTP key', () => {
  const totp = (suite: string) =>
    figure(3)
      .replace(':hotp', ':totp')
      .replace('<ResponseFormat', `<Suite>${suite}</Suite><ResponseFormat`)
      .replace('<Counter>', '<TimeInterval><PlainValue>60</PlainValue></TimeInterval><Counter>');

  test.each(['SHA256', 'HMAC-SHA256', 'HmacSHA256', 'SHA-256', 'hmac-sha-256'])(
    'has its hash in Suite, also spelled %s',
    async (suite) => {
      const { records } = await decodePskc(totp(suite));
      expect(records).toMatchObject([{ type: 'totp', hash: 'SHA256', periodSeconds: 60 }]);
    },
  );

  test('has 30 seconds and SHA-1 when nothing is said', async () => {
    const { records } = await decodePskc(figure(3).replace(':hotp', '#totp'));
    expect(records).toMatchObject([{ type: 'totp', hash: 'SHA1', periodSeconds: 30 }]);
  });
});

test('names of accounts keep what has a meaning in distinguished names', async () => {
  const account = ' #a,b+c"d\\e<f>g;h=i '.trim();
  const text = await encodePskc([{ ...SAMPLE, account }]);
  expect((await decodePskc(text)).records[0]!.account).toBe(account);
});
