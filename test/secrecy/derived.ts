/**
 * Every secret that a token works with, computed from what its owner knows and what lies on flash,
 * by node:crypto and assembly/pin/vault.ts's header: what the search has to look for.
 */
import { createHmac, pbkdf2Sync } from 'node:crypto';
import otpWasm from '#otp.wasm';
import type { HashName } from '../../host/otp.ts';
import { readImage } from '../power/image-reader.ts';
import type { Secret } from './secrets.ts';

/** What the owner of a token, or of its board, knows. */
export interface Known {
  readonly deviceKey: Uint8Array;
  readonly seeds: readonly { readonly bytes: Uint8Array; readonly hash: HashName }[];
  /** PINs and PUKs that are, were or are going to be tried. */
  readonly digits: readonly string[];
  /** What the QR codes of the token say. */
  readonly loginText: Uint8Array;
  /** Admin keys of the token as a smart card, likewise. */
  readonly adminKeys: readonly Uint8Array[];
}

/** What the text of QR codes is called. */
export const LOGIN_TEXT = 'login text';

const MASTER = 3;
const PUK = 4;
const ADMIN_KEY = 0x0b;
const TAG_BYTES = 16;
const HASHES: readonly HashName[] = ['SHA1', 'SHA256', 'SHA512'];
const otp = new WebAssembly.Instance(new WebAssembly.Module(otpWasm)).exports as unknown as Record<
  string,
  (...args: number[]) => number
> & { memory: WebAssembly.Memory };

/** The midstates of a key under HMAC: whoever has them has the key. */
function prepared(name: string, hash: HashName, key: Uint8Array): Secret {
  const memory = new Uint8Array(otp.memory.buffer);
  memory.set(key, otp.windowOffset!());
  otp.prepareKey!(HASHES.indexOf(hash) + 1, key.length);
  const start = otp.preparedOffset!();
  const stateLength = hash === 'SHA1' ? 20 : hash === 'SHA256' ? 32 : 64;
  const inner = memory.slice(start, start + stateLength);
  const outer = memory.slice(start + 64, start + 64 + stateLength);
  otp.wipeAll!();
  return { name: `${name}, prepared`, bytes: Buffer.concat([inner, outer]), kind: 'key' };
}

const sha256 = (key: Uint8Array, ...message: Uint8Array[]) => {
  const mac = createHmac('sha256', key);
  for (const part of message) mac.update(part);
  return mac.digest();
};

/** The secrets that do not depend on the flash. */
export function knownSecrets({ deviceKey, seeds, digits, adminKeys, loginText }: Known): Secret[] {
  const sealingKey = sha256(deviceKey, Uint8Array.of(ADMIN_KEY, 0, 0, 0));
  return [
    { name: LOGIN_TEXT, bytes: loginText, kind: 'key' },
    { name: 'device key', bytes: deviceKey, kind: 'key' },
    prepared('device key', 'SHA256', deviceKey),
    { name: 'sealing key of the admin key', bytes: sealingKey, kind: 'key' },
    prepared('sealing key of the admin key', 'SHA256', sealingKey),
    ...adminKeys.map(
      (bytes, index): Secret => ({ name: `admin key ${index}`, bytes, kind: 'key' }),
    ),
    ...seeds.flatMap(({ bytes, hash }, index): Secret[] => [
      { name: `seed ${index}`, bytes, kind: 'key' },
      prepared(`seed ${index}`, hash, bytes),
    ]),
    ...digits.flatMap((text, index): Secret[] => {
      const bytes = new TextEncoder().encode(text);
      return [
        { name: `PIN or PUK ${index}`, bytes, kind: 'digits' },
        prepared(`PIN or PUK ${index}`, 'SHA256', bytes),
      ];
    }),
  ];
}

/** The master key and all that it is sealed under now, by each of the digits that are known. */
export function sealedSecrets(words: Int32Array, { deviceKey, digits }: Known): Secret[] {
  const { live } = readImage(words);
  const secrets: Secret[] = [];
  const admin = live.get(ADMIN_KEY)?.payload;
  if (admin) {
    const sealingKey = sha256(deviceKey, Uint8Array.of(ADMIN_KEY, 0, 0, 0));
    const tag = admin.subarray(0, TAG_BYTES);
    const stream = sha256(sealingKey, Uint8Array.of(2, ADMIN_KEY), tag, ZERO);
    secrets.push({ name: 'key stream of the admin key', bytes: stream, kind: 'key' });
  }
  for (const identity of [MASTER, PUK]) {
    const payload = live.get(identity)?.payload;
    if (!payload) continue;
    const iterations = new DataView(payload.buffer, payload.byteOffset).getUint32(4, true);
    for (const text of iterations === 0 ? [null] : digits) {
      const id = `${identity} ${text} ${Buffer.concat([deviceKey, payload]).toString('hex')}`;
      const found =
        computed.get(id) ?? sealingSecrets(payload, identity, iterations, deviceKey, text);
      computed.set(id, found);
      secrets.push(...found);
    }
  }
  return secrets;
}

/** Stretching takes its time, and the same records are asked about over and over. */
const computed = new Map<string, Secret[]>();

function sealingSecrets(
  payload: Uint8Array,
  identity: number,
  iterations: number,
  deviceKey: Uint8Array,
  digits: string | null,
): Secret[] {
  const salt = payload.subarray(8, 24);
  const stretched =
    digits === null ? new Uint8Array() : pbkdf2Sync(digits, salt, iterations, 32, 'sha256');
  const sealingKey = sha256(deviceKey, Uint8Array.of(identity, 0, 0, 0), stretched);
  const label = `sealing key of record ${identity}`;
  const stream = sha256(sealingKey, Uint8Array.of(2, identity), payload.subarray(24, 40), ZERO);
  const opened = Uint8Array.from(payload.subarray(40, 72), (byte, at) => byte ^ stream[at]!);
  const tag = sha256(sealingKey, Uint8Array.of(1, identity), payload.subarray(0, 24), opened);
  const isRight = tag.subarray(0, 16).equals(payload.subarray(24, 40));
  return [
    { name: label, bytes: sealingKey, kind: 'key' },
    prepared(label, 'SHA256', sealingKey),
    ...(digits === null
      ? []
      : [{ name: `${label}, stretched PIN`, bytes: stretched, kind: 'key' } as const]),
    ...(isRight
      ? [
          { name: 'master key', bytes: opened, kind: 'key' } as const,
          prepared('master key', 'SHA256', opened),
          { name: `${label}, key stream`, bytes: stream, kind: 'key' } as const,
        ]
      : []),
  ];
}

const ZERO = Uint8Array.of(0);
