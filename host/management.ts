/**
 * The management commands of assembly/apdu/PROTOCOL.md, worded for people: who a token is, and
 * what is written into it at personalisation. Nothing here, and nothing in the token, gives a key
 * back.
 */
import { concat, encodeTlv, readTlvs } from './apdu.ts';
import type { HashName } from './otp.ts';
import type { Token } from './token.ts';

const AID = Uint8Array.of(0xa0, 0x00, 0x00, 0x05, 0x27, 0x47, 0x11, 0x17);

enum Instruction {
  WRITE_SERIAL = 0x01,
  PUT_CREDENTIAL = 0x02,
  SET_CLOCK = 0x03,
  GET_INFO = 0x10,
  GET_CREDENTIAL = 0x11,
  DELETE_CREDENTIAL = 0x12,
}

enum Tag {
  NAME = 0x71,
  KEY = 0x73,
  COUNTER = 0x7a,
  QR_TEXT = 0x7d,
  PERIOD = 0x80,
  SERIAL = 0x81,
  VERSION = 0x82,
  CREDENTIALS = 0x83,
  CLOCK = 0x84,
  CLOCK_SET_AT = 0x85,
  PROPERTIES = 0x88,
  QR_LENGTH = 0x89,
}

const HASHES: readonly HashName[] = ['SHA1', 'SHA256', 'SHA512'];
const TYPE_HOTP = 0x10;
const TYPE_TOTP = 0x20;
const TYPE_LOGIN = 0x30;
const TYPES = new Map([
  [TYPE_HOTP, 'hotp'],
  [TYPE_TOTP, 'totp'],
  [TYPE_LOGIN, 'login'],
] as const) as ReadonlyMap<number, CredentialInfo['type']>;
const ONLY_INCREASING = 0x01;
const TOUCH = 0x02;

/** What an account is made of; never its key, nor the text of its QR code. */
export interface CredentialInfo {
  readonly slot: number;
  readonly name: string;
  /** `login` is a login QR code, which has no key and makes no code. */
  readonly type: 'hotp' | 'totp' | 'login';
  /** Null for a login QR code. */
  readonly hash: HashName | null;
  /** Null for a login QR code. */
  readonly digits: number | null;
  /** Seconds in a time step; TOTP only, else null. */
  readonly periodSeconds: number | null;
  /** The counter of the next code; HOTP only, else null. */
  readonly counter: bigint | null;
  /** Bytes of its QR text: of a login QR code, or of the template of a live one; 0 for none. */
  readonly qrBytes: number;
  /** A host gets a code only after OK was pressed. */
  readonly touch: boolean;
  /** A host gets no code of a time step before the last one. */
  readonly onlyIncreasing: boolean;
}

export interface TokenInfo {
  readonly serialNumber: string | null;
  readonly firmwareVersion: string;
  /** Seconds since 1970 by the token's own clock; null while it is not set. */
  readonly timeSeconds: number | null;
  /** When the clock was last set, seconds since 1970; null for never. */
  readonly clockSetAtSeconds: number | null;
  readonly slots: number;
  readonly credentials: readonly CredentialInfo[];
}

/** An account to be written. */
export interface NewCredential {
  /** 1 to 64 bytes of UTF-8, by custom `issuer:account`. */
  readonly name: string;
  /** 1 to 128 bytes, raw. */
  readonly key: Uint8Array;
  readonly type?: 'hotp' | 'totp';
  readonly hash?: HashName;
  readonly digits?: 6 | 7 | 8;
  /** 1 .. 3600; TOTP only, default 30. */
  readonly periodSeconds?: number;
  /** The first counter, 0 .. 2^64 - 1; HOTP only, default 0. */
  readonly counter?: bigint;
  /**
   * The text of a live QR code, TOTP only: `{serial}`, `{code}` and `{step}` in it are filled in
   * afresh at each time step. `{code}` has to be there. Name, key and text have at most 212 bytes.
   */
  readonly liveQr?: string;
}

/** A login QR code to be written. */
export interface NewLogin {
  /** As that of an account. */
  readonly name: string;
  /** The text, 1 to 211 bytes, with the name at most 212; wiped. */
  readonly text: Uint8Array;
}

/** Selects the management applet; every function below expects it to be selected. */
export function selectManagement(token: Token): void {
  token.send(concat([0x00, 0xa4, 0x04, 0x00, AID.length], AID));
}

/** Sends a command; its bytes and those of its data, which may hold a key, are wiped. */
function send(
  token: Token,
  instruction: Instruction,
  data: Uint8Array = new Uint8Array(),
  slot = 0,
): Uint8Array {
  const { length } = data;
  const lengthField = length === 0 ? [] : length < 256 ? [length] : [0, length >> 8, length & 0xff];
  const command = concat([0x80, instruction, slot, 0x00, ...lengthField], data);
  try {
    return token.send(command);
  } finally {
    command.fill(0);
    data.fill(0);
  }
}

/** Writes the serial number: letters, digits, `.`, `_`, `-`, 1 to 32 of them; once in a life. */
export function writeSerialNumber(token: Token, serialNumber: string): void {
  send(token, Instruction.WRITE_SERIAL, new TextEncoder().encode(serialNumber));
}

