/** token.wasm with one thing wrong in it, to show that the laboratory would notice. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { main as asc } from 'assemblyscript/asc';

export interface Mutation {
  readonly title: string;
  readonly file: string;
  /** Stands in the file exactly once, and is replaced. */
  readonly from: string;
  readonly to: string;
}

/** Compiles the firmware as released, except for the mutation. */
export async function buildMutant({
  title,
  file,
  from,
  to,
}: Mutation): Promise<Uint8Array<ArrayBuffer>> {
  let wasm: Uint8Array<ArrayBuffer> | undefined;
  const { error, stderr } = await asc(
    ['assembly/index.ts', '--target', 'token', '--outFile', 'mutant.wasm'],
    {
      readFile: async (name, folder) => {
        const text = await readFile(join(folder, name), 'utf8').catch(() => null);
        if (text === null || name !== file) return text;
        if (text.split(from).length !== 2) throw new Error(`${title}: ${file} has changed`);
        return text.replace(from, () => to);
      },
      writeFile: (name, contents) => {
        if (name === 'mutant.wasm') wasm = Uint8Array.from(contents as Uint8Array);
      },
      listFiles: () => [],
    },
  );
  if (error || !wasm) throw new Error(stderr.toString() || String(error));
  return wasm;
}
