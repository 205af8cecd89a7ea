/** qr.wasm bound for JavaScript. Arguments are checked by the caller. */
import bytes from '#qr.wasm';

/** The exports of assembly/qr.ts that the host uses; every number is an i32. */
interface Exports {
  memory: WebAssembly.Memory;
  inputOffset(): number;
  inputLength(): number;
  rowsOffset(): number;
  mask(): number;
  encode(
    length: number,
    level: number,
    versionMin: number,
    versionMax: number,
    mask: number,
  ): number;
  wipeSymbol(): number;
  wipeAll(): number;
}

const wasm = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports as unknown as Exports;
const memory = new Uint8Array(wasm.memory.buffer);
const input = memory.subarray(wasm.inputOffset(), wasm.inputOffset() + wasm.inputLength());
const ROWS = wasm.rowsOffset();
const encoder = new TextEncoder();

export const LARGEST_VERSION = 40;

/** Puts a text into the module, as UTF-8 if it is a string. Returns its bytes; -1: too many. */
export function loadText(text: string | Uint8Array): number {
  if (typeof text !== 'string') {
    if (text.length > input.length) return -1;
    input.set(text);
    return text.length;
  }
  if (text.length > input.length) return -1;
  const { read, written } = encoder.encodeInto(text, input);
  if (read === text.length) return written;
  wasm.wipeAll();
  return -1;
}

/** The text that was put in as a symbol, or null if it is too long. Leaves nothing in the module. */
export function encodeSymbol(
  length: number,
  level: number,
  versionMin: number,
  versionMax: number,
  mask: number,
): { version: number; mask: number; rows: Uint8Array } | null {
  const version = wasm.encode(length, level, versionMin, versionMax, mask);
  if (version < 0) return null;
  const size = 17 + 4 * version;
  const rows = memory.slice(ROWS, ROWS + size * ((size + 7) >> 3));
  const used = wasm.mask();
  wasm.wipeSymbol();
  return { version, mask: used, rows };
}
