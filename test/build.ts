import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { main as asc } from 'assemblyscript/asc';

/** Path of a source → what to make of it; it has to make something else. */
export type Changes = Readonly<Record<string, (source: string) => string>>;

export interface Built {
  readonly wasm: Uint8Array<ArrayBuffer>;
  /** What the functions that it defines are called in the sources, in order: `crypto/hmac/hmac`. */
  readonly names: readonly string[];
}

/**
 * Compiles a module with some of its sources changed, as for the real one otherwise.
 * @param entry   the module's door, assembly/index.ts or assembly/otp.ts
 * @param target  a target of asconfig.json
 */
export async function build(entry: string, target: string, changes: Changes = {}): Promise<Built> {
  const written: Record<string, string | Uint8Array> = {};
  const { error, stderr } = await asc(
    [entry, '--target', target, '--outFile', 'built.wasm', '--textFile', 'built.wat'],
    {
      readFile: async (name, folder) => {
        const text = await readFile(join(folder, name), 'utf8').catch(() => null);
        const change = changes[name];
        if (text === null || !change) return text;
        const changed = change(text);
        if (changed === text) throw new Error(`${name} has nothing to change`);
        return changed;
      },
      writeFile: async (name, contents) => {
        written[name] = contents;
      },
      listFiles: async () => [],
    },
  );
  if (error) throw new Error(`${error.message} ${stderr.toString()}`);
  const names = (written['built.wat'] as string).matchAll(/^ \(func \$(?:assembly\/)?(\S+)/gm);
  return {
    wasm: Uint8Array.from(written['built.wasm'] as Uint8Array),
    names: Array.from(names, ([, name]) => name!),
  };
}

/** Compiles the firmware with some of its sources changed. */
export async function buildFirmware(changes: Changes): Promise<Uint8Array<ArrayBuffer>> {
  return (await build('assembly/index.ts', 'token', changes)).wasm;
}
