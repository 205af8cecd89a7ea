/**
 * A token as files: the flash image, and beside it what belongs to the board.
 *
 *     NAME         the flash, byte for byte (assembly/store/FORMAT.md)
 *     NAME.board   JSON: the device key, and by how much the clock differs from this computer's
 *     NAME.lock    the process that holds the token, while it does
 *
 * Every flash operation is written to the file before the firmware goes on, so that a killed process
 * is, for the token, a power cut like any other; `sync` makes it outlive the computer, too. Either
 * file alone opens nothing.
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { DEVICE_KEY_BYTES, FLASH_BYTES } from '../../host/board.ts';
import { VirtualBoard } from './board.ts';
import {
  BOARD_SCHEMA,
  type BoardFile,
  decodeBoardFile,
  deviceKeyOf,
  encodeBoardFile,
  newBoardFile,
} from './board-file.ts';
import { type BoardClock, RealClock } from './clock.ts';
import { type EntropySource, systemEntropy } from './entropy.ts';
import { releaseLock, takeLock } from './file-lock.ts';
import { VirtualFlash } from './flash.ts';

/** Why a token file cannot be used; each with what to do about it. */
export type TokenFileProblem =
  | 'NOT_FOUND'
  | 'EXISTS'
  | 'WRONG_SIZE'
  | 'NO_BOARD_FILE'
  | 'BAD_BOARD_FILE'
  | 'IN_USE'
  | 'NOT_ACCESSIBLE';

export class TokenFileError extends Error {
  override readonly name = 'TokenFileError';

  constructor(
    readonly code: TokenFileProblem,
    message: string,
    readonly hint: string,
  ) {
    super(message);
  }
}

const PRIVATE = 0o600;

/** What may be given with the files of a token. */
export interface TokenFileOptions {
  /** Default: this computer's clock, as far off as the board file says. */
  clock?: BoardClock;
  /** A look: what the firmware writes goes into the file once `keep` is called, or never. */
  isLook?: boolean;
}

/** A board whose flash is a file. */
export class FileBoard extends VirtualBoard {
  readonly #path: string;
  readonly #file: number;
  readonly #board: BoardFile;
  /** What was written during a look, in order; null when it goes straight into the file. */
  readonly #held: { written: [number, Uint8Array][] | null };
  /** Flash operations that the disk has. */
  #synced = 0;

  /** Use `openTokenFile` or `createTokenFile`. */
  constructor(
    path: string,
    image: Uint8Array<ArrayBuffer>,
    boardFile: BoardFile,
    { clock, isLook = false }: TokenFileOptions,
  ) {
    const file = openSync(path, 'r+');
    const held: { written: [number, Uint8Array][] | null } = { written: isLook ? [] : null };
    const written = (address: number, bytes: Uint8Array) => {
      if (held.written) held.written.push([address, bytes.slice()]);
      else writeSync(file, bytes, 0, bytes.length, address);
    };
    super({
      flash: new VirtualFlash(image, { written }),
      clock: clock ?? new RealClock(boardFile.clockOffsetSeconds),
      deviceKey: deviceKeyOf(boardFile),
    });
    this.#path = path;
    this.#file = file;
    this.#board = boardFile;
    this.#held = held;
  }

