/**
 * Where the buffers of token.wasm lie and what each may hold: addresses by the compiler, lengths and
 * promises from the comments of assembly/memory.ts, crypto/memory.ts and qr/memory.ts, whose words this
 * file takes literally. There is no other list of exceptions.
 */
import { readFileSync } from 'node:fs';
import { build, type Changes } from '../build.ts';

const SOURCES = ['assembly/memory.ts', 'assembly/crypto/memory.ts', 'assembly/qr/memory.ts'];
const DOOR = 'assembly/index.ts';

/** How long a secret may stay in a buffer; null for one that never holds any. */
export type Stay =
  | { readonly kind: 'wiped' }
  | { readonly kind: 'display' }
  | {
      readonly kind: 'while';
      /** Address of the 32-bit word that decides, and how it does. */
      readonly address: number;
      readonly test: (word: number) => boolean;
      /** Address of the word that says how many bytes of it; null for all. */
      readonly lengthAddress: number | null;
    };

export interface Claim {
  readonly name: string;
  readonly address: number;
  readonly length: number;
  readonly stay: Stay | null;
  /** Whether it may hold what lies on flash, sealed. */
  readonly asOnFlash: boolean;
}

export interface MemoryMap {
  readonly buffers: readonly Claim[];
  /** Address of a buffer. */
  readonly address: (name: string) => number;
  /** Address of a word of state, by its name in the sources: `vault.state`. */
  readonly state: (name: string) => number;
}

const BUFFER =
  /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*(?:\/\/.*\n)?export const (\w+)(?:: usize)? = memory\.data(?:<(u\d+)>)?\((\w+|\[[^\]]*\])/g;
const STAY =
  /secret, (?:(wiped)|(on display)|stays while (\w+\.\w+) is (not )?(\w+)(?:, in its first (\w+\.\w+) bytes)?)[.:;]/;

/** Reads the map of a build of the token, with the changes it was made with. */
export async function readMemoryMap(
  wasm: Uint8Array<ArrayBuffer>,
  changes: Changes = {},
): Promise<MemoryMap> {
  const addresses = await addressesOf(wasm, changes);
  const texts = SOURCES.map((source) => readFileSync(source, 'utf8'));
  const state = (name: string) => {
    const [object, field] = name.split('.');
    return addresses(object!) + fieldOffset(texts.join('\n'), object!, field!);
  };
  const buffers = texts.flatMap((text) =>
    Array.from(text.matchAll(BUFFER), ([, comment, name, type, size]) => {
      const words = comment!.replaceAll(/\s+\*\s+/g, ' ').replaceAll(/\s+/g, ' ');
      return {
        name: name!,
        address: addresses(name!),
        length: lengthOf(type, size!, addresses),
        stay: stayOf(name!, words, state),
        asOnFlash: words.includes('as on flash'),
      };
    }),
  );
  return { buffers, state, address: addresses };
}

/** The address of every buffer: exported by a build that is the same otherwise. */
async function addressesOf(wasm: Uint8Array<ArrayBuffer>, changes: Changes) {
  const exportAll = SOURCES.map((source) => `export * from './${source.slice(9, -3)}';`).join('\n');
  const own = changes[DOOR] ?? ((source: string) => source);
  const open = (source: string) => `${own(source)}\n${exportAll}\n`;
  const twin = instantiate((await build(DOOR, 'token', { ...changes, [DOOR]: open })).wasm);
  const original = instantiate(wasm);
  const memory = (exports: WebAssembly.Exports) =>
    Buffer.from((exports.memory as WebAssembly.Memory).buffer);
  const doors = (exports: WebAssembly.Exports) =>
    ['buffer', 'frame', 'screenText'].map((name) => (exports[name] as () => number)()).join();
  if (!memory(twin).equals(memory(original)) || doors(twin) !== doors(original)) {
    throw new Error('exporting the addresses has moved them');
  }
  return (name: string): number => {
    const found = twin[name];
    if (!(found instanceof WebAssembly.Global)) throw new Error(`no buffer ${name} in the module`);
    return found.value as number;
  };
}

function instantiate(wasm: Uint8Array<ArrayBuffer>): WebAssembly.Exports {
  const module = new WebAssembly.Module(wasm);
  const board = Object.fromEntries(
    WebAssembly.Module.imports(module).map(({ name }) => [name, () => 0]),
  );
  return new WebAssembly.Instance(module, { board }).exports;
}

/** @param size a number, the name of a constant of the module, or the items */
function lengthOf(
  type: string | undefined,
  size: string,
  constant: (name: string) => number,
): number {
  if (/^\d+$/.test(size)) return Number(size);
  if (!size.startsWith('[')) return constant(size);
  const items = size
    .slice(1, -1)
    .split(',')
    .filter((item) => item.trim() !== '');
  return (items.length * Number(type!.slice(1))) / 8;
}

function stayOf(name: string, words: string, state: (name: string) => number): Stay | null {
  if (!words.includes('secret')) return null;
  const match = STAY.exec(words);
  if (!match) throw new Error(`${name}: its comment does not say how long a secret may stay`);
  const [, wiped, display, word, not, value, bytes] = match;
  if (wiped) return { kind: 'wiped' };
  if (display) return { kind: 'display' };
  const expected = numberOf(value!);
  const test = (found: number) => (found === expected) !== (not !== undefined);
  return { kind: 'while', address: state(word!), test, lengthAddress: bytes ? state(bytes) : null };
}

/** A number, or one of the verdicts of crypto/constant-time.ts. */
function numberOf(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  const source = readFileSync('assembly/crypto/constant-time.ts', 'utf8');
  const found = new RegExp(`const ${text}: u32 = (0x[0-9a-f]+);`).exec(source);
  if (!found) throw new Error(`${text}: not a value`);
  return Number(found[1]);
}

/** Bytes in front of a field; all fields of the classes in question are words. */
function fieldOffset(text: string, object: string, field: string): number {
  const [, type] = new RegExp(`export const ${object}: (\\w+) =`).exec(text)!;
  const [, body] = new RegExp(`class ${type} \\{([^}]*)\\}`).exec(text)!;
  const fields = Array.from(body!.matchAll(/^ {2}(\w+): (\w+);$/gm), ([, name, of]) => ({
    name,
    of,
  }));
  const place = fields.findIndex(({ name }) => name === field);
  if (place < 0 || fields.slice(0, place + 1).some(({ of }) => of !== 'u32')) {
    throw new Error(`${object}.${field}: not a word among words`);
  }
  return place * 4;
}
