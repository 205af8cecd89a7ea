/**
 * The shelf: tokens as files of the browser's own file system, the same pair that the command line
 * has (sim/board/token-file.ts). A file in use is written synchronously, flash operation by flash
 * operation, so that a closed tab is, for the token, a power cut like any other; and the browser
 * gives it to one tab at a time.
 */
import { FLASH_BYTES } from '../../../host/board.ts';
import { type BoardFile, decodeBoardFile, encodeBoardFile } from '../../board/board-file.ts';
import type { TokenFiles } from '../protocol.ts';

/** The part of the File System standard that TypeScript has for workers only. */
interface SyncFile {
  read(target: Uint8Array, options: { at: number }): number;
  write(source: Uint8Array, options: { at: number }): number;
  truncate(size: number): void;
  getSize(): number;
  flush(): void;
  close(): void;
}

/** Why a token cannot be had; the page has words for each. */
export type ShelfProblem = 'IN_USE' | 'NO_STORAGE' | 'NOT_A_TOKEN' | 'NO_BOARD_FILE' | 'EXISTS';

export class ShelfError extends Error {
  override readonly name = 'ShelfError';

  constructor(readonly code: ShelfProblem) {
    super(code);
  }
}

const FOLDER = 'tokens';
const BOARD = '.board';

async function folder(): Promise<FileSystemDirectoryHandle> {
  // Only pages of this computer and of https have storage.
  if (!navigator.storage?.getDirectory) throw new ShelfError('NO_STORAGE');
  const root = await navigator.storage.getDirectory();
  return root.getDirectoryHandle(FOLDER, { create: true });
}

async function openFile(name: string, create = false): Promise<SyncFile> {
  const handle = await (await folder()).getFileHandle(name, { create });
  const opener = handle as unknown as { createSyncAccessHandle(): Promise<SyncFile> };
  try {
    return await opener.createSyncAccessHandle();
  } catch (error) {
    const isTaken = error instanceof DOMException && error.name === 'NoModificationAllowedError';
    throw isTaken ? new ShelfError('IN_USE') : error;
  }
}

/** Names of the tokens, in alphabetical order. */
export async function listTokens(): Promise<string[]> {
  const names: string[] = [];
  const entries = (await folder()) as unknown as { keys(): AsyncIterable<string> };
  for await (const name of entries.keys()) if (!name.endsWith(BOARD)) names.push(name);
  return names.sort();
}

/** Puts a token on the shelf. @throws ShelfError EXISTS, NOT_A_TOKEN, NO_BOARD_FILE */
export async function addToken({ name, image, board }: TokenFiles): Promise<void> {
  if (image.length !== FLASH_BYTES) throw new ShelfError('NOT_A_TOKEN');
  if (decodeBoardFile(board) === null) throw new ShelfError('NO_BOARD_FILE');
  if ((await listTokens()).includes(name)) throw new ShelfError('EXISTS');
  await writeWhole(name + BOARD, new TextEncoder().encode(board));
  await writeWhole(name, image);
}

export async function removeToken(name: string): Promise<void> {
  const from = await folder();
  await from.removeEntry(name);
  await from.removeEntry(name + BOARD);
}

/** A copy of a token's files; not of one that is on the desk, which has its own. */
export async function readToken(name: string): Promise<TokenFiles> {
  const image = await readWhole(name);
  const board = new TextDecoder().decode(await readWhole(name + BOARD));
  return { name, image, board };
}

async function writeWhole(name: string, bytes: Uint8Array): Promise<void> {
  const file = await openFile(name, true);
  try {
    file.truncate(0);
    file.write(bytes, { at: 0 });
    file.flush();
  } finally {
    file.close();
  }
}

async function readWhole(name: string): Promise<Uint8Array<ArrayBuffer>> {
  const file = await openFile(name);
  try {
    const bytes = new Uint8Array(file.getSize());
    file.read(bytes, { at: 0 });
    return bytes;
  } finally {
    file.close();
  }
}

/** A token in somebody's hands: its files, open. */
export class HeldToken {
  readonly image: Uint8Array<ArrayBuffer>;

  private constructor(
    readonly name: string,
    readonly board: BoardFile,
    private readonly imageFile: SyncFile,
    private readonly boardFile: SyncFile,
  ) {
    this.image = new Uint8Array(FLASH_BYTES);
    imageFile.read(this.image, { at: 0 });
  }

  static async open(name: string): Promise<HeldToken> {
    const imageFile = await openFile(name);
    let boardFile: SyncFile | undefined;
    try {
      boardFile = await openFile(name + BOARD);
      const text = new Uint8Array(boardFile.getSize());
      boardFile.read(text, { at: 0 });
      const board = decodeBoardFile(new TextDecoder().decode(text));
      if (board === null) throw new ShelfError('NO_BOARD_FILE');
      return new HeldToken(name, board, imageFile, boardFile);
    } catch (error) {
      imageFile.close();
      boardFile?.close();
      throw error;
    }
  }

  /** Told of every flash operation (VirtualFlash). */
  written(address: number, bytes: Uint8Array): void {
    this.imageFile.write(bytes, { at: address });
  }

  saveClockOffset(seconds: number): void {
    this.board.clockOffsetSeconds = seconds;
    const bytes = new TextEncoder().encode(encodeBoardFile(this.board));
    this.boardFile.write(bytes, { at: 0 });
    this.boardFile.truncate(bytes.length);
  }

  sync(): void {
    this.imageFile.flush();
    this.boardFile.flush();
  }

  close(): void {
    this.imageFile.close();
    this.boardFile.close();
  }
}
