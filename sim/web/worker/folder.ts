/**
 * Where the files of the shelf are: in the browser's own file system, or in memory as long as the page
 * is open, for a page that gets no storage: one of another address than https or this computer's, or in
 * a browser that was told to keep nothing.
 */

/** The part of the File System standard that TypeScript has for workers only. */
export interface SyncFile {
  read(target: Uint8Array, options: { at: number }): number;
  write(source: Uint8Array, options: { at: number }): number;
  truncate(size: number): void;
  getSize(): number;
  flush(): void;
  close(): void;
}

export interface Folder {
  /** Whether the files are there when the page is opened again. */
  readonly isLasting: boolean;
  names(): Promise<string[]>;
  /** @throws DOMException NoModificationAllowedError for a file that somebody else has open */
  open(name: string, create: boolean): Promise<SyncFile>;
  remove(name: string): Promise<void>;
}

const FOLDER = 'tokens';

let found: Promise<Folder> | undefined;

export function folder(): Promise<Folder> {
  found ??= browserFolder().catch(() => memoryFolder());
  return found;
}

async function browserFolder(): Promise<Folder> {
  const root = await navigator.storage.getDirectory();
  const directory = await root.getDirectoryHandle(FOLDER, { create: true });
  return {
    isLasting: true,
    names: async () => {
      const names: string[] = [];
      const entries = directory as unknown as { keys(): AsyncIterable<string> };
      for await (const name of entries.keys()) names.push(name);
      return names;
    },
    open: async (name, create) => {
      const handle = await directory.getFileHandle(name, { create });
      const opener = handle as unknown as { createSyncAccessHandle(): Promise<SyncFile> };
      return opener.createSyncAccessHandle();
    },
    remove: (name) => directory.removeEntry(name),
  };
}

function memoryFolder(): Folder {
  const files = new Map<string, MemoryFile>();
  return {
    isLasting: false,
    names: async () => [...files.keys()],
    open: async (name, create) => {
      const file = files.get(name) ?? (create ? new MemoryFile() : undefined);
      if (!file) throw new DOMException(name, 'NotFoundError');
      files.set(name, file);
      return file;
    },
    remove: async (name) => {
      files.delete(name);
    },
  };
}

class MemoryFile implements SyncFile {
  #bytes = new Uint8Array(0);

  read(target: Uint8Array, { at }: { at: number }): number {
    const part = this.#bytes.subarray(at, at + target.length);
    target.set(part);
    return part.length;
  }

  write(source: Uint8Array, { at }: { at: number }): number {
    if (at + source.length > this.#bytes.length) this.truncate(at + source.length);
    this.#bytes.set(source, at);
    return source.length;
  }

  truncate(size: number): void {
    const bytes = new Uint8Array(size);
    bytes.set(this.#bytes.subarray(0, size));
    this.#bytes = bytes;
  }

  getSize(): number {
    return this.#bytes.length;
  }

  flush(): void {}

  close(): void {}
}
