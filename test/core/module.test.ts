/** What every WebAssembly engine may count on: docs/abi.md, held against the compiled modules. */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import tokenWasm from '#token.wasm';
import { Token } from '../../host/index.ts';
import { testBoard } from '../fixtures.ts';

const IMPORTS = [
  'clockRead',
  'clockWrite',
  'deviceKey',
  'entropy',
  'flashErase',
  'flashRead',
  'flashWrite',
  'present',
  'uptime',
];

const EXPORTS = [
  '__data_end',
  '__heap_base',
  'abiVersion',
  'boot',
  'buffer',
  'bufferLength',
  'exchange',
  'firmwareVersion',
  'frame',
  'memory',
  'press',
  'screenText',
  'screenTextLength',
  'tick',
];

const SECTION = { table: 4, global: 6, start: 8 } as const;

/** Section number → its bytes. */
function sections(wasm: Uint8Array): Map<number, Uint8Array> {
  const found = new Map<number, Uint8Array>();
  for (let at = 8; at < wasm.length; ) {
    const id = wasm[at]!;
    let length = 0;
    let shift = 0;
    do {
      at++;
      length |= (wasm[at]! & 0x7f) << shift;
      shift += 7;
    } while (wasm[at]! & 0x80);
    found.set(id, wasm.subarray(at + 1, at + 1 + length));
    at += 1 + length;
  }
  return found;
}

describe('token.wasm', () => {
  const module = new WebAssembly.Module(tokenWasm);

  it('asks for nothing but the board', () => {
    const imports = WebAssembly.Module.imports(module);
    expect(new Set(imports.map((entry) => entry.module))).toEqual(new Set(['board']));
    expect(imports.map((entry) => entry.name).sort()).toEqual(IMPORTS);
  });

  it('offers what docs/abi.md says, and nothing else', () => {
    const exports = WebAssembly.Module.exports(module).map((entry) => entry.name);
    expect(exports.sort()).toEqual(EXPORTS);
    const contract = readFileSync('docs/abi.md', 'utf8');
    for (const name of [...IMPORTS, ...EXPORTS]) expect(contract).toContain(`\`${name}\``);
  });

  it('has no table, no start function, and only constant globals', () => {
    const found = sections(tokenWasm);
    expect(found.has(SECTION.table)).toBe(false);
    expect(found.has(SECTION.start)).toBe(false);
    const globals = found.get(SECTION.global)!;
    expect(globals[0]).toBe(2);
    expect(globals[2]).toBe(0); // immutable; the second one follows an initialiser of its own length
    expect(globals[globals.indexOf(0x0b) + 2]).toBe(0);
  });

  it('never grows its one page, and says how little of it it needs', () => {
    const { exports } = new WebAssembly.Instance(module, stubImports());
    const memory = exports.memory as WebAssembly.Memory;
    expect(memory.buffer.byteLength).toBe(65536);
    expect(() => memory.grow(1)).toThrow();
    const end = (exports.__data_end as WebAssembly.Global).value;
    expect(end).toBe((exports.__heap_base as WebAssembly.Global).value);
    expect(end % 16).toBe(0);
    expect(end).toBeLessThanOrEqual(8 * 1024);
  });

  it('returns one i32 from every export', () => {
    const { exports } = new WebAssembly.Instance(module, stubImports());
    for (const name of EXPORTS) {
      const entry = exports[name];
      if (typeof entry === 'function') expect(Number.isInteger(entry(0, 0)), name).toBe(true);
    }
  });
});

describe('the power-on self-test', () => {
  it('refuses to boot when any constant of the hashes is wrong', () => {
    // The first round constant of SHA-256 and SHA-512, and the first word of their initial state.
    for (const constant of ['22ae28d7982f8a42', '08c9bcf367e6096a']) {
      const at = Buffer.from(tokenWasm).indexOf(Buffer.from(constant, 'hex'));
      expect(at).toBeGreaterThan(0);
      for (const byte of [0, 7]) {
        const broken = Uint8Array.from(tokenWasm);
        broken[at + byte]! ^= 1;
        const token = new Token(testBoard().board, broken);
        expect(token.fault?.code).toBe('SELF_TEST_FAILED');
        expect(token.text).toBe('SELF-TEST FAILED\nno code is given');
        expect(token.exchange(Uint8Array.of(0, 0xa4, 4, 0))).toEqual(Uint8Array.of(0x6f, 0x00));
        token.press('ok');
        expect(token.code).toBeNull();
      }
    }
  });
});

function stubImports(): WebAssembly.Imports {
  return { board: Object.fromEntries(IMPORTS.map((name) => [name, () => 1])) };
}
