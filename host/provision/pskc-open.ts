/**
 * Opens the values of a PSKC file: plain ones, and those under a pre-shared key or a passphrase
 * (RFC 6030 §6.1, §6.2). A value in CBC mode without a MAC is refused, as §6.1.1 demands one.
 */
import { decodeBase64 } from './base64.ts';
import { decryptCbc, deriveKey, type PskcKey, verifyHmac } from './pskc-crypto.ts';
import { algorithmOf, CIPHERS, HMACS, MOST_ITERATIONS } from './pskc-names.ts';
import { badRecord, RecordError, unsupported } from './refusal.ts';
import { attributeOf, find, textAt, type XmlElement } from './xml.ts';

/** A value as the file has it: text in the clear, or bytes that were decrypted. */
export type OpenedValue = { readonly text: string } | { readonly bytes: Uint8Array };

interface MacKey {
  readonly bytes: Uint8Array;
  readonly hash: string;
}

export class PskcOpener {
  readonly #container: XmlElement;
  readonly #unlock: PskcKey | undefined;
  #key: Uint8Array | undefined;
  #macKey: MacKey | undefined;

  constructor(container: XmlElement, unlock: PskcKey | undefined) {
    this.#container = container;
    this.#unlock = unlock;
  }

  /** Whether anything was encrypted so far. */
  get wasUsed(): boolean {
    return this.#key !== undefined;
  }

  /**
   * Opens one value.
   * @param element  Secret, Counter, …
   * @param place    how refusals name it
   */
  async open(element: XmlElement, place: string): Promise<OpenedValue> {
    const plain = textAt(element, 'PlainValue', place);
    if (plain !== undefined) return { text: plain.trim() };
    const encrypted = find(element, 'EncryptedValue', place);
    if (!encrypted) throw badRecord(`${place}: neither PlainValue nor EncryptedValue`);
    const sealed = cipherValueOf(encrypted, place);
    const keyBytes = keyLengthOf(encrypted, place);
    const key = await this.#encryptionKey(keyBytes);
    const mac = decodeBase64(textAt(element, 'ValueMAC', place) ?? '');
    if (!mac?.length) throw badRecord(`${place}: a value in CBC mode needs a ValueMAC`);
    const { bytes, hash } = await this.#macKeyFor(key);
    if (!(await verifyHmac(bytes, hash, mac, sealed))) throw wrongKey(place);
    const opened = await decryptCbc(key, sealed);
    if (!opened) throw wrongKey(place);
    return { bytes: opened };
  }

