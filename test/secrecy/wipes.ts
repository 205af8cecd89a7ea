/**
 * Every place in assembly/ that wipes, found by a search of the sources, and builds in which any one
 * of them can be switched off while they run: one compilation for all of them.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { type Built, build, type Changes } from '../build.ts';

export interface Wipe {
  /** From 1; what is written to the switch to leave this one out. */
  readonly number: number;
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly call: string;
}

/** Calls of wipe functions, and stores of zero. */
const CALL =
  /(?<!function )\b(?:wipe\w*\(.*\)|store<u\d+>\(.*, 0(?:, \d+)?\)|v128\.store\(.*ZERO.*\));$/;
/** What looks like one and is none: not a definition, not a word in a comment. */
const UNREAD = /^(?!\s*\*|\s*\/\/).*(?<!function )\bwipe\w*\(/;
/** What all the others call: its own stores are no places of use. */
const WIPE_ITSELF = 'assembly/crypto/wipe.ts';
/** What only qr.wasm links: a module of its own, which holds no key. */
const OF_QR_WASM = /^assembly\/(qr\.ts|qr\/fast\/.*)$/;

/** The last word of the page of memory, far behind the last buffer: 0, or the wipe to leave out. */
const SWITCH = 65532;

export function turnSwitch(memory: Uint8Array, { number }: Pick<Wipe, 'number'>): void {
  new DataView(memory.buffer).setUint32(SWITCH, number, true);
}

/** All of token.wasm and otp.wasm, in the order of files and lines. */
export function findWipes(): Wipe[] {
  const files = readdirSync('assembly', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `assembly/${name}`)
    .filter((file) => file !== WIPE_ITSELF && !OF_QR_WASM.test(file))
    .sort();
  const places = files.flatMap((file) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .map((text, index) => ({ file, line: index + 1, call: callIn(text, file) }))
      .filter(({ call }) => call !== ''),
  );
  return places.map((place, index) => ({ number: index + 1, ...place }));
}

function callIn(text: string, file: string): string {
  const call = CALL.exec(text)?.[0] ?? '';
  // One that goes over several lines, say: it would be forgotten.
  if (call === '' && UNREAD.test(text)) throw new Error(`${file}: ${text.trim()}: not understood`);
  return call;
}

/** The sources with a switch at every wipe. */
function switchable(wipes: readonly Wipe[]): Changes {
  const files = new Set(wipes.map(({ file }) => file));
  const change = (file: string) => (source: string) => {
    const lines = source.split('\n');
    for (const { number, line, call } of wipes.filter((wipe) => wipe.file === file)) {
      const guarded = `{ if (load<u32>(${SWITCH}) !== ${number}) ${call} }`;
      lines[line - 1] = lines[line - 1]!.replace(call, () => guarded);
    }
    return lines.join('\n');
  };
  return Object.fromEntries([...files].map((file) => [file, change(file)]));
}

/** A module in which wipes can be left out, with the changes that made it. */
export interface Switchable extends Built {
  readonly changes: Changes;
}

/** @param changes made before the switches are put in; lines must stay where they are */
export async function buildSwitchable(
  entry: string,
  target: string,
  changes: Changes = {},
): Promise<Switchable> {
  const all: Record<string, (source: string) => string> = { ...switchable(findWipes()) };
  for (const [file, change] of Object.entries(changes)) {
    const own = all[file];
    all[file] = own ? (source) => own(change(source)) : change;
  }
  return { ...(await build(entry, target, all)), changes: all };
}
