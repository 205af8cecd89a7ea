/** Traces of the shipped modules: a slice of what test/secrecy/full.ts does with 100,000 secrets. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { build } from '../build.ts';
import { adminSubjects } from './admin-subjects.ts';
import { hastyFirmware, OTP_MODULES, shippedToken } from './modules.ts';
import { partingOfPuts, partingOfVerdicts, pinSubjects } from './pin-subjects.ts';
import { measure, otpSubjects, type Subject } from './subjects.ts';
import { type KnownToken, tokenSubjects } from './token-subjects.ts';
import { openTraced, textOf } from './trace.ts';
import { ADMIN_TWIN, OTP_TWIN, PIN_TWIN, TOKEN_TWINS } from './twins.ts';

const execute = promisify(execFile);
const SECRETS = 300;
/** Twins are compiled one by one. */
vi.setConfig({ testTimeout: 120_000 });

let token: KnownToken;
let hasty: Uint8Array<ArrayBuffer>;
beforeAll(async () => {
  token = await shippedToken();
  hasty = await hastyFirmware();
}, 120_000);

/** How many traces there are, by subject. */
function tracesOf(subjects: readonly Subject[], secrets = SECRETS): Record<string, number> {
  const measured = subjects.map((subject) => measure(subject, secrets));
  for (const { events, secrets: count } of measured) expect(events).toBeGreaterThan(100 * count);
  return Object.fromEntries(measured.map(({ title, traces }) => [title, traces]));
}

const onlyOne = (subjects: readonly Subject[]) =>
  Object.fromEntries(subjects.map(({ title }) => [title, 1]));

describe('one trace for all secrets', () => {
  it.each(Object.entries(OTP_MODULES))('%s', async (name, wasm) => {
    const subjects = await otpSubjects(name, wasm);
    expect(tracesOf(subjects)).toEqual(onlyOne(subjects));
  });

  it('the functions of token.wasm that handle keys and PINs', async () => {
    const subjects = await tokenSubjects(token);
    expect(tracesOf(subjects)).toEqual(onlyOne(subjects));
  });

  it('the whole check of a wrong PIN, however far it agrees with the stored one', async () => {
    const subjects = await pinSubjects(token, hasty, [6, 8, 16]);
    expect(tracesOf(subjects)).toEqual(onlyOne(subjects));
  });

  it('the whole check of an answer under the admin key, triple DES and all', async () => {
    const subjects = await adminSubjects(token);
    expect(tracesOf(subjects)).toEqual(onlyOne(subjects));
  });
});

