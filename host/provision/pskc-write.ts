/**
 * Writes PSKC files (RFC 6030), one key package for each record, in the order of elements that its
 * schema wants. Protection is the one that every reader has to know: AES-128-CBC with HMAC-SHA1,
 * the key derived by PBKDF2 with HMAC-SHA1 where there is a passphrase.
 */
import { encodeBase64 } from './base64.ts';
import { deriveKey, encryptCbc, hmac, type PskcKey } from './pskc-crypto.ts';
import { CIPHERS, HMAC_ADDRESSES, HMACS, ITERATIONS, NAMESPACES } from './pskc-names.ts';
import { RecordError } from './refusal.ts';
import type { SeedRecord } from './seed-record.ts';
import { formatXml } from './xml.ts';

export interface PskcOptions {
  /** What the file is closed with; without it the seeds are in the clear. */
  readonly lock?: PskcKey | undefined;
  /** The hash of the MAC; every reader knows SHA1, which is what it is when left out. */
  readonly mac?: keyof typeof HMAC_ADDRESSES;
  /** Rounds of PBKDF2; default 1,300,000. */
  readonly iterations?: number;
  /** Fills an array with random bytes; default: those of WebCrypto. */
  readonly random?: (bytes: Uint8Array<ArrayBuffer>) => void;
}

const SALT_BYTES = 16;
const IV_BYTES = 16;
const PASSPHRASE_KEY_BYTES = 16;
const KEY_NAME = 'Pre-shared-key';
const PASSPHRASE_NAME = 'Passphrase';

/** An element to be written: keys are names, in the order of the schema. */
type Element = { readonly [name: string]: unknown };

/**
 * Writes a file.
 * @throws RecordError KEY_WRONG for a pre-shared key of a length that no cipher has
 */
export async function encodePskc(
  records: readonly SeedRecord[],
  options: PskcOptions = {},
): Promise<string> {
  const sealer = options.lock ? await Sealer.make(options.lock, options) : null;
  const packages: Element[] = [];
  for (const [index, record] of records.entries()) {
    const secret = sealer
      ? await sealer.seal(record.secret)
      : { PlainValue: encodeBase64(record.secret) };
    packages.push(packageOf(record, keyId(records, index), secret));
  }
  sealer?.close();
  const { pskc, ds, xenc, xenc11, pkcs5 } = NAMESPACES;
  const names = {
    'xmlns:ds': ds,
    'xmlns:xenc': xenc,
    'xmlns:xenc11': xenc11,
    'xmlns:pkcs5': pkcs5,
  };
  return formatXml({
    KeyContainer: {
      ':@': { Version: '1.0', xmlns: pskc, ...(sealer ? names : {}) },
      ...sealer?.head,
      KeyPackage: packages,
    },
  });
}

/** §4.3: an identifier that is unique in the file. */
function keyId(records: readonly SeedRecord[], index: number): string {
  const name = records[index]!.serialNumber ?? 'key';
  return records.length === 1 ? name : `${name}-${index + 1}`;
}

function packageOf(record: SeedRecord, id: string, secret: Element): Element {
  const { serialNumber, manufacturer, model, issuer, account, type, hash, digits } = record;
  const device = said({ Manufacturer: manufacturer, SerialNo: serialNumber, Model: model });
  // The spelling of the hash that every reader takes; one of them has no other.
  const suite = type === 'totp' || hash !== 'SHA1' ? { Suite: hash } : {};
  const response = { ResponseFormat: { ':@': { Encoding: 'DECIMAL', Length: String(digits) } } };
  const moving =
    type === 'hotp'
      ? { Counter: { PlainValue: String(record.counter ?? 0n) } }
      : { TimeInterval: { PlainValue: String(record.periodSeconds) } };
  return {
    ...(Object.keys(device).length > 0 ? { DeviceInfo: device } : {}),
    Key: {
      ':@': { Id: id, Algorithm: `${NAMESPACES.pskc}:${type}` },
      ...said({ Issuer: issuer }),
      AlgorithmParameters: { ...suite, ...response },
      Data: { Secret: secret, ...moving },
      ...said({ UserId: account === undefined ? undefined : `CN=${escapeName(account)}` }),
      Policy: { KeyUsage: 'OTP' },
    },
  };
}

