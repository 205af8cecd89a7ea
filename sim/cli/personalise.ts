/**
 * Makes a token: its files, its serial number, one account, its clock, and the seed record for the
 * server. All of it or nothing is left behind. The seed goes into the token and the record here;
 * nothing can get it out of the token afterwards.
 */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { SeedRecord } from '../../host/provision/seed-record.ts';
import { Token } from '../../host/token.ts';
import type { BoardClock } from '../board/clock.ts';
import { createTokenFile, removeTokenFile } from '../board/token-file.ts';
import { type NewQrCodes, writeRecord } from '../write-record.ts';
import { fault } from './errors.ts';
import { writeNewPrivateFile } from './private-file.ts';

export interface Personalisation {
  /** The image; beside it comes PATH.board. */
  readonly tokenPath: string;
  readonly record: SeedRecord & { readonly serialNumber: string };
  /** The record as the server gets it; made before the token, since a format may refuse it. */
  readonly recordText: string;
  /** Where the record goes: a path that is free, or a function that takes its text. */
  readonly recordTo: string | ((text: string) => void);
  readonly qrCodes?: NewQrCodes;
  /** What the token's clock is set by; default: this computer. */
  readonly clock?: BoardClock;
}

/**
 * Makes the token and writes its record.
 * @throws TokenFileError, TokenError or CliError; then no file of it is left
 */
export function personalise(personalisation: Personalisation): void {
  const { tokenPath, record, recordText, recordTo } = personalisation;
  if (typeof recordTo === 'string') checkRecordPath(tokenPath, recordTo);
  const board = createTokenFile(tokenPath, clockOption(personalisation));
  try {
    writeRecord(new Token(board), record, board.clock.read()!, personalisation.qrCodes);
    board.close();
    if (typeof recordTo === 'string') writeNewPrivateFile(recordTo, recordText);
    else recordTo(recordText);
  } catch (error) {
    // Closing twice would fail on the file, and the first failure is the one to tell.
    closeQuietly(board);
    removeTokenFile(tokenPath);
    throw error;
  }
}

function clockOption({ clock }: Personalisation): { clock?: BoardClock } {
  return clock === undefined ? {} : { clock };
}

function closeQuietly(board: { close(): void }): void {
  try {
    board.close();
  } catch {
    // It was closed already.
  }
}

/** Sees before anything is made that the record has a place of its own. */
function checkRecordPath(tokenPath: string, recordPath: string): void {
  const taken = ['', '.board', '.lock'].map((suffix) => resolve(`${tokenPath}${suffix}`));
  if (taken.includes(resolve(recordPath))) {
    throw fault('USAGE', 'record and token cannot be the same file', 'give --record another name');
  }
  if (existsSync(recordPath)) {
    throw fault('FILE_EXISTS', `${recordPath} exists`, 'choose another name, or move it away');
  }
}
