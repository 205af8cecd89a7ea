import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import { SHIPPED, SHIPPED_VECTOR } from './engine.ts';

/** What any engine, the smallest included, can load (docs/abi.md). */
describe.each([SHIPPED, SHIPPED_VECTOR])('%s', (file) => {
  const module = new WebAssembly.Module(readFileSync(file));
  let text: string;
  beforeAll(async () => {
    const { stdout } = await promisify(execFile)('wasm2wat', [file], { maxBuffer: 2 ** 26 });
    text = stdout;
  });

  test('imports nothing', () => {
    expect(WebAssembly.Module.imports(module)).toEqual([]);
  });

  test('exports the functions of its door, its memory and two limits', () => {
    const names = WebAssembly.Module.exports(module).map(({ name, kind }) => `${kind} ${name}`);
    expect(names.sort()).toEqual(
      [
        'function get32',
        'function hashMessage',
        'function hotpCode',
        'function hotpOfKey',
        'function macMessage',
        'function preparedOffset',
        'function prepareKey',
        'function put32',
        'function selfTest',
        'function totpCode',
        'function verifyCode',
        'function windowLength',
        'function windowOffset',
        'function wipeAll',
        'global __data_end',
        'global __heap_base',
        'memory memory',
      ].sort(),
    );
  });

  test('takes and returns i32 alone, one result from every export', () => {
    const types = [...text.matchAll(/^ {2}\(type \(;(\d+);\) \(func(.*)\)\)$/gm)];
    const functions = [...text.matchAll(/^ {2}\(func \(;(\d+);\) \(type (\d+)\)/gm)];
    const exported = [...text.matchAll(/\(export "\w+" \(func (\d+)\)\)/g)];
    expect(exported.length).toBe(14);
    for (const [, index] of exported) {
      const type = functions.find(([, number]) => number === index)![2];
      const signature = types.find(([, number]) => number === type)![2]!;
      expect(signature).toMatch(/^( \(param( i32)+\))? \(result i32\)$/);
    }
  });

  test('has no start function, table, element, growth or bulk copy', () => {
    expect(text).not.toMatch(/\((start|table|elem)\b/);
    expect(text).not.toMatch(/memory\.(grow|copy|fill|init)|call_indirect/);
    expect(/v128/.test(text)).toBe(file === SHIPPED_VECTOR);
  });

  test('has one page of memory that cannot grow, and no mutable global', () => {
    expect(text.match(/^ {2}\(memory .*/gm)).toEqual(['  (memory (;0;) 1 1)']);
    expect(text).not.toMatch(/\(global [^\n]*\(mut/);
  });

  test('pads its data to 16 bytes and ends below its heap base', () => {
    const { exports } = new WebAssembly.Instance(module);
    const limit = (name: string) => (exports[name] as WebAssembly.Global).value as number;
    expect(limit('__data_end') % 16).toBe(0);
    expect(limit('__heap_base')).toBeGreaterThanOrEqual(limit('__data_end'));
    const window = (exports.windowOffset as () => number)();
    const length = (exports.windowLength as () => number)();
    expect(length).toBeGreaterThanOrEqual(600);
    expect(window + length).toBeLessThanOrEqual(limit('__data_end'));
  });
});
