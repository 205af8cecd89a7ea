/**
 * The log of a card, one JSON object in a line: what it began with, then every call.
 *
 * It holds commands wholly, since it is made to be played again, and so PINs and keys with them;
 * the file is for its owner only, and its first line says so.
 */
import type { Call, Outcome } from './caller.ts';

export const LOG_SCHEMA = 'oathfob.apdu-log/1';

export interface LogHeader {
  readonly schema: typeof LOG_SCHEMA;
  readonly warning: string;
  /** SHA-256 of the image that the log begins with, in hex. */
  readonly image: string;
  /** SHA-256 of the firmware, in hex. */
  readonly firmware: string;
}

/** A call as the log has it; bytes in hex. Properties that are null are left out. */
export interface LoggedCall {
  readonly call: Call['call'];
  readonly command?: string | undefined;
  readonly key?: string | undefined;
  readonly answer?: string | undefined;
  readonly timeSeconds?: number | undefined;
  readonly uptimeMilliseconds: number;
  readonly entropy?: string | undefined;
  /** SHA-256 of the image after a call that wrote to it. */
  readonly image?: string | undefined;
}

/** The first line. @param image, firmware  SHA-256 in hex */
export function headerLine(image: string, firmware: string): string {
  const header: LogHeader = {
    schema: LOG_SCHEMA,
    warning:
      'holds every command wholly, PINs and keys too: keep it as you keep them, then delete it',
    image,
    firmware,
  };
  return `${JSON.stringify(header)}\n`;
}

export function callLine(call: Call, { answer, given, image }: Outcome): string {
  const { entropy, timeSeconds, uptimeMilliseconds } = given;
  const line: LoggedCall = {
    call: call.call,
    command: call.call === 'exchange' ? hexOf(call.command) : undefined,
    key: call.call === 'press' ? call.key : undefined,
    answer: answer === null ? undefined : hexOf(answer),
    timeSeconds: timeSeconds ?? undefined,
    uptimeMilliseconds,
    entropy: entropy.length === 0 ? undefined : hexOf(entropy),
    image: image ?? undefined,
  };
  return `${JSON.stringify(line)}\n`;
}

export function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