  /** Wipes what was derived and decrypted on the way. */
  close(): void {
    if (this.#key !== (this.#unlock as { key?: Uint8Array } | undefined)?.key) this.#key?.fill(0);
    if (this.#macKey?.bytes !== this.#key) this.#macKey?.bytes.fill(0);
  }

  async #encryptionKey(keyBytes: number): Promise<Uint8Array> {
    this.#key ??= await this.#findKey();
    if (this.#key.length === keyBytes) return this.#key;
    throw new RecordError(
      'KEY_WRONG',
      `seed record: the key has ${this.#key.length} bytes, and the file is encrypted with one of ${keyBytes}`,
    );
  }

  async #findKey(): Promise<Uint8Array> {
    const place = 'EncryptionKey';
    const found = find(this.#container, 'EncryptionKey', place);
    if (find(found, 'X509Data', place) || find(found, 'KeyValue', place)) {
      throw unsupported(
        'the file is encrypted with a public key (RFC 6030 §6.3), which is not read',
        'have it made with a pre-shared key or a passphrase',
      );
    }
    const method = find(found, 'DerivedKey/KeyDerivationMethod', place);
    const unlock = this.#unlock;
    if (!method) {
      if (unlock && 'key' in unlock) return unlock.key;
      throw keyNeeded('a pre-shared key', '--key -|@FILE');
    }
    if (unlock && 'passphrase' in unlock) {
      return deriveKey(unlock.passphrase, derivationOf(method));
    }
    throw keyNeeded('a passphrase', '--passphrase -|@FILE');
  }

  async #macKeyFor(key: Uint8Array): Promise<MacKey> {
    this.#macKey ??= await this.#findMacKey(key);
    return this.#macKey;
  }

  async #findMacKey(key: Uint8Array): Promise<MacKey> {
    const place = 'MACMethod';
    const method = find(this.#container, 'MACMethod', place);
    if (!method) throw badRecord('encrypted values, but no MACMethod (RFC 6030 §6.1.1)');
    const name = algorithmOf(attributeOf(method, 'Algorithm') ?? '');
    if (!Object.hasOwn(HMACS, name)) {
      throw unsupported('MACMethod: not HMAC with SHA-1, SHA-256 or SHA-512', null);
    }
    const { hash } = HMACS[name]!;
    const encrypted = find(method, 'MACKey', place);
    // Some producers leave it out and use the encryption key; the draft versions allowed that.
    if (!encrypted) return { bytes: key, hash };
    if (keyLengthOf(encrypted, place) !== key.length) throw wrongKey(place);
    const bytes = await decryptCbc(key, cipherValueOf(encrypted, place));
    if (!bytes?.length) throw wrongKey(place);
    return { bytes, hash };
  }
}

function derivationOf(method: XmlElement) {
  const place = 'KeyDerivationMethod';
  if (algorithmOf(attributeOf(method, 'Algorithm') ?? '') !== 'pbkdf2') {
    throw unsupported(`${place}: not PBKDF2`, null);
  }
  const parameters = find(method, 'PBKDF2-params', place);
  const salt = decodeBase64(textAt(parameters, 'Salt/Specified', place) ?? '');
  if (!salt?.length) throw badRecord(`${place}: Salt/Specified is missing or not Base64`);
  const iterations = Number(textAt(parameters, 'IterationCount', place));
  if (!Number.isInteger(iterations) || iterations < 1 || iterations > MOST_ITERATIONS) {
    throw badRecord(`${place}: IterationCount is not a number from 1 to ${MOST_ITERATIONS}`);
  }
  const keyBytes = Number(textAt(parameters, 'KeyLength', place));
  if (!Object.values(CIPHERS).includes(keyBytes)) {
    throw badRecord(`${place}: KeyLength is not ${Object.values(CIPHERS).join(' or ')}`);
  }
  const prf = find(parameters, 'PRF', place);
  // An attribute by its schema; one widespread library writes it as text.
  const address = attributeOf(prf, 'Algorithm') ?? prf?.['#text']?.trim() ?? '';
  const name = address === '' ? 'hmac-sha1' : algorithmOf(address);
  if (!Object.hasOwn(HMACS, name)) throw unsupported(`${place}: PRF is not known`, null);
  return { salt, iterations, keyBytes, hash: HMACS[name]!.hash };
}

function keyLengthOf(encrypted: XmlElement, place: string): number {
  const method = find(encrypted, 'EncryptionMethod', place);
  const name = algorithmOf(attributeOf(method, 'Algorithm') ?? '');
  if (Object.hasOwn(CIPHERS, name)) return CIPHERS[name]!;
  throw unsupported(`${place}: the cipher is not AES-128-CBC or AES-256-CBC`, null);
}

function cipherValueOf(encrypted: XmlElement, place: string): Uint8Array {
  const sealed = decodeBase64(textAt(encrypted, 'CipherData/CipherValue', place) ?? '');
  if (sealed && sealed.length >= 32 && sealed.length % 16 === 0) return sealed;
  throw badRecord(`${place}: CipherValue is not Base64 of whole AES blocks, the first one random`);
}

function keyNeeded(what: string, option: string): RecordError {
  const message = `seed record: the file is encrypted with ${what}`;
  return new RecordError('KEY_NEEDED', message, `give it with ${option}`);
}

function wrongKey(place: string): RecordError {
  const message = `seed record: ${place}: the key or passphrase does not open it`;
  return new RecordError('KEY_WRONG', message);
}
