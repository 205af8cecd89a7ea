import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { main as asc } from 'assemblyscript/asc';

/**
 * Compiles the firmware with some of its sources changed, as for the real one otherwise.
 * @param changes path of a source → what to make of it; it has to make something else
 */
export async function buildFirmware(
  changes: Record<string, (source: string) => string>,
): Promise<Uint8Array<ArrayBuffer>> {
  let wasm: Uint8Array<ArrayBuffer> | undefined;
  const { error } = await asc(
    ['assembly/index.ts', '--target', 'token', '--outFile', 'token.wasm'],
    {
      readFile: async (name, folder) => {
        const text = await readFile(join(folder, name), 'utf8').catch(() => null);
        const change = changes[name];
        if (text === null || !change) return text;
        const changed = change(text);
        if (changed === text) throw new Error(`${name} has nothing to change`);
        return changed;
      },
      writeFile: async (_, contents) => {
        wasm = Uint8Array.from(contents as Uint8Array);
      },
      listFiles: async () => [],
    },
  );
  if (error) throw error;
  return wasm!;
}
