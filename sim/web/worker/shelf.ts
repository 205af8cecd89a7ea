/**
 * The shelf: tokens as files, the same pair that the command line has (sim/board/token-file.ts), in
 * the browser's own file system if it lets us (folder.ts). A file in use is written synchronously, flash operation by flash
 * operation, so that a closed tab is, for the token, a power cut like any other; and the browser
 * gives it to one tab at a time.
 */
import { FLASH_BYTES } from '../../../host/board.ts';
import { type BoardFile, decodeBoardFile, encodeBoardFile } from '../../board/board-file.ts';
import type { TokenFiles } from '../protocol.ts';
import { folder, type SyncFile } from './folder.ts';

/** Why a token cannot be had; the page has words for each. */
export type ShelfProblem =
  | 'IN_USE'
  | 'GONE'
  | 'FULL'
  | 'NOT_A_TOKEN'
  | 'NO_BOARD_FILE'
  | 'BAD_BOARD_FILE'
  | 'EXISTS';

export class ShelfError extends Error {
  override readonly name = 'ShelfError';

  constructor(readonly code: ShelfProblem) {
    super(code);
  }
}

const BOARD = '.board';

async function openFile(name: string, create = false): Promise<SyncFile> {
  try {
    return await (await folder()).open(name, create);
  } catch (error) {
    const problem = PROBLEMS.find(([name]) => isNamed(error, name));
    throw problem ? new ShelfError(problem[1]) : error;
  }
}

/** What keeps a file from being opened, by the browser's name for it. */
const PROBLEMS: readonly (readonly [name: string, problem: ShelfProblem])[] = [
  ['NoModificationAllowedError', 'IN_USE'],
  ['NotFoundError', 'GONE'],
  ['QuotaExceededError', 'FULL'],
];

const isNamed = (error: unknown, name: string) =>
  error instanceof DOMException && error.name === name;

/** A browser says in two ways that it has no room: it throws, or writes less. */
function writeAll(file: SyncFile, bytes: Uint8Array, at: number): void {
  let written = 0;
  try {
    written = file.write(bytes, { at });
  } catch (error) {
    if (!isNamed(error, 'QuotaExceededError')) throw error;
  }
  if (written !== bytes.length) throw new ShelfError('FULL');
}

/** Names of the tokens, in alphabetical order. */
export async function listTokens(): Promise<string[]> {
  const names = await (await folder()).names();
  return names.filter((name) => !name.endsWith(BOARD)).sort();
}

/** Puts a token on the shelf, or nothing. @throws ShelfError */
export async function addToken({ name, image, board }: TokenFiles): Promise<void> {
  if (image.length !== FLASH_BYTES) throw new ShelfError('NOT_A_TOKEN');
  if (decodeBoardFile(board) === null) throw new ShelfError('BAD_BOARD_FILE');
  if ((await listTokens()).includes(name)) throw new ShelfError('EXISTS');
  try {
    await writeWhole(name + BOARD, new TextEncoder().encode(board));
    await writeWhole(name, image);
  } catch (error) {
    await removeToken(name);
    throw error;
  }
}

export async function removeToken(name: string): Promise<void> {
  const from = await folder();
  const names = await from.names();
  for (const each of [name, name + BOARD]) if (names.includes(each)) await from.remove(each);
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
    writeAll(file, bytes, 0);
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
      if (board === null) throw new ShelfError('BAD_BOARD_FILE');
      return new HeldToken(name, board, imageFile, boardFile);
    } catch (error) {
      imageFile.close();
      boardFile?.close();
      throw error;
    }
  }

  /** Told of every flash operation (VirtualFlash). */
  written(address: number, bytes: Uint8Array): void {
    writeAll(this.imageFile, bytes, address);
  }

  /** @throws ShelfError, and the file is as it was */
  saveClockOffset(clockOffsetSeconds: number): void {
    const board = { ...this.board, clockOffsetSeconds };
    const bytes = new TextEncoder().encode(encodeBoardFile(board));
    writeAll(this.boardFile, bytes, 0);
    this.boardFile.truncate(bytes.length);
    this.board.clockOffsetSeconds = clockOffsetSeconds;
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
