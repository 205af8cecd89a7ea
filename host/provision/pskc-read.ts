/**
 * Reads PSKC files (RFC 6030): HOTP and TOTP keys in the clear, under a pre-shared key, or under a
 * passphrase.
 *
 * XML signatures are not checked, and the reading says so: who needs to know where a file is from
 * checks it with a tool that has the certificate. What a record has no place for is named in a
 * warning; a policy that this reader does not understand keeps the key from being used (§5).
 */
import { decodeBase64 } from './base64.ts';
import type { PskcKey } from './pskc-crypto.ts';
import { algorithmOf } from './pskc-names.ts';
import { PskcOpener } from './pskc-open.ts';
import { badRecord, unsupported } from './refusal.ts';
import {
  accountName,
  hashOf,
  type Label,
  labels,
  type Reading,
  type SeedRecord,
  wipe,
} from './seed-record.ts';
import {
  attributeOf,
  childrenOf,
  find,
  namesIn,
  parseXml,
  textAt,
  type XmlElement,
} from './xml.ts';

/** Elements that become part of a record, or that say nothing about the key itself. */
const UNDERSTOOD = {
  DeviceInfo: ['Manufacturer', 'SerialNo', 'Model', 'UserId'],
  Key: ['Issuer', 'AlgorithmParameters', 'FriendlyName', 'Data', 'UserId', 'Policy'],
  Data: ['Secret', 'Counter', 'TimeInterval'],
  Policy: ['StartDate', 'ExpiryDate', 'PINPolicy', 'KeyUsage', 'NumberOfTransactions'],
} as const;

/**
 * Reads a file.
 * @param unlock  the pre-shared key or the passphrase of an encrypted file
 * @throws RecordError that names the key by its place in the file, and the element
 */
export async function decodePskc(text: string, unlock?: PskcKey): Promise<Reading> {
  const document = parseXml(text);
  const container = find(document, 'KeyContainer', 'the file');
  if (!container) throw badRecord('the XML is no PSKC file: its root is not KeyContainer');
  if (attributeOf(container, 'Version') !== '1.0') {
    throw badRecord('KeyContainer: Version is not 1.0, the one of RFC 6030');
  }
  const opener = new PskcOpener(container, unlock);
  const records: SeedRecord[] = [];
  const warnings: string[] = [];
  try {
    for (const [index, keyPackage] of childrenOf(container, 'KeyPackage').entries()) {
      const reader = new KeyReader(keyPackage, `key package ${index + 1}`, opener, warnings);
      const record = await reader.read();
      if (record) records.push(record);
    }
  } catch (error) {
    wipe(records);
    throw error;
  } finally {
    opener.close();
  }
  if (records.length === 0) throw badRecord('the file has no HOTP or TOTP key in it');
  if (childrenOf(container, 'Signature').length > 0) {
    warnings.push('the file is signed, and the signature was not checked');
  }
  if (unlock && !opener.wasUsed) {
    warnings.push('nothing in the file is encrypted: the key or passphrase was not needed');
  }
  return { records, warnings };
}

/** One key package (§4): its device and its key. */
class KeyReader {
  readonly #package: XmlElement;
  readonly #place: string;
  readonly #opener: PskcOpener;
  readonly #warnings: string[];

  constructor(keyPackage: XmlElement, place: string, opener: PskcOpener, warnings: string[]) {
    this.#package = keyPackage;
    this.#place = place;
    this.#opener = opener;
    this.#warnings = warnings;
  }

