/** A token file on an emulated board: key and clock go into the chip, and the clock comes back. */
import type { Duplex } from 'node:stream';
import { DEVICE_KEY_BYTES } from '../../host/board.ts';
import type { FileBoard } from '../board/token-file.ts';
import type { BoardType } from '../firmware/boards.ts';
import { FirmwareError } from '../firmware/errors.ts';
import { keysPage, SEED_BYTES } from '../firmware/keys-page.ts';
import { EmulatedBoard, type EmulatedBoardOptions } from './emulated-board.ts';
import { readClock, SerialLine } from './serial-line.ts';

/**
 * The emulated clock lags by what QEMU takes to start, on a busy computer by seconds: that is no setting
 * of the clock.
 */
const TOLERANCE_SECONDS = 5;
const PATIENCE_MILLISECONDS = 2000;

/**
 * Powers up a board with this token.
 * @param file      the token's files, which the caller holds until the board has stopped
 * @param path      the token image
 * @param firmware  the firmware image
 */
export function startToken(
  file: FileBoard,
  path: string,
  type: BoardType,
  firmware: string,
  options: Partial<EmulatedBoardOptions> = {},
): Promise<EmulatedBoard> {
  const deviceKey = new Uint8Array(DEVICE_KEY_BYTES);
  file.deviceKey(deviceKey);
  // A real board gets its seed once; the emulated chip is a new one each time.
  const seed = crypto.getRandomValues(new Uint8Array(SEED_BYTES));
  const page = keysPage(deviceKey, seed);
  deviceKey.fill(0);
  seed.fill(0);
  const timeSeconds = file.clockRead() ?? Math.floor(Date.now() / 1000);
  return EmulatedBoard.start({
    type,
    firmware,
    flash: path,
    keysPage: page,
    timeSeconds,
    ...options,
  });
}

/**
 * Takes the power away; a clock that was set on the board is kept in the token's files.
 * @throws FirmwareError BOARD_FAILED
 */
export async function stopToken(board: EmulatedBoard, file: FileBoard): Promise<void> {
  const patience = AbortSignal.timeout(PATIENCE_MILLISECONDS);
  const line = new SerialLine(await lastLine(board));
  try {
    const onBoard = await readClock(line, patience);
    const inFile = file.clockRead();
    if (onBoard === null || inFile === null) return;
    if (Math.abs(onBoard - inFile) > TOLERANCE_SECONDS) file.clockWrite(onBoard);
  } finally {
    line.close();
    await board.stop();
  }
}

/** A QEMU that somebody has killed cannot be asked for its clock. */
async function lastLine(board: EmulatedBoard): Promise<Duplex> {
  try {
    return await board.openSerial();
  } catch {
    await board.stop();
    throw new FirmwareError(
      'BOARD_FAILED',
      'the emulated board has ended before it was switched off',
      'a clock that was set on it is lost: set it again',
    );
  }
}