function said(elements: Readonly<Record<string, string | undefined>>): Element {
  return Object.fromEntries(Object.entries(elements).filter(([, text]) => text !== undefined));
}

/** RFC 4514 §2.4: what has a meaning in a distinguished name gets a backslash. */
function escapeName(name: string): string {
  return name.replace(/[\\,+"<>;=]|^[ #]| $/g, '\\$&');
}

/** The encryption of one file: its key, its MAC key, and the elements that describe them. */
class Sealer {
  readonly #key: Uint8Array;
  readonly #macKey: Uint8Array<ArrayBuffer>;
  readonly #macHash: string;
  readonly #random: (bytes: Uint8Array<ArrayBuffer>) => void;
  /** EncryptionKey and MACMethod. */
  head: Element = {};

  static async make(lock: PskcKey, options: PskcOptions): Promise<Sealer> {
    const { mac = 'SHA1', random = (bytes) => crypto.getRandomValues(bytes) } = options;
    const salt = new Uint8Array(SALT_BYTES);
    random(salt);
    const iterations = options.iterations ?? ITERATIONS;
    const derivation = { salt, iterations, keyBytes: PASSPHRASE_KEY_BYTES, hash: 'SHA-1' };
    const key = 'key' in lock ? lock.key.slice() : await deriveKey(lock.passphrase, derivation);
    checkLength(key);
    const sealer = new Sealer(key, mac, random);
    const macKey = await sealer.#encrypt(sealer.#macKey);
    sealer.head = {
      EncryptionKey:
        'key' in lock
          ? { 'ds:KeyName': KEY_NAME }
          : { 'xenc11:DerivedKey': derivedKey(derivation) },
      MACMethod: { ':@': { Algorithm: HMAC_ADDRESSES[mac] }, MACKey: macKey },
    };
    return sealer;
  }

  private constructor(
    key: Uint8Array,
    mac: keyof typeof HMAC_ADDRESSES,
    random: (bytes: Uint8Array<ArrayBuffer>) => void,
  ) {
    const { hash, bytes } = HMACS[`hmac-${mac.toLowerCase()}`]!;
    this.#key = key;
    this.#macHash = hash;
    this.#macKey = new Uint8Array(bytes);
    this.#random = random;
    random(this.#macKey);
  }

  async seal(secret: Uint8Array): Promise<Element> {
    const sealed = await this.#cipherText(secret);
    const mac = await hmac(this.#macKey, this.#macHash, sealed);
    return { EncryptedValue: this.#described(sealed), ValueMAC: encodeBase64(mac) };
  }

  close(): void {
    this.#key.fill(0);
    this.#macKey.fill(0);
  }

  async #encrypt(plaintext: Uint8Array): Promise<Element> {
    return this.#described(await this.#cipherText(plaintext));
  }

  #cipherText(plaintext: Uint8Array): Promise<Uint8Array> {
    const iv = new Uint8Array(IV_BYTES);
    this.#random(iv);
    return encryptCbc(this.#key, iv, plaintext);
  }

  #described(sealed: Uint8Array): Element {
    const algorithm = `${NAMESPACES.xenc}aes${8 * this.#key.length}-cbc`;
    return {
      'xenc:EncryptionMethod': { ':@': { Algorithm: algorithm } },
      'xenc:CipherData': { 'xenc:CipherValue': encodeBase64(sealed) },
    };
  }
}

function derivedKey({
  salt,
  iterations,
  keyBytes,
}: {
  salt: Uint8Array;
  iterations: number;
  keyBytes: number;
}) {
  return {
    'xenc11:KeyDerivationMethod': {
      ':@': { Algorithm: `${NAMESPACES.pkcs5}pbkdf2` },
      'pkcs5:PBKDF2-params': {
        Salt: { Specified: encodeBase64(salt) },
        IterationCount: String(iterations),
        KeyLength: String(keyBytes),
        PRF: '',
      },
    },
    'xenc11:MasterKeyName': PASSPHRASE_NAME,
  };
}

function checkLength({ length }: Uint8Array): void {
  if (Object.values(CIPHERS).includes(length)) return;
  throw new RecordError(
    'KEY_WRONG',
    `pskc: a pre-shared key has 16 or 32 bytes, not ${length}`,
    'AES-128 takes 32 hexadecimal digits, AES-256 takes 64',
  );
}
