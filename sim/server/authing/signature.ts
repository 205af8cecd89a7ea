import { isSame } from '../tokens.ts';
import { type Asked, brandHeader, type Call, type SlowCall } from './call.ts';
import { AuthingRefusal } from './errors.ts';
import type { JsonObject } from './records.ts';

/**
 * The signature of management clients (AK/SK), as both brands' SDKs make it:
 * `authorization: authing KEY-ID:BASE64`, where the word may be `GenAuth`.
 */

/** How far a client's date may be from the server's. */
const SKEW_MILLISECONDS = 15 * 60_000;
/** Nonces kept at a time. By number: a clock that is set back makes old dates good again. */
export const MAX_NONCES = 10_000;
const SCHEME = /^(?:authing|genauth) +([^\s:]{1,128}):(\S{1,128})$/i;

/**
 * Checks the signature of a request that carries one; any other `authorization` is not its matter.
 * @throws AuthingRefusal with the vendor's numbers 1300 to 1306
 */
export async function checkSignature(call: SlowCall): Promise<void> {
  const authorization = call.headers.get('authorization') ?? '';
  if (!/^(?:authing|genauth) /i.test(authorization)) return;
  const [, keyId = '', signature = ''] = SCHEME.exec(authorization) ?? [];
  const { headers, timeMilliseconds } = call;
  if (brandHeader(headers, 'signature-method') !== 'HMAC-SHA1') {
    throw new AuthingRefusal('signatureMethodUnknown');
  }
  if (brandHeader(headers, 'signature-version') !== '1.0') {
    throw new AuthingRefusal('signatureVersionUnknown');
  }
  checkDate(headers.get('date'), timeMilliseconds);
  const key = call.decide(({ authing }) => authing.accessKeys.get(keyId));
  // Without a key there is still something to compute, so that key ids cannot be timed.
  const expected = await hmacSha1(key?.secret ?? 'there is no such key', stringToSign(call));
  if (!isSame(expected, signature) || !key) throw new AuthingRefusal('signatureInvalid');
  call.decide((now) => useNonce(now, key.id));
  call.caller = key.id;
}

async function hmacSha1(secret: string, text: string): Promise<string> {
  const encoder = new TextEncoder();
  const algorithm = { name: 'HMAC', hash: 'SHA-1' };
  const key = await crypto.subtle.importKey('raw', encoder.encode(secret), algorithm, false, [
    'sign',
  ]);
  const mac = await crypto.subtle.sign('HMAC', key, encoder.encode(text));
  return btoa(String.fromCharCode(...new Uint8Array(mac)));
}

/** The text both sides sign. Parameters are the query of a GET, else the body's own members. */
export function stringToSign({ method, url, headers, body }: Asked): string {
  const lines = [...headers]
    .filter(([name]) => /^x-(?:authing|genauth)-|^date$/.test(name))
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, value]) => `${name}:${value.replace(/[\t\n\r\f]/g, ' ').trim()}\n`);
  const parameters = method === 'GET' ? Object.fromEntries(url.searchParams) : (body ?? {});
  const pairs = Object.entries(parameters as JsonObject)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, value]) => `${name}=${parameterText(value)}`);
  const query = pairs.length > 0 ? `?${pairs.join('&')}` : '';
  return `${method}\n${lines.join('')}${url.pathname}${query}`;
}

function parameterText(value: unknown): string {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
}

/** The SDKs send RFC 1123 text, the vendor's error page asks for milliseconds: both are a date. */
function checkDate(text: string | null, timeMilliseconds: number): void {
  if (text === null) throw new AuthingRefusal('dateMissing');
  const date = /^\d{1,15}$/.test(text) ? Number(text) : Date.parse(text);
  if (Number.isNaN(date)) throw new AuthingRefusal('dateMalformed');
  if (Math.abs(date - timeMilliseconds) > SKEW_MILLISECONDS) throw new AuthingRefusal('dateTooFar');
}

/** A signature is good for once: its nonce is kept until as many others have been used. */
function useNonce({ authing, headers }: Call, keyId: string): void {
  const nonce = brandHeader(headers, 'signature-nonce') ?? '';
  if (!/^[\x21-\x7e]{1,128}$/.test(nonce)) throw new AuthingRefusal('signatureInvalid');
  const id = `${keyId} ${nonce}`;
  if (authing.usedNonces.get(id)) throw new AuthingRefusal('nonceUsed');
  for (const oldest of authing.usedNonces.values()) {
    if (authing.usedNonces.size < MAX_NONCES) break;
    authing.usedNonces.remove(oldest);
  }
  authing.usedNonces.save({ id });
}
