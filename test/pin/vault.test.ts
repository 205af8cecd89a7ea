/**
 * The sealed records, opened with node:crypto from nothing but the image, the device key and the
 * PIN: assembly/pin/vault.ts and assembly/store/seal.ts, word for word.
 */
import { createHmac, pbkdf2Sync } from 'node:crypto';
import { expect, it } from 'vitest';
import {
  DEVICE_KEY_BYTES,
  putCredential,
  readInfo,
  selectManagement,
  setPin,
  setPuk,
  Token,
} from '../../host/index.ts';
import { RFC_KEY, testBoard, testToken } from '../fixtures.ts';
import { readImage } from '../power/image-reader.ts';

const [MASTER, PUK, CREDENTIAL] = [0x03, 0x04, 0x20];
const VAULT_HEAD_BYTES = 24;
const TAG_BYTES = 16;
const PIN_DIGITS = Buffer.from('271828');
const PUK_DIGITS = Buffer.from('16180339');

const prf = (key: Uint8Array, ...parts: (Uint8Array | number[])[]) =>
  createHmac('sha256', key)
    .update(Buffer.concat(parts.map((part) => Buffer.from(part))))
    .digest();

/** Opens a record; null when its tag is not the one of this sealing key. */
function open(sealingKey: Uint8Array, label: number, record: Uint8Array, headBytes: number) {
  const head = record.subarray(0, headBytes);
  const tag = record.subarray(headBytes, headBytes + TAG_BYTES);
  const sealed = record.subarray(headBytes + TAG_BYTES);
  const key = Uint8Array.from(sealed, (byte, index) => {
    const block = Math.floor(index / 32);
    return byte ^ prf(sealingKey, [2, label], tag, [block])[index % 32]!;
  });
  const expected = prf(sealingKey, [1, label], head, key).subarray(0, TAG_BYTES);
  return Buffer.compare(expected, tag) === 0 ? key : null;
}

/** The sealing key of a record of the vault. */
function sealingKey(deviceKey: Uint8Array, identity: number, record: Buffer, secret: Uint8Array) {
  const iterations = record.readUInt32LE(4);
  const salt = record.subarray(8, VAULT_HEAD_BYTES);
  const stretched = secret.length > 0 ? pbkdf2Sync(secret, salt, iterations, 32, 'sha256') : [];
  return prf(deviceKey, [identity, 0, 0, 0], stretched);
}

function records(image: Uint8Array) {
  const { live } = readImage(new Int32Array(Uint8Array.from(image).buffer));
  return (identity: number) => Buffer.from(live.get(identity)!.payload);
}

function parts() {
  const key = Uint8Array.from({ length: 100 }, (_, index) => index ^ 0x5a);
  const token = testToken([
    { name: 'a:b', key: RFC_KEY },
    { name: 'long', key },
  ]);
  const deviceKey = new Uint8Array(DEVICE_KEY_BYTES);
  token.board.deviceKey(deviceKey);
  return { ...token, deviceKey, key };
}

it('a token without a PIN has its master key under the device key', () => {
  const { flash, deviceKey, key } = parts();
  const read = records(flash.image);
  const vault = read(MASTER);
  expect(vault.subarray(0, 8)).toEqual(Buffer.alloc(8));
  const none = new Uint8Array();
  const master = open(sealingKey(deviceKey, MASTER, vault, none), MASTER, vault, VAULT_HEAD_BYTES)!;
  expect(open(master, CREDENTIAL, read(CREDENTIAL), 8 + 3)).toEqual(RFC_KEY);
  expect(open(master, CREDENTIAL + 1, read(CREDENTIAL + 1), 8 + 4)).toEqual(key);
  expect(open(master, CREDENTIAL + 1, read(CREDENTIAL), 8 + 3)).toBeNull();
});

it('a token whose master key does not open takes no account, and says so', () => {
  const { flash } = parts();
  const { board } = testBoard(flash.image);
  board.deviceKey = (target) => target.fill(7);
  const token = new Token(board);
  selectManagement(token);
  expect(() => putCredential(token, { name: 'new', key: RFC_KEY })).toThrow(/6581/);
  expect(readInfo(token).credentials).toHaveLength(2);
});

it('a PIN and a PUK each open the same master key, and the device key alone opens none', () => {
  const { token, flash, deviceKey } = parts();
  setPuk(token, PUK_DIGITS);
  setPin(token, PIN_DIGITS);
  const read = records(flash.image);
  const opened = [
    [MASTER, PIN_DIGITS],
    [PUK, PUK_DIGITS],
  ].map(([identity, secret]) => {
    const vault = read(identity as number);
    expect(vault.readUInt32LE(4)).toBe(1000);
    const label = identity as number;
    const key = sealingKey(deviceKey, label, vault, secret as Buffer);
    const withoutSecret = sealingKey(deviceKey, label, vault, new Uint8Array());
    expect(open(withoutSecret, label, vault, VAULT_HEAD_BYTES)).toBeNull();
    return open(key, label, vault, VAULT_HEAD_BYTES)!;
  });
  expect(opened[0]).not.toBeNull();
  expect(opened[0]).toEqual(opened[1]);
  expect(open(opened[0]!, CREDENTIAL, read(CREDENTIAL), 8 + 3)).toEqual(RFC_KEY);
});
