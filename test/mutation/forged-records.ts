/** Records of images that are made by hand: credentials, vaults, counters, each field at will. */
import { COUNTER, CREDENTIAL, type ForgedRecord, forge, ID, SPENT } from './forge.ts';

export const bytes = (text: string) => [...Buffer.from(text)];
export const number32 = (value: number) => [...new Uint8Array(Uint32Array.of(value).buffer)];
export const number64 = (value: bigint) => [...new Uint8Array(BigUint64Array.of(value).buffer)];
export const filler = (length: number) =>
  Array.from({ length }, (_, index) => (index * 37 + 5) & 0xff);

/** A credential: by its fields, each of which may be wrong. */
export interface Head {
  readonly type?: number;
  readonly digits?: number;
  readonly period?: number;
  readonly name?: readonly number[];
  readonly nameLength?: number;
  readonly keyLength?: number;
  readonly reserved?: number;
  readonly length?: number;
}

/** Its payload, with a tag that opens under nobody's key. */
export function credential(fields: Head = {}): readonly number[] {
  const { type = 0x21, digits = 6, period = 30, name = bytes('a:b'), keyLength = 20 } = fields;
  const { nameLength = name.length, reserved = 0 } = fields;
  const { length = 8 + name.length + 16 + keyLength } = fields;
  const head = [type, digits, period & 0xff, period >> 8, nameLength, keyLength];
  const whole = [...head, reserved & 0xff, reserved >> 8, ...name, ...filler(400)];
  return whole.slice(0, length);
}

export function vault({ policy = 0, iterations = 0, length = 72 } = {}): readonly number[] {
  return [...number32(policy), ...number32(iterations), ...filler(100)].slice(0, length);
}

/** When the clock was set, the last minute with a code, whether it was set back. */
export const clock = (setAt: bigint, wasSetBack: number) => [
  ...number64(setAt),
  ...number32(0),
  ...number32(wasSetBack),
];

export const MASTER: ForgedRecord = { identity: ID.master, payload: vault() };
export const SERIAL: ForgedRecord = { identity: ID.serial, payload: bytes('FORGED-1') };
export const counter = (start = 5n, spent = 3, tallyLength = 24): ForgedRecord => ({
  identity: COUNTER,
  payload: number64(start),
  tally: Array<number>(spent).fill(SPENT),
  tallyLength,
});
export const onePage = (...records: ForgedRecord[]) =>
  forge([{ records: [SERIAL, MASTER, ...records] }]);
export const withHead = (head: Head, ...others: ForgedRecord[]) =>
  onePage(...others, { identity: CREDENTIAL, payload: credential(head) });
export const hotp = { type: 0x11, period: 0 };
