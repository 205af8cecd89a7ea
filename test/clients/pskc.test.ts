/** PSKC files across programs that nobody here wrote: pskctool, the pskc library and its tools. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { decodePskc } from '../../host/provision/pskc-read.ts';
import { encodePskc } from '../../host/provision/pskc-write.ts';
import { SAMPLE, SECRET_BYTES } from '../host/provision/records.ts';

const folder = mkdtempSync(join(tmpdir(), 'oathfob-pskc-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const KEY_TEXT = '00112233445566778899aabbccddeeff';
const KEY = { key: Uint8Array.from(Buffer.from(KEY_TEXT, 'hex')) };
const PASSPHRASE = { passphrase: 'a lamp at night' };
/** Few enough not to be waited for. */
const ITERATIONS = 1000;
const RECORDS = [
  { ...SAMPLE, hash: 'SHA256', digits: 8, periodSeconds: 60, issuer: 'Öl & <Licht>' },
  { ...SAMPLE, type: 'hotp', serialNumber: 'LMP-2', counter: 2n ** 40n, secret: SECRET_BYTES },
] as const;
const SECRET_HEX = Buffer.from(SECRET_BYTES).toString('hex');

function run(program: string, args: readonly string[], input = ''): string {
  const { status, stdout, stderr } = spawnSync(program, args, { input, encoding: 'utf8' });
  expect(status, `${program}: ${stderr}`).toBe(0);
  return stdout;
}

