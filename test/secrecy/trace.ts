/**
 * A module that remembers what an observer of time and memory could see: every condition, every
 * address, both operands of every division, the places and lengths of bulk operations, the index of
 * every indirect call. Equal traces are what "constant time" means at this level.
 *
 * wabt writes the module as flat text, where the value in question is on top of the stack, so a
 * call that takes it and gives it back fits in anywhere. What is called folds the event into a
 * running 64-bit digest inside the module: calling JavaScript for each would take thirty times as
 * long. For who wants to know where two traces part there is a twin that does call JavaScript.
 *
 * The kind of an event is not part of it: as long as all values are equal so is the way through the
 * code, and with it the kinds.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** Takes what is on the stack, reports it, and gives it back. */
const REPORTERS = `
  (func $trace.i32 (param i32) (result i32)
    (call $trace.event (i64.extend_i32_u (local.get 0))) (local.get 0))
  (func $trace.store32 (param i32 i32) (result i32 i32)
    (call $trace.event (i64.extend_i32_u (local.get 0))) (local.get 0) (local.get 1))
  (func $trace.store64 (param i32 i64) (result i32 i64)
    (call $trace.event (i64.extend_i32_u (local.get 0))) (local.get 0) (local.get 1))
  (func $trace.both32 (param i32 i32) (result i32 i32)
    (call $trace.event (i64.extend_i32_u (local.get 0)))
    (call $trace.event (i64.extend_i32_u (local.get 1))) (local.get 0) (local.get 1))
  (func $trace.both64 (param i64 i64) (result i64 i64)
    (call $trace.event (local.get 0)) (call $trace.event (local.get 1))
    (local.get 0) (local.get 1))
  (func $trace.copy (param i32 i32 i32) (result i32 i32 i32)
    (call $trace.event (i64.extend_i32_u (local.get 0)))
    (call $trace.event (i64.extend_i32_u (local.get 1)))
    (call $trace.event (i64.extend_i32_u (local.get 2)))
    (local.get 0) (local.get 1) (local.get 2))
  (func $trace.fill (param i32 i32 i32) (result i32 i32 i32)
    (call $trace.event (i64.extend_i32_u (local.get 0)))
    (call $trace.event (i64.extend_i32_u (local.get 2)))
    (local.get 0) (local.get 1) (local.get 2))
  (global $trace.vector (mut v128) (v128.const i64x2 0 0))`;

/**
 * Folds an event into the digest. A step is a permutation of the event as of the digest before it:
 * traces that part in one event never meet again by it, others with a chance of 2^-64.
 */
const DIGEST = `
  (global $trace.digest (export "trace.digest") (mut i64) (i64.const 0))
  (global $trace.count (export "trace.count") (mut i64) (i64.const 0))
  (func $trace.event (param i64)
    (global.set $trace.digest (i64.rotl
      (i64.mul (i64.xor (global.get $trace.digest) (local.get 0)) (i64.const 0x9e3779b97f4a7c15))
      (i64.const 29)))
    (global.set $trace.count (i64.add (global.get $trace.count) (i64.const 1))))`;

const CALLBACK = '(import "trace" "event" (func $trace.event (param i64)))';

/** The reporter that has to stand in front of an instruction, if any. */
function reporterFor(instruction: string): string | undefined {
  if (/^(if|br_if|br_table|select|call_indirect|memory\.grow)\b/.test(instruction)) return 'i32';
  if (/^(i32|i64|v128)\.load/.test(instruction)) return 'i32';
  if (/^i32\.store/.test(instruction)) return 'store32';
  if (/^i64\.store/.test(instruction)) return 'store64';
  if (/^i32\.(div|rem)_/.test(instruction)) return 'both32';
  if (/^i64\.(div|rem)_/.test(instruction)) return 'both64';
  if (/^memory\.copy/.test(instruction)) return 'copy';
  if (/^memory\.fill/.test(instruction)) return 'fill';
  if (/^(f32|f64|table|ref|memory\.init|v128\.load\d+_lane|v128\.store\d)/.test(instruction)) {
    throw new Error(`${instruction}: not reported, so it may not occur`);
  }
  return undefined;
}

