import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compileDoor } from '../crypto/door.ts';
import { buildSmall, SHIPPED, SHIPPED_VECTOR } from './engine.ts';
import { HASHES, hashNumber, referenceHotp } from './reference.ts';
import { openTraced, type Traced } from './trace.ts';

const execute = promisify(execFile);
const SECRETS = 60;

let folder: string;
let small: string;
let door: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'oathfob-pattern-'));
  small = await buildSmall(folder);
  door = join(folder, 'door.wasm');
  const source = `
    export { equal } from './crypto/constant-time';
    export { codeDigits } from './oath/hotp';`;
  await writeFile(door, await compileDoor(source));
}, 60_000);
afterAll(() => rm(folder, { recursive: true }));

/** Keys that differ as much as keys can, all of one length. */
function keys(length: number): Uint8Array[] {
  const extremes = [0x00, 0xff, 0x36, 0x5c, 0x80].map((byte) => new Uint8Array(length).fill(byte));
  return [...extremes, ...Array.from({ length: SECRETS }, () => randomBytes(length))];
}

/** Every run must look the same to an observer; the first one is the yardstick. */
function expectOneTrace(traced: Traced, runs: (() => void)[]) {
  traced.take();
  const traces = runs.map((run) => {
    run();
    return traced.take().join(' ');
  });
  expect(traces[0]).not.toBe('');
  expect(new Set(traces).size).toBe(1);
}

describe.each(['speed', 'vectors', 'size'])('built for %s', (goal) => {
  let traced: Traced;
  let window: Uint8Array;
  beforeAll(async () => {
    const files = { speed: SHIPPED, vectors: SHIPPED_VECTOR, size: small };
    traced = await openTraced(files[goal as keyof typeof files]);
    const { memory, windowOffset } = traced.exports;
    window = new Uint8Array(memory.buffer, windowOffset!(), 1088);
  });

  test.each(HASHES)('no branch, address or divisor depends on a %s key', (hash) => {
    const { hotpOfKey, prepareKey, totpCode, macMessage } = traced.exports;
    const number = hashNumber(hash);
    for (const length of [20, 64, 150]) {
      const runs = keys(length).map((key) => () => {
        window.set(key);
        hotpOfKey!(number, length, 0, 5, 7);
        window.set(key);
        prepareKey!(number, length);
        totpCode!(number, 1, 0x9abcdef0, 30, 8);
        macMessage!(number, 100);
      });
      expectOneTrace(traced, runs);
    }
  });

  test('a search looks the same whether, where and as what the code matches', () => {
    const { prepareKey, verifyCode } = traced.exports;
    const key = randomBytes(20);
    const codes = [0, 999_999];
    for (let step = 90; step <= 110; step++)
      codes.push(referenceHotp('SHA1', key, BigInt(step), 6));
    window.set(key);
    prepareKey!(1, key.length);
    const runs = codes.map((code) => () => verifyCode!(1, 6, code, 0, 100, 5, 5, -2));
    expectOneTrace(traced, runs);
  });
});

test('comparing secrets and writing digits look the same for all of them', async () => {
  const traced = await openTraced(door);
  const { memory, equal, codeDigits } = traced.exports;
  const bytes = new Uint8Array(memory.buffer);
  const secrets = keys(16).map((key) => () => {
    bytes.set(key, 1024);
    equal!(1024, 2048, 16);
    codeDigits!((key[0]! << 16) | (key[1]! << 8) | key[2]!, 8, 1040);
  });
  expectOneTrace(traced, secrets);
});

test('the trace tells a secret branch and a secret address apart', async () => {
  const file = join(folder, 'leaky.wasm');
  const source = `
    export function branch(secret: i32): i32 { if (secret > 5) store<u8>(64, 1); return 0; }
    export function index(secret: i32): i32 { return load<u8>(secret); }
    export function modulo(secret: i32): i32 { return secret % 10; }`;
  await writeFile(file, await compileDoor(source));
  const traced = await openTraced(file);
  for (const name of ['branch', 'index', 'modulo']) {
    const traces = [3, 7].map((secret) => {
      traced.exports[name]!(secret);
      return traced.take().join(' ');
    });
    expect(traces[0], name).not.toBe(traces[1]);
  }
});

test('the only divisions in the module are the three of the time step', async () => {
  const { stdout } = await execute('wasm2wat', [SHIPPED], { maxBuffer: 2 ** 26 });
  expect(stdout.match(/i(32|64)\.(div|rem)_[us]/g)).toEqual(Array(3).fill('i32.div_u'));
  const named = join(folder, 'named.wasm');
  const source = `export * from './otp';`;
  await writeFile(named, await compileDoor(source, ['--debug']));
  const { stdout: text } = await execute('wasm2wat', [named], { maxBuffer: 2 ** 26 });
  const dividing = text.split('(func ').filter((body) => /\.(div|rem)_/.test(body));
  expect(dividing.map((body) => body.split(' ')[0])).toEqual(['$assembly/oath/totp/timeStep']);
});