  /** The record; null for a PIN, which is no key of an account. */
  async read(): Promise<SeedRecord | null> {
    const key = find(this.#package, 'Key', this.#place);
    if (!key) throw badRecord(`${this.#place}: Key is missing`);
    const algorithm = algorithmOf(attributeOf(key, 'Algorithm') ?? '');
    if (algorithm === 'pin') {
      this.#warn('a PIN, which is left out: PINs are set on the token');
      return null;
    }
    if (algorithm !== 'hotp' && algorithm !== 'totp') {
      throw unsupported(`${this.#place}: Algorithm is neither hotp nor totp`);
    }
    this.#checkPolicy(find(key, 'Policy', this.#place));
    const form = { type: algorithm, ...this.#parametersOf(key), ...this.#labelsOf(key) } as const;
    this.#tellWhatIsLeftOut(key, form);
    return {
      ...form,
      ...(await this.#numbersOf(key, algorithm)),
      secret: await this.#secretOf(key),
    };
  }

  #labelsOf(key: XmlElement) {
    const device = find(this.#package, 'DeviceInfo', this.#place);
    const text = (element: XmlElement | undefined, name: string) =>
      textAt(element, name, this.#place)?.trim();
    return labels({
      serialNumber: text(device, 'SerialNo'),
      manufacturer: text(device, 'Manufacturer'),
      model: text(device, 'Model'),
      issuer: text(key, 'Issuer'),
      account: this.#namesOf(key)[0],
    });
  }

  /** What may name the account, the best first: its user, the name of the key, the device's user. */
  #namesOf(key: XmlElement): string[] {
    const device = find(this.#package, 'DeviceInfo', this.#place);
    const names = [
      commonName(textAt(key, 'UserId', this.#place)),
      textAt(key, 'FriendlyName', this.#place)?.trim(),
      commonName(textAt(device, 'UserId', this.#place)),
    ];
    return names.filter((name) => name !== undefined && name !== '') as string[];
  }

  /** AlgorithmParameters (§4.3.4), and what is assumed when they are left out. */
  #parametersOf(key: XmlElement): Pick<SeedRecord, 'hash' | 'digits'> {
    const parameters = find(key, 'AlgorithmParameters', this.#place);
    const suite = textAt(parameters, 'Suite', this.#place)?.trim() || 'SHA1';
    const hash = hashOf(suite);
    if (!hash) throw unsupported(`${this.#place}: Suite is not SHA1, SHA256 or SHA512`);
    const format = find(parameters, 'ResponseFormat', this.#place);
    const encoding = attributeOf(format, 'Encoding') ?? 'DECIMAL';
    if (encoding !== 'DECIMAL') throw unsupported(`${this.#place}: codes are not decimal`);
    if (/^(?:true|1)$/.test(attributeOf(format, 'CheckDigits') ?? '')) {
      throw unsupported(`${this.#place}: codes have a check digit`);
    }
    const length = attributeOf(format, 'Length');
    if (length === undefined) this.#warn('how long codes are is not said: 6 digits are assumed');
    const digits = Number(length ?? 6);
    if (digits !== 6 && digits !== 7 && digits !== 8) {
      throw unsupported(`${this.#place}: codes do not have 6 to 8 digits`);
    }
    return { hash, digits };
  }

  async #numbersOf(key: XmlElement, type: 'hotp' | 'totp') {
    if (type === 'totp') {
      const period = (await this.#numberOf(key, 'TimeInterval')) ?? 30n;
      return { periodSeconds: Number(period) };
    }
    return { periodSeconds: 30, counter: (await this.#numberOf(key, 'Counter')) ?? 0n };
  }

  /** A number of Data: decimal; encrypted ones may be big-endian bytes, as producers have it. */
  async #numberOf(key: XmlElement, name: string): Promise<bigint | null> {
    const element = find(key, `Data/${name}`, this.#place);
    if (!element) return null;
    const value = await this.#opener.open(element, `${this.#place}: ${name}`);
    const text = 'text' in value ? value.text : String.fromCharCode(...value.bytes);
    if (/^\d{1,20}$/.test(text)) return BigInt(text);
    if ('text' in value || value.bytes.length > 8) {
      throw badRecord(`${this.#place}: ${name} is not a number from 0 on`);
    }
    return value.bytes.reduce((number, byte) => (number << 8n) | BigInt(byte), 0n);
  }

  async #secretOf(key: XmlElement): Promise<Uint8Array> {
    const element = find(key, 'Data/Secret', this.#place);
    if (!element) {
      const isDerived = find(key, 'KeyReference', this.#place) !== undefined;
      const reason = isDerived ? 'the key is to be derived from KeyReference' : 'Secret is missing';
      throw unsupported(`${this.#place}: ${reason}`, 'have the file made with the key in it');
    }
    const value = await this.#opener.open(element, `${this.#place}: Secret`);
    const bytes = 'bytes' in value ? value.bytes : decodeBase64(value.text);
    if (!bytes?.length) throw badRecord(`${this.#place}: Secret is empty or not Base64`);
    return bytes;
  }

  /** §5: a key under a policy that is not understood must not be used. */
  #checkPolicy(policy: XmlElement | undefined): void {
    if (!policy) return;
    const strange = namesIn(policy).some((name) => !includes(UNDERSTOOD.Policy, name));
    if (strange) throw unsupported(`${this.#place}: Policy holds what is not understood`);
    const usages = childrenOf(policy, 'KeyUsage').map((usage) => usage['#text']?.trim());
    if (usages.length > 0 && !usages.includes('OTP')) {
      throw unsupported(`${this.#place}: KeyUsage does not allow one-time passwords`);
    }
    const pin = find(policy, 'PINPolicy', this.#place);
    if (attributeOf(pin, 'PINUsageMode') === 'Algorithmic') {
      throw unsupported(`${this.#place}: the PIN enters the computation of codes`);
    }
    if (pin) this.#warn('its policy asks for a PIN, which is set on the token');
  }

  #tellWhatIsLeftOut(key: XmlElement, form: Pick<SeedRecord, Label>): void {
    const device = find(this.#package, 'DeviceInfo', this.#place);
    const data = find(key, 'Data', this.#place);
    const policy = find(key, 'Policy', this.#place);
    const others = (element: XmlElement | undefined, known: readonly string[]) =>
      element ? namesIn(element).filter((name) => !includes(known, name)) : [];
    const said = [form.account, accountName(form)];
    const leftOut = [
      ...this.#namesOf(key)
        .filter((name) => !said.includes(name))
        .map(() => 'a second name'),
      ...others(this.#package, ['DeviceInfo', 'Key']),
      ...others(device, UNDERSTOOD.DeviceInfo),
      ...others(key, UNDERSTOOD.Key),
      ...others(data, UNDERSTOOD.Data),
      ...others(policy, ['KeyUsage', 'PINPolicy']),
    ];
    if (leftOut.length > 0) this.#warn(`left out: ${leftOut.join(', ')}`);
  }

  #warn(text: string): void {
    this.#warnings.push(`${this.#place}: ${text}`);
  }
}

/** The value of a distinguished name (RFC 4514) of one CN and nothing else; other texts as they are. */
function commonName(name: string | undefined): string | undefined {
  const [, escaped] = /^CN=((?:[^\\,+]|\\.)*)$/is.exec(name?.trim() ?? '') ?? [];
  return escaped === undefined ? name?.trim() : escaped.replace(/\\(.)/gs, '$1');
}

function includes(names: readonly string[], name: string): boolean {
  return names.includes(name);
}