/**
 * Sets the clock. A clock that is not set takes any time up to the year 9999; a running one moves by
 * a second for every six hours since it was set.
 */
export function setClock(token: Token, timeSeconds: number): void {
  send(token, Instruction.SET_CLOCK, numberBytes(BigInt(timeSeconds)));
}

/** Writes an account; the slot it got. */
export function putCredential(token: Token, credential: NewCredential): number {
  const { name, key, type = 'totp', hash = 'SHA1', digits = 6 } = credential;
  const typeAndHash = (type === 'hotp' ? TYPE_HOTP : TYPE_TOTP) | (HASHES.indexOf(hash) + 1);
  const secret = encodeTlv(Tag.KEY, [typeAndHash, digits], key);
  const last =
    type === 'hotp'
      ? encodeTlv(Tag.COUNTER, numberBytes(credential.counter ?? 0n))
      : encodeTlv(Tag.PERIOD, numberBytes(BigInt(credential.periodSeconds ?? 30)).subarray(6));
  const nameField = encodeTlv(Tag.NAME, new TextEncoder().encode(name));
  const { liveQr } = credential;
  const qrText = liveQr === undefined ? [] : encodeTlv(Tag.QR_TEXT, templateBytes(liveQr));
  const data = concat(nameField, secret, last, qrText);
  secret.fill(0);
  return send(token, Instruction.PUT_CREDENTIAL, data)[0]!;
}

/** Writes a login QR code; the slot it got. */
export function putLogin(token: Token, { name, text }: NewLogin): number {
  const nameField = encodeTlv(Tag.NAME, new TextEncoder().encode(name));
  const qrText = encodeTlv(Tag.QR_TEXT, text);
  const data = concat(nameField, encodeTlv(Tag.KEY, [TYPE_LOGIN, 0]), qrText);
  qrText.fill(0);
  text.fill(0);
  return send(token, Instruction.PUT_CREDENTIAL, data)[0]!;
}

/** What a template says in braces, as the byte that the token knows it by. */
const PLACEHOLDERS = { '{serial}': '\x01', '{code}': '\x02', '{step}': '\x03' } as const;

/** A template in the token's words. Control characters are refused: some of them mean something. */
function templateBytes(template: string): Uint8Array {
  if (/\p{Cc}/u.test(template)) throw new RangeError('liveQr: has a control character in it');
  if (!template.includes('{code}')) throw new RangeError('liveQr: expected {code} in it');
  const text = template.replaceAll(
    /\{(?:serial|code|step)\}/g,
    (name) => PLACEHOLDERS[name as keyof typeof PLACEHOLDERS],
  );
  return new TextEncoder().encode(text);
}

/** Removes the account in a slot and erases its key from flash. */
export function deleteCredential(token: Token, slot: number): void {
  send(token, Instruction.DELETE_CREDENTIAL, undefined, slot);
}

/** Everything the token says about itself. */
export function readInfo(token: Token): TokenInfo {
  const fields = readTlvs(send(token, Instruction.GET_INFO));
  const serial = fields.get(Tag.SERIAL);
  const [used, slots] = fields.get(Tag.CREDENTIALS)!;
  return {
    serialNumber: serial?.length ? new TextDecoder().decode(serial) : null,
    firmwareVersion: fields.get(Tag.VERSION)!.join('.'),
    timeSeconds: readNumber(fields.get(Tag.CLOCK)),
    clockSetAtSeconds: readNumber(fields.get(Tag.CLOCK_SET_AT)),
    slots: slots!,
    credentials: used === 0 ? [] : readCredentials(token, slots!),
  };
}

function readCredentials(token: Token, slots: number): CredentialInfo[] {
  return Array.from({ length: slots }, (_, slot) => readCredential(token, slot)).filter(
    (credential) => credential !== null,
  );
}

/** What is in a slot, or null when it is empty. */
export function readCredential(token: Token, slot: number): CredentialInfo | null {
  const answer = token.exchange(Uint8Array.of(0x80, Instruction.GET_CREDENTIAL, slot, 0x00));
  if (answer.length === 2) return null;
  const fields = readTlvs(answer.subarray(0, -2));
  const [typeAndHash, digits] = fields.get(Tag.KEY)!;
  const counter = fields.get(Tag.COUNTER);
  const properties = fields.get(Tag.PROPERTIES)?.[0] ?? 0;
  return {
    slot,
    name: new TextDecoder().decode(fields.get(Tag.NAME)),
    type: TYPES.get(typeAndHash! & 0xf0)!,
    hash: HASHES[(typeAndHash! & 0x0f) - 1] ?? null,
    digits: digits! || null,
    periodSeconds: readNumber(fields.get(Tag.PERIOD)),
    counter: counter ? bigEndian(counter) : null,
    qrBytes: fields.get(Tag.QR_LENGTH)?.[0] ?? 0,
    touch: (properties & TOUCH) !== 0,
    onlyIncreasing: (properties & ONLY_INCREASING) !== 0,
  };
}

function numberBytes(value: bigint): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, value);
  return bytes;
}

function bigEndian(bytes: Uint8Array): bigint {
  return bytes.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

function readNumber(bytes: Uint8Array | undefined): number | null {
  return bytes ? Number(bigEndian(bytes)) : null;
}