describe('what may tell', () => {
  // That a PIN is right is what VERIFY is asked for; nothing tells before it is known.
  it('a right PIN and a wrong one part at the verdict, not before', async () => {
    const parting = await partingOfVerdicts(token, hasty);
    expect(token.names[parting!.functionIndex]).toBe('pin/vault/openWith');
  });

  // Sealed bytes go to flash, where anyone who could see these addresses can read them.
  it('two keys that are stored part at the check value of what lies on flash', async () => {
    const parting = await partingOfPuts(token);
    expect(token.names[parting!.functionIndex]).toBe('store/guard/crcWord');
  });

  it('the only divisions in otp.wasm are the three of the time step', async () => {
    const { wasm, names } = await build('assembly/otp.ts', 'otp');
    expect(Buffer.from(wasm).equals(OTP_MODULES['otp.wasm']!)).toBe(true);
    const text = await textOf(wasm);
    const dividing = text.split(/^ {2}\(func /m).slice(1);
    const found = dividing.flatMap((body, index) =>
      (body.match(/i(32|64)\.(div|rem)_[us]/g) ?? []).map((one) => `${one} ${names[index]}`),
    );
    expect(found).toEqual(Array(3).fill('i32.div_u otp/totpCode'));
  });
});

describe('a leaky twin is caught', () => {
  it.each(TOKEN_TWINS)('$title', async ({ changes, caughtBy }) => {
    const built = await build('assembly/index.ts', 'token', changes);
    const subjects = await tokenSubjects({ ...built, map: token.map });
    const suspect = subjects.filter(({ title }) => title.startsWith(caughtBy));
    expect(suspect).toHaveLength(1);
    expect(measure(suspect[0]!, SECRETS).traces).toBeGreaterThan(1);
  });

  it(`${PIN_TWIN.title}, in the check of a PIN`, async () => {
    const built = await build('assembly/index.ts', 'token', PIN_TWIN.changes);
    const [subject] = await pinSubjects({ ...built, map: token.map }, hasty, [8]);
    expect(subject!.title).toContain(PIN_TWIN.caughtBy);
    expect(measure(subject!, 3000).traces).toBeGreaterThan(1);
  });

  it(`${ADMIN_TWIN.title}, in the check of an answer`, async () => {
    const built = await build('assembly/index.ts', 'token', ADMIN_TWIN.changes);
    const [subject] = await adminSubjects({ ...built, map: token.map });
    expect(subject!.title).toContain(ADMIN_TWIN.caughtBy);
    expect(measure(subject!, SECRETS).traces).toBeGreaterThan(1);
  });

  it(OTP_TWIN.title, async () => {
    const { wasm } = await build('assembly/otp.ts', 'otp', OTP_TWIN.changes);
    const subjects = await otpSubjects('otp.wasm', wasm);
    const suspect = subjects.find(({ title }) => title.startsWith(OTP_TWIN.caughtBy))!;
    expect(measure(suspect, SECRETS).traces).toBeGreaterThan(1);
  });
});

/** One function for each kind of event, in which nothing but that event depends on its argument. */
const KINDS: Readonly<Record<string, string>> = {
  if: '(if (local.get 0) (then))',
  br_if: '(block (br_if 0 (local.get 0)))',
  br_table: '(block (block (br_table 0 1 (local.get 0))))',
  select: '(drop (select (i32.const 1) (i32.const 2) (local.get 0)))',
  load: '(drop (i32.load8_u (local.get 0)))',
  'load of a vector': '(drop (v128.load (local.get 0)))',
  store: '(i32.store16 (local.get 0) (i32.const 0))',
  'store of 64 bits': '(i64.store (local.get 0) (i64.const 0))',
  'store of a vector': '(v128.store (local.get 0) (v128.const i64x2 0 0))',
  dividend: '(drop (i32.rem_u (local.get 0) (i32.const 10)))',
  divisor: '(drop (i32.div_s (i32.const 10) (local.get 0)))',
  'dividend of 64 bits': '(drop (i64.div_u (i64.extend_i32_u (local.get 0)) (i64.const 10)))',
  'divisor of 64 bits': '(drop (i64.rem_s (i64.const 10) (i64.extend_i32_u (local.get 0))))',
  'length of a copy': '(memory.copy (i32.const 0) (i32.const 99) (local.get 0))',
  'length of a fill': '(memory.fill (i32.const 0) (i32.const 0) (local.get 0))',
  'index of a call': '(call_indirect (local.get 0))',
};

describe('the trace', () => {
  it.each(Object.entries(KINDS))('tells by %s', async (_, body) => {
    const traced = await openTraced(
      await binaryOf(`(module (memory (export "memory") 1) (table 9 funcref)
        (elem (i32.const 0) $f $f $f $f $f $f $f $f $f) (func $f)
        (func (export "run") (param i32) ${body}))`),
    );
    const traces = [3, 7, 3].map((secret) => {
      traced.exports.run!(secret);
      return traced.take();
    });
    expect(traces[0]).not.toBe(traces[1]);
    expect(traces[0]).toBe(traces[2]);
  });

  it('does not tell by a store of different values', async () => {
    const traced = await openTraced(
      await binaryOf(`(module (memory (export "memory") 1)
        (func (export "run") (param i32) (i32.store (i32.const 4) (local.get 0))))`),
    );
    traced.exports.run!(3);
    const one = traced.take();
    traced.exports.run!(7);
    expect(traced.take()).toBe(one);
  });
});

async function binaryOf(text: string): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), 'oathfob-trace-test-'));
  try {
    const [source, binary] = [join(folder, 'm.wat'), join(folder, 'm.wasm')];
    await writeFile(source, text);
    await execute('wat2wasm', [source, '-o', binary]);
    return await readFile(binary);
  } finally {
    await rm(folder, { recursive: true });
  }
}
