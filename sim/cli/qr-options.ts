/** `--live` and `--qr`: the QR codes that a new token gets, checked before anything is made. */
import { fault } from './errors.ts';
import type { Io } from './io.ts';
import { readSecret } from './secret-input.ts';

/** What name, key and QR text have at most: assembly/apdu/PROTOCOL.md, "QR codes". */
const LONGEST_BYTES = 212;
/** Where the account is; a login QR code has no issuer. */
export const LOGIN_NAME = 'login';

export const QR_ARGS = {
  live: {
    type: 'string',
    valueHint: 'template',
    description: 'a live QR code of the account: {serial}, {code} and {step} are filled in',
  },
  qr: {
    type: 'string',
    valueHint: '-|@file',
    description: 'the text of a login QR code, which the token shows behind the account',
  },
} as const;

/** The QR codes of a new token. */
export interface QrCodes {
  /** The template of a live one. */
  readonly live?: string | undefined;
  /** The text of a login QR code; secret, wiped when it is written. */
  readonly login?: Uint8Array | undefined;
}

/** What the options are held against. */
export interface QrRoom {
  readonly isHotp: boolean;
  readonly name: string;
  readonly keyBytes: number;
}

/** @throws CliError USAGE */
export async function readQrCodes(
  { live, qr }: { readonly live?: string | undefined; readonly qr?: string | undefined },
  { isHotp, name, keyBytes }: QrRoom,
  io: Io,
): Promise<QrCodes> {
  if (live !== undefined) {
    if (isHotp) throw fault('USAGE', '--live and --hotp exclude each other');
    checkTemplate(live);
    checkRoom('--live', bytesOf(name).length + keyBytes + filledBytes(live));
  }
  if (qr === undefined) return { live };
  const login = bytesOf(await readSecret(io, qr, 'qr'));
  checkRoom('--qr', LOGIN_NAME.length + login.length);
  return { live, login };
}

const bytesOf = (text: string) => new TextEncoder().encode(text);

function checkTemplate(live: string): void {
  const hint = 'for example --live \'{"serialNumber":"{serial}","code":"{code}","step":{step}}\'';
  if (!live.includes('{code}')) throw fault('USAGE', '--live has no {code} in it', hint);
  if (/\p{Cc}/u.test(live)) throw fault('USAGE', '--live has a control character in it', hint);
}

/** A placeholder takes one byte on the token. */
function filledBytes(live: string): number {
  return bytesOf(live.replaceAll(/\{(?:serial|code|step)\}/g, '.')).length;
}

function checkRoom(option: string, bytes: number): void {
  if (bytes <= LONGEST_BYTES) return;
  throw fault(
    'USAGE',
    `${option} is ${bytes - LONGEST_BYTES} bytes longer than a token has room for`,
    `name, key and text have at most ${LONGEST_BYTES} bytes`,
  );
}