function fileOf(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** Keys for its tools are read from files, since arguments are seen. */
const keyPath = fileOf('key', KEY.key);
const wordsPath = fileOf('words', PASSPHRASE.passphrase);

describe('a file that we wrote', () => {
  test.each([
    ['in the clear', {}],
    ['under a key', { lock: KEY }],
    ['under a key, with a MAC of SHA-256', { lock: KEY, mac: 'SHA256' as const }],
    ['under a passphrase', { lock: PASSPHRASE, iterations: ITERATIONS }],
  ])('%s is what the schema of RFC 6030 wants, says pskctool', async (_, options) => {
    expect(run('pskctool', ['--validate'], await encodePskc(RECORDS, options))).toContain('OK');
  });

  test('is listed by pskctool with what is in it', async () => {
    const listed = run('pskctool', ['--info'], await encodePskc(RECORDS));
    for (const said of ['LMP-1', 'Lamplight', 'Pebble', 'Öl & <Licht>']) {
      expect(listed).toContain(said);
    }
    expect(listed).toContain('Key Counter: 1099511627776');
    expect(listed).toContain('Key Secret (base64): MTIzNDU2Nzg5MDEyMzQ1Njc4OTA=');
  });

  const columns = ['-c', 'serial,secret,algorithm,response_length,time_interval,counter'];
  test.each([
    ['in the clear', {}, []],
    ['under a key', { lock: KEY }, ['-s', keyPath]],
    ['under a key, with a MAC of SHA-256', { lock: KEY, mac: 'SHA256' as const }, ['-s', keyPath]],
    ['under a passphrase', { lock: PASSPHRASE, iterations: ITERATIONS }, ['-p', wordsPath]],
  ])('%s is opened by pskc2csv', async (name, options, args) => {
    const path = fileOf(`${name}.xml`, await encodePskc(RECORDS, options));
    const [, first, second] = run('pskc2csv', [...args, ...columns, path]).split('\r\n');
    const algorithm = 'urn:ietf:params:xml:ns:keyprov:pskc';
    expect(first).toBe(`LMP-1,${SECRET_HEX},${algorithm}:totp,8,60,`);
    expect(second).toBe(`LMP-2,${SECRET_HEX},${algorithm}:hotp,6,,1099511627776`);
  });
});

describe('a file that others wrote is read:', () => {
  test('signed by pskctool, with the word that the signature was not checked', async () => {
    const key = join(folder, 'key.pem');
    const certificate = join(folder, 'certificate.pem');
    run('openssl', [
      ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=lamp.example'],
      ...['-keyout', key, '-out', certificate],
    ]);
    const signing = ['--sign', '--sign-key', key, '--sign-crt', certificate];
    const signed = run('pskctool', signing, await encodePskc(RECORDS));
    const { records, warnings } = await decodePskc(signed);
    expect(records).toEqual(RECORDS);
    expect(warnings).toEqual(['the file is signed, and the signature was not checked']);
  });

  test('made from a table by csv2pskc, under a passphrase and under a key', async () => {
    const table = fileOf(
      'table.csv',
      `serial,secret,counter,time_interval\n0042,${SECRET_HEX},7,30\n0043,00ff,8,30\n`,
    );
    const settings = ['algorithm=totp', 'response_length=8', 'response_encoding=DECIMAL'].flatMap(
      (setting) => ['--set', setting],
    );
    for (const [args, unlock] of [
      [['-p', wordsPath], PASSPHRASE],
      [['-s', keyPath], KEY],
    ] as const) {
      const out = join(folder, 'made.xml');
      run('csv2pskc', [...args, ...settings, '-o', out, table]);
      const { records } = await decodePskc(readFileSync(out, 'utf8'), unlock);
      expect(records).toMatchObject([
        { serialNumber: '0042', type: 'totp', digits: 8, secret: SECRET_BYTES },
        { serialNumber: '0043', secret: Uint8Array.of(0x00, 0xff) },
      ]);
    }
  });

  /** ykman 5.9's `oath accounts add -g -O FILE` is this library and these fields. */
  const YKMAN = `
import sys
from pskc import PSKC
kind, number, protection = sys.argv[1:]
pskc = PSKC()
if protection == 'passphrase': pskc.encryption.setup_pbkdf2(sys.stdin.read())
if protection == 'key': pskc.encryption.setup_preshared_key(key=bytes.fromhex(sys.stdin.read()))
pskc.add_key(secret=bytes.fromhex('${SECRET_HEX}'),
  algorithm='urn:ietf:params:xml:ns:keyprov:pskc:' + kind, id='123', serial='123',
  manufacturer='Yubico', issuer='Lamp', key_userid='CN=helga@lamp.example',
  friendly_name='Lamp:helga@lamp.example', response_length='6', response_encoding='DECIMAL',
  algorithm_suite='SHA256', **{'time_interval' if kind == 'totp' else 'counter': number})
pskc.write(sys.stdout.buffer)
`;
  const OF_YKMAN = {
    serialNumber: '123',
    manufacturer: 'Yubico',
    issuer: 'Lamp',
    account: 'helga@lamp.example',
    hash: 'SHA256',
    digits: 6,
    secret: SECRET_BYTES,
  } as const;
  const totp = { ...OF_YKMAN, type: 'totp', periodSeconds: 60 } as const;
  const hotp = { ...OF_YKMAN, type: 'hotp', periodSeconds: 30, counter: 5n } as const;

  test.each([
    ['in the clear', 'totp', '60', 'none', '', undefined, totp],
    ['under a passphrase', 'totp', '60', 'passphrase', PASSPHRASE.passphrase, PASSPHRASE, totp],
    ['under a key', 'hotp', '5', 'key', KEY_TEXT, KEY, hotp],
  ])('in the form of ykman, %s', async (_, kind, number, protection, secret, unlock, record) => {
    const text = run('/usr/bin/python3', ['-c', YKMAN, kind, number, protection], secret);
    expect(await decodePskc(text, unlock)).toEqual({ records: [record], warnings: [] });
  });

  test('with numbers that are encrypted too', async () => {
    const script = `
import sys
from pskc import PSKC
pskc = PSKC()
pskc.add_key(id='1', secret=bytes.fromhex('${SECRET_HEX}'), counter=${2 ** 40 + 1},
  algorithm='urn:ietf:params:xml:ns:keyprov:pskc:hotp', response_length=6)
pskc.encryption.setup_preshared_key(key=bytes.fromhex(sys.stdin.read()), fields=['secret', 'counter'])
pskc.write(sys.stdout.buffer)
`;
    const text = run('/usr/bin/python3', ['-c', script], KEY_TEXT);
    expect(text.match(/EncryptedValue>/g)).toHaveLength(4);
    expect((await decodePskc(text, KEY)).records[0]!.counter).toBe(2n ** 40n + 1n);
  });
});
