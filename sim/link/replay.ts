/** Makes the calls of a log again, and holds every answer and every byte against it. */
import { firmwareBytes } from '../../host/core.ts';
import type { FileBoard } from '../board/token-file.ts';
import { Caller, hashOf } from './caller.ts';
import { LinkError } from './errors.ts';
import { hexOf, type LogHeader } from './log.ts';
import { badLog, type PastCall } from './read-log.ts';

export interface Replay {
  /** Commands among the calls. */
  readonly commands: number;
  readonly calls: number;
  /** SHA-256 of the image now, in hex. */
  readonly image: string;
}

/**
 * Replays a log on a token with the image that the log began with.
 * @param board its clock is not asked, and is set as the log's commands set it
 * @throws LinkError OTHER_IMAGE, and then nothing was done; LOG_DIFFERS, at the first call that does;
 *   BAD_LOG
 */
export function replayLog(
  board: FileBoard,
  { header, calls }: { header: LogHeader; calls: readonly PastCall[] },
): Replay {
  if (hashOf(board.flash.image) !== header.image) {
    throw new LinkError(
      'OTHER_IMAGE',
      'the log begins with another image than the token has',
      'replay it on a copy, with its .board file, from before the log was begun',
    );
  }
  const caller = new Caller(board);
  for (const past of calls) {
    if (isTooLong(past, caller)) throw badLog(past.lineNumber);
    const { answer, image } = caller.perform(past.call, past.given);
    const answerHex = answer === null ? null : hexOf(answer);
    if (answerHex !== past.answer) throw differs(past, 'gives another answer', header);
    if (image !== past.image) throw differs(past, 'leaves another image', header);
  }
  const commands = calls.filter(({ call }) => call.call === 'exchange').length;
  return { commands, calls: calls.length, image: hashOf(board.flash.image) };
}

/** A card refuses such a command itself, and does not log it. */
function isTooLong({ call }: PastCall, { token }: Caller): boolean {
  return call.call === 'exchange' && call.command.length > token!.longestCommand;
}

function differs({ lineNumber, call }: PastCall, what: string, header: LogHeader): LinkError {
  const isOtherFirmware = hashOf(firmwareBytes()) !== header.firmware;
  return new LinkError(
    'LOG_DIFFERS',
    `line ${lineNumber}: ${call.call} ${what} than the log says`,
    isOtherFirmware
      ? 'the log was written with other firmware'
      : 'is FILE.board that of the token, and the log as it was written?',
  );
}
