/** The phone's camera: from a picture, or the text in it, to the id of the login. */
import { PNG } from 'pngjs';
import decodeQR from 'qr/decode.js';
import * as z from 'zod';
import { type CliError, fault } from './errors.ts';
import type { Io } from './io.ts';
import { readInputFile } from './secret-input.ts';

/**
 * The text of a login QR code, as far as a phone needs it; `random` is a v3 `qrcodeId` too. The
 * vendor's own sample app reads no more than that; the scene tells others what kind of code it is.
 */
const payload = z.object({
  scene: z
    .string()
    .regex(/^\w{1,32}$/)
    .optional()
    .catch(undefined),
  random: z.string().regex(/^[\w-]{1,128}$/),
});

/** A login that waits, and what its QR code says. */
export interface LoginQr {
  readonly qrcodeId: string;
  readonly text: string;
  /** The least that an app needs of it, less than 200 bytes. */
  readonly shortText: string;
}

/**
 * @param source a picture file (PNG), or `-` for the text of the code on standard input. The text is
 *   no argument: whoever knows it can ask for the tokens of the login
 * @throws CliError BAD_QR_CODE, FILE_NOT_FOUND, FILE_NOT_ACCESSIBLE
 */
export async function readLoginQr(io: Io, source: string): Promise<LoginQr> {
  const text =
    source === '-'
      ? new TextDecoder().decode(await io.readStdin()).trim()
      : textOfPicture(readInputFile(source), source);
  const needed = payloadOf(text);
  return { qrcodeId: needed.random, text, shortText: JSON.stringify(needed) };
}

/** @throws CliError BAD_QR_CODE */
export function loginIdOf(text: string): string {
  return payloadOf(text).random;
}

function payloadOf(text: string): z.infer<typeof payload> {
  const { success, data } = payload.safeParse(parsed(text));
  if (success) return data;
  throw bad('the QR code is no login of Authing');
}

/**
 * @param path names the picture in an error
 * @throws CliError BAD_QR_CODE
 */
export function textOfPicture(bytes: Uint8Array, path: string): string {
  let image: PNG;
  try {
    image = PNG.sync.read(Buffer.from(bytes));
  } catch {
    throw bad(`${path} is no picture in PNG format`);
  }
  try {
    return decodeQR(image);
  } catch {
    throw bad(`there is no QR code to be read in ${path}`);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function bad(message: string): CliError {
  return fault('BAD_QR_CODE', message, 'the picture is at the url that gene-qrcode answers with');
}
