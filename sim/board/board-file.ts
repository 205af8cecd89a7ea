/** NAME.board: what belongs to the board of a token kept in files, and not to its flash. */
import { DEVICE_KEY_BYTES } from '../../host/board.ts';

export interface BoardFile {
  schema: 'oathfob.board/1';
  /** DEVICE_KEY_BYTES bytes in hex. */
  deviceKey: string;
  /** By how much the token's clock differs from that of the computer. */
  clockOffsetSeconds: number;
}

export const BOARD_SCHEMA = 'oathfob.board/1';

/** The board file of a new token. */
export function newBoardFile(deviceKey: Uint8Array): BoardFile {
  const hex = Array.from(deviceKey, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return { schema: BOARD_SCHEMA, deviceKey: hex, clockOffsetSeconds: 0 };
}

export function encodeBoardFile(board: BoardFile): string {
  return `${JSON.stringify(board, null, 2)}\n`;
}

/** Null for anything that is no board file. */
export function decodeBoardFile(text: string): BoardFile | null {
  try {
    const board = JSON.parse(text) as BoardFile;
    const isKey = new RegExp(`^[0-9a-f]{${DEVICE_KEY_BYTES * 2}}$`).test(board.deviceKey);
    const isWhole = Number.isInteger(board.clockOffsetSeconds);
    return board.schema === BOARD_SCHEMA && isKey && isWhole ? board : null;
  } catch {
    return null;
  }
}

/** The device key in a board file. */
export function deviceKeyOf({ deviceKey }: BoardFile): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(deviceKey.match(/../g)!, (pair) => Number.parseInt(pair, 16));
}
