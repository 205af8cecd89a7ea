import * as z from 'zod';
import { CmRefusal } from './errors.ts';

/** What a request brings: bodies whose names come in any letter case, GUIDs, Base64. */

/** A GUID in lower case: braces and a stray space are the samples' own. */
export const guid = z
  .string()
  .max(64)
  .transform((sent) =>
    sent
      .trim()
      .replace(/^\{(.*)\}$/, '$1')
      .toLowerCase(),
  )
  .pipe(z.guid());

/** @throws CmRefusal `clientDataInvalid` */
export function parseGuid(text: string | null): string {
  return parse(guid, text);
}

/** @throws CmRefusal `clientDataInvalid` */
export function parse<Output>(schema: z.ZodType<Output>, input: unknown): Output {
  const result = schema.safeParse(input);
  if (!result.success) throw new CmRefusal('clientDataInvalid');
  return result.data;
}

/** A body, its property names in lower case. @throws CmRefusal `clientDataInvalid` */
export function parseCmBody<Output>(schema: z.ZodType<Output>, body: unknown): Output {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new CmRefusal('clientDataInvalid');
  }
  const entries = Object.entries(body).map(([name, value]) => [name.toLowerCase(), value]);
  return parse(schema, Object.fromEntries(entries));
}

/** A query parameter, its name in any letter case, or null. */
export function queryOf(url: string, name: string): string | null {
  for (const [given, value] of new URL(url).searchParams) {
    if (given.toLowerCase() === name) return value;
  }
  return null;
}

/** ISO 7816-3 §8: at most 33 bytes, initial byte TS direct or inverse; lower-case hexadecimal. */
export const atr = z
  .string()
  .max(66)
  .transform((sent) => sent.toLowerCase())
  .pipe(z.string().regex(/^3[bf](?:[0-9a-f]{2}){1,32}$/));

const BLOCK_BYTES = 8;
const MAX_CHALLENGE_BYTES = 256;

/**
 * A card's challenge: Base64 of one or more blocks of 8 bytes. A plus sign that was sent unescaped
 * has become a space; hexadecimal, which a published walkthrough sends, is refused.
 */
export function parseChallenge(text: string | null): Uint8Array {
  const bytes = base64Bytes((text ?? '').replaceAll(' ', '+'));
  const isWhole = bytes && bytes.length > 0 && bytes.length % BLOCK_BYTES === 0;
  if (!isWhole || bytes.length > MAX_CHALLENGE_BYTES) throw new CmRefusal('clientDataInvalid');
  return bytes;
}

/** Strict Base64 with its padding, or undefined. */
function base64Bytes(text: string): Uint8Array | undefined {
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text))
    return undefined;
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

/** Base64 that may be broken into lines, as certificate requests are. */
export const blob = z
  .string()
  .transform((sent) => base64Bytes(sent.replace(/[\r\n]/g, '')))
  .pipe(z.instanceof(Uint8Array).refine(({ length }) => length > 0));

export function toBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}
