/**
 * Functions of the core that no module exports, made callable: compiles a small entry that only a
 * test needs, with the options of the token.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { main as asc } from 'assemblyscript/asc';

/** A file that exists only while it is compiled, beside the sources it imports. */
const DOOR = 'assembly/test-door.ts';

export interface Door {
  memory: WebAssembly.Memory;
  [name: string]: unknown;
}

/** Compiles AssemblyScript `source`, which imports as a file of assembly/ would. */
export async function compileDoor(
  source: string,
  options: string[] = [],
): Promise<Uint8Array<ArrayBuffer>> {
  let bytes: Uint8Array | undefined;
  const { error, stderr } = await asc(
    [DOOR, '--target', 'token', '--outFile', 'door.wasm', ...options],
    {
      readFile: async (name, folder) =>
        name === DOOR ? source : readFile(join(folder, name), 'utf8').catch(() => null),
      writeFile: async (name, contents) => {
        if (name === 'door.wasm') bytes = contents as Uint8Array;
      },
      listFiles: async () => [],
    },
  );
  if (error || bytes === undefined) throw new Error(stderr.toString());
  return new Uint8Array(bytes);
}

/** Compiles and instantiates it. */
export async function openDoor(source: string): Promise<Door> {
  const { instance } = await WebAssembly.instantiate(await compileDoor(source));
  return instance.exports as Door;
}
