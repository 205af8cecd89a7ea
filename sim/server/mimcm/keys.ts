import * as z from 'zod';
import { bytesOf } from '../../bytes.ts';
import { encryptTripleDes } from '../../triple-des.ts';
import { type Answer, type Exchange, NO_CONTENT, type SlowExchange } from '../exchange.ts';
import { checkCardId, openCardOfRequest } from './cards.ts';
import { CmRefusal } from './errors.ts';
import { parse, parseChallenge, queryOf, toBase64 } from './input.ts';
import type { CmCard, CmTemplate } from './records.ts';

/** Admin keys: the server knows each card's, answers its challenge, and tells a client the next. */

/** The key that the card shall have from now on. */
export async function getDiversifiedKey({ decide }: SlowExchange): Promise<Answer> {
  const source = decide((exchange) => {
    const { card } = openCardOfRequest(exchange);
    checkCardId(exchange, card, true);
    return templateOf(exchange, card).diversifyAdminKey ? sourceOf(exchange, card) : null;
  });
  if (!source) return NO_CONTENT;
  return secretAnswer(toBase64(await diversifiedKey(source)));
}

const truth = z
  .string()
  .transform((text) => text.toLowerCase())
  .pipe(z.enum(['true', 'false']))
  .transform((text) => text === 'true');

/** The card's challenge under its key: the template's default one, or the diversified one. */
export async function getAuthenticationResponse({ decide, url }: SlowExchange): Promise<Answer> {
  const { isDiversified, challenge, source, defaultKey } = decide((exchange) => {
    const { card } = openCardOfRequest(exchange);
    checkCardId(exchange, card, true);
    return {
      isDiversified: parse(truth, queryOf(url, 'diversified')),
      challenge: parseChallenge(queryOf(url, 'challenge')),
      source: sourceOf(exchange, card),
      defaultKey: bytesOf(templateOf(exchange, card).defaultAdminKeyHex),
    };
  });
  const key = isDiversified ? await diversifiedKey(source) : defaultKey;
  return secretAnswer(toBase64(encryptTripleDes(key, challenge)));
}

/** A secret as a JSON string, which no cache shall keep. */
export function secretAnswer(body: string): Answer {
  return { status: 200, headers: { 'Cache-Control': 'no-store' }, body };
}

/** @throws CmRefusal `forbidden` when the template has been taken away since */
export function templateOf({ state }: Exchange, card: CmCard): CmTemplate {
  const template = state.settings.mimCm.templates.find(({ id }) => id === card.templateId);
  if (!template) throw new CmRefusal('forbidden');
  return template;
}

/** What a card's own admin key is made of. */
export interface KeySource {
  readonly masterKey: string;
  readonly cardId: string;
}

function sourceOf({ state }: Exchange, { cardId }: CmCard): KeySource {
  return { masterKey: state.settings.mimCm.masterKey, cardId };
}

const KEY_BYTES = 24;

/**
 * A card's admin key: the first 24 bytes of HMAC-SHA-256 over its card id, in odd parity. A real
 * server's formula is not documented; this one is deterministic too, so nothing is stored.
 */
export async function diversifiedKey({ masterKey, cardId }: KeySource): Promise<Uint8Array> {
  const encoder = new TextEncoder();
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('raw', encoder.encode(masterKey), algorithm, false, [
    'sign',
  ]);
  for (let counter = 0; ; counter++) {
    const message = [...encoder.encode(cardId), ...(counter === 0 ? [] : [counter])];
    const mac = await crypto.subtle.sign('HMAC', key, Uint8Array.from(message));
    const bytes = new Uint8Array(mac).subarray(0, KEY_BYTES).map(withOddParity);
    if (isTriple(bytes)) return bytes;
  }
}

/** The lowest bit of each byte of a DES key makes its parity odd (FIPS 46-3). */
function withOddParity(byte: number): number {
  let parity = 1;
  for (let bits = byte >> 1; bits > 0; bits >>= 1) parity ^= bits & 1;
  return (byte & 0xfe) | parity;
}

/** K1 = K2 or K2 = K3 would make it single DES. */
function isTriple(key: Uint8Array): boolean {
  const [first, second, third] = [0, 8, 16].map((at) => key.subarray(at, at + 8).join());
  return first !== second && second !== third;
}