  /** Ends a look: what was written so far goes into the file, and so does what comes. */
  keep(): void {
    const written = this.#held.written ?? [];
    this.#held.written = null;
    for (const [address, bytes] of written) {
      writeSync(this.#file, bytes, 0, bytes.length, address);
    }
  }

  /** A set clock runs on while the token is switched off: its offset is kept. */
  override clockWrite(seconds: number): void {
    super.clockWrite(seconds);
    if (!(this.clock instanceof RealClock)) return;
    this.#board.clockOffsetSeconds = this.clock.offsetSeconds;
    replaceBoardFile(this.#path, this.#board);
  }

  /** Through to the disk with what was written, before anybody relies on it. */
  sync(): void {
    if (this.flash.operations === this.#synced) return;
    fsyncSync(this.#file);
    this.#synced = this.flash.operations;
  }

  /** Lets go of the files. */
  close(): void {
    this.sync();
    closeSync(this.#file);
    unlock(this.#path);
  }
}

/**
 * Makes the files of a new token: erased flash, a device key of its own.
 * @throws TokenFileError EXISTS when there is one already: a token is never overwritten
 */
export function createTokenFile(
  path: string,
  options: { clock?: BoardClock; entropy?: EntropySource } = {},
): FileBoard {
  const deviceKey = new Uint8Array(DEVICE_KEY_BYTES);
  (options.entropy ?? systemEntropy)(deviceKey);
  const board = newBoardFile(deviceKey);
  const image = new Uint8Array(FLASH_BYTES).fill(0xff);
  lock(path);
  try {
    writeNew(path, image);
    writeBoardFile(path, board);
    return new FileBoard(path, image, board, options);
  } catch (error) {
    unlock(path);
    throw error;
  }
}

/** Opens the files of a token and holds them until `close`. */
export function openTokenFile(path: string, options: TokenFileOptions = {}): FileBoard {
  if (!existsSync(path)) throw notFound(path);
  // Before it is read: another holder may be writing until it lets go.
  lock(path);
  try {
    return readTokenFile(path, options);
  } catch (error) {
    unlock(path);
    throw error;
  }
}

function readTokenFile(path: string, options: TokenFileOptions): FileBoard {
  const image = readFile(path, () => notFound(path));
  if (image.length !== FLASH_BYTES) {
    throw new TokenFileError(
      'WRONG_SIZE',
      `${path} has ${image.length} bytes, a token image has ${FLASH_BYTES}`,
      'is it a token image, and was it copied as a whole?',
    );
  }
  const board = decode(path, readFile(boardPath(path), () => noBoardFile(path)).toString('utf8'));
  return new FileBoard(path, Uint8Array.from(image), board, options);
}

/** Removes the files of a token that was not finished. */
export function removeTokenFile(path: string): void {
  rmSync(path, { force: true });
  rmSync(boardPath(path), { force: true });
}

// --- the files --------------------------------------------------------------------------------

function boardPath(path: string): string {
  return `${path}.board`;
}

/** The board file of a new token; without it the image is taken away again. */
function writeBoardFile(path: string, board: BoardFile): void {
  try {
    writeNew(boardPath(path), encodeBoardFile(board));
  } catch (error) {
    rmSync(path);
    throw error;
  }
}

function decode(path: string, text: string): BoardFile {
  const board = decodeBoardFile(text);
  if (board) return board;
  throw new TokenFileError(
    'BAD_BOARD_FILE',
    `${boardPath(path)} is not a board file`,
    `it is JSON with schema ${BOARD_SCHEMA}, deviceKey and clockOffsetSeconds`,
  );
}

function readFile(path: string, missing: () => TokenFileError): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'ENOENT'
      ? missing()
      : notAccessible(path, error);
  }
}

function notFound(path: string): TokenFileError {
  return new TokenFileError('NOT_FOUND', `${path} does not exist`, 'oathfob token new makes one');
}

function noBoardFile(path: string): TokenFileError {
  return new TokenFileError(
    'NO_BOARD_FILE',
    `${boardPath(path)} does not exist`,
    'copy it along with the image: one opens nothing without the other',
  );
}

/** Whole or not at all: half a device key would be the end of the token. */
function replaceBoardFile(path: string, board: BoardFile): void {
  const next = `${boardPath(path)}.new`;
  writeFileSync(next, encodeBoardFile(board), { mode: PRIVATE, flush: true });
  renameSync(next, boardPath(path));
}

function writeNew(path: string, content: string | Uint8Array): void {
  try {
    writeFileSync(path, content, { flag: 'wx', mode: PRIVATE, flush: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
      rmSync(path, { force: true });
      throw notAccessible(path, error);
    }
    throw new TokenFileError('EXISTS', `${path} exists`, 'choose another name, or move it away');
  }
}

function notAccessible(path: string, error: unknown): TokenFileError {
  const { code } = error as NodeJS.ErrnoException;
  return new TokenFileError(
    'NOT_ACCESSIBLE',
    `${path}: ${code}`,
    'check the path, its rights and the disk',
  );
}

// --- one holder at a time ---------------------------------------------------------------------

function lockPath(path: string): string {
  return `${path}.lock`;
}

function lock(path: string): void {
  let holder: number | null;
  try {
    holder = takeLock(lockPath(path));
  } catch (error) {
    throw notAccessible(path, error);
  }
  if (holder === null) return;
  throw new TokenFileError(
    'IN_USE',
    `${path} is in use by process ${holder}`,
    'a token can only be in one place: end that program first',
  );
}

function unlock(path: string): void {
  releaseLock(lockPath(path));
}