/** @param exposed export name → index of a function among those that the module defines */
function instrument(text: string, exposed: ReadonlyMap<string, number>, toDigest: boolean) {
  const names: string[] = [];
  const lines = text.split('\n').flatMap((line) => {
    const defined = /^ {2}\(func (\$\S+)/.exec(line);
    if (defined) names.push(defined[1]!);
    // A vector cannot be passed to JavaScript, so it waits in a global while its address is told.
    if (line.trim().startsWith('v128.store')) {
      return ['global.set $trace.vector', 'call $trace.i32', 'global.get $trace.vector', line];
    }
    const reporter = reporterFor(line.trim());
    return reporter === undefined ? [line] : [`call $trace.${reporter}`, line];
  });
  const end = lines.findLastIndex((line) => line.endsWith(')'));
  const tail = [REPORTERS, toDigest ? DIGEST : ''];
  for (const [name, index] of exposed) tail.push(`(export "${name}" (func ${names[index]}))`);
  lines[end] = `${lines[end]!.slice(0, -1)}${tail.join('\n')})`;
  return lines.join('\n').replace(/^\(module[^\n]*/, (head) => head + (toDigest ? '' : CALLBACK));
}

/** A module as flat text, and the way back; wabt reads and writes files. */
async function throughText(wasm: Uint8Array, edit: (text: string) => string | null) {
  const folder = await mkdtemp(join(tmpdir(), 'oathfob-trace-'));
  const [binary, text] = [join(folder, 'module.wasm'), join(folder, 'module.wat')];
  try {
    await writeFile(binary, wasm);
    await execute('wasm2wat', ['--generate-names', binary, '-o', text]);
    const edited = edit(await readFile(text, 'utf8'));
    if (edited === null) return wasm;
    await writeFile(text, edited);
    await execute('wat2wasm', [text, '-o', binary]);
    return await readFile(binary);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** A module with its reporters in it, as bytes. */
async function rewrite(wasm: Uint8Array, edit: (text: string) => string) {
  return Uint8Array.from(await throughText(wasm, edit));
}

/** A module as flat text. */
export async function textOf(wasm: Uint8Array): Promise<string> {
  let text = '';
  await throughText(wasm, (found) => {
    text = found;
    return null;
  });
  return text;
}

export type Exports = Record<string, (...args: number[]) => number> & {
  memory: WebAssembly.Memory;
};

export interface Traced {
  readonly exports: Exports;
  /** What was seen since the last call of this, as a number and how many events; then forgets it. */
  take(): string;
  /** How many events that were, in all. */
  readonly events: bigint;
}

/** What a module needs to run and which of its functions are to be called by name. */
export interface Surroundings {
  readonly imports?: WebAssembly.Imports;
  /** Export name → index among the functions of the module, imports not counted. */
  readonly exposed?: ReadonlyMap<string, number>;
}

/** Instruments a module and instantiates it. */
export async function openTraced(
  wasm: Uint8Array,
  { imports = {}, exposed = new Map() }: Surroundings = {},
): Promise<Traced> {
  const bytes = await rewrite(wasm, (text) => instrument(text, exposed, true));
  const { instance } = await WebAssembly.instantiate(bytes, imports);
  const exports = instance.exports as unknown as Exports;
  const digest = instance.exports['trace.digest'] as WebAssembly.Global<'i64'>;
  const count = instance.exports['trace.count'] as WebAssembly.Global<'i64'>;
  let events = 0n;
  return {
    exports,
    take() {
      const seen = `${digest.value}/${count.value}`;
      events += count.value;
      digest.value = 0n;
      count.value = 0n;
      return seen;
    },
    get events() {
      return events;
    },
  };
}

/** The first event in which two runs differ. */
export interface Parting {
  readonly event: number;
  /** Index among the functions of the module, imports not counted. */
  readonly functionIndex: number;
}

/** What differs in the second run ends it. */
class Found extends Error {}

/**
 * Finds where two runs part, by listing their events.
 * @param act makes a run on a module of its own; `which` is 0, then 1
 * @returns null when they do not
 */
export async function findParting(
  wasm: Uint8Array,
  { imports = {}, exposed = new Map() }: Surroundings,
  act: (exports: Exports, which: number) => void,
): Promise<Parting | null> {
  const bytes = await rewrite(wasm, (text) => instrument(text, exposed, false));
  const importCount = WebAssembly.Module.imports(new WebAssembly.Module(bytes)).length;
  const expected: bigint[] = [];
  let parting: Parting | null = null;
  let seen = 0;
  const compare = (value: bigint) => {
    if (expected[seen++] === value) return;
    const inner = new Error().stack!.matchAll(/wasm-function\[(\d+)\]/g);
    // The innermost frame that is none of the reporters, which come last in the module.
    const frames = [...inner].map(([, index]) => Number(index) - importCount);
    parting = { event: seen - 1, functionIndex: frames[1]! };
    throw new Found();
  };
  for (const [which, event] of [(value: bigint) => expected.push(value), compare].entries()) {
    const all = { ...imports, trace: { event } };
    const { instance } = await WebAssembly.instantiate(bytes, all);
    try {
      act(instance.exports as unknown as Exports, which);
    } catch (error) {
      if (!(error instanceof Found)) throw error;
    }
  }
  if (parting === null && seen !== expected.length)
    throw new Error('one trace is a part of the other');
  return parting;
}
