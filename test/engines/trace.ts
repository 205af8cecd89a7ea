/**
 * A module that reports what an observer of time and memory could see: every condition, every
 * address, every operand of a division. wabt writes the module as flat text, where the value in
 * question is on top of the stack, so a call that reports it and gives it back fits in anywhere.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

const REPORTERS = `
  (import "trace" "condition" (func $condition (param i32) (result i32)))
  (import "trace" "address" (func $address (param i32) (result i32)))
  (import "trace" "store32" (func $store32 (param i32 i32) (result i32 i32)))
  (import "trace" "store64" (func $store64 (param i32 i64) (result i32 i64)))
  (import "trace" "division" (func $division (param i32 i32) (result i32 i32)))`;

const VECTOR = '(global $vector (mut v128) (v128.const i64x2 0 0))';

/** The call that has to stand in front of an instruction, if any. */
function reporterFor(instruction: string): string | undefined {
  if (/^(if|br_if|br_table|select)\b/.test(instruction)) return 'condition';
  if (/^(i32|i64|v128)\.load/.test(instruction)) return 'address';
  if (/^i32\.store/.test(instruction)) return 'store32';
  if (/^i64\.store/.test(instruction)) return 'store64';
  if (/^i32\.(div|rem)_/.test(instruction)) return 'division';
  if (/^i64\.(div|rem)_|^call_indirect|^memory\.(copy|fill)/.test(instruction)) {
    throw new Error(`${instruction}: not reported, so it may not occur`);
  }
  return undefined;
}

function instrument(text: string): string {
  const lines = text.split('\n').flatMap((line) => {
    // A vector cannot be passed to JavaScript, so it waits in a global while its address is told.
    if (line.trim().startsWith('v128.store')) {
      return ['global.set $vector', 'call $address', 'global.get $vector', line];
    }
    const reporter = reporterFor(line.trim());
    return reporter === undefined ? [line] : [`call $${reporter}`, line];
  });
  return lines.join('\n').replace(/^\(module[^\n]*/, (head) => head + REPORTERS + VECTOR);
}

export interface Traced {
  exports: Record<string, (...args: number[]) => number> & { memory: WebAssembly.Memory };
  /** Everything seen since the last call of take(). */
  take(): number[];
}

/** Instruments a module and instantiates it. */
export async function openTraced(file: string): Promise<Traced> {
  const folder = await mkdtemp(join(tmpdir(), 'oathfob-trace-'));
  const [text, traced] = [join(folder, 'traced.wat'), join(folder, 'traced.wasm')];
  await execute('wasm2wat', ['--generate-names', file, '-o', text]);
  await writeFile(text, instrument(await readFile(text, 'utf8')));
  await execute('wat2wasm', [text, '-o', traced]);
  const bytes = await readFile(traced);
  await rm(folder, { recursive: true });
  let events: number[] = [];
  const one = (value: number) => {
    events.push(value);
    return value;
  };
  const store = <Value>(address: number, value: Value) => {
    events.push(address);
    return [address, value];
  };
  const division = (dividend: number, divisor: number) => {
    events.push(dividend, divisor);
    return [dividend, divisor];
  };
  const trace = { condition: one, address: one, store32: store, store64: store, division };
  const { instance } = await WebAssembly.instantiate(bytes, { trace });
  return {
    exports: instance.exports as Traced['exports'],
    take: () => {
      const seen = events;
      events = [];
      return seen;
    },
  };
}
