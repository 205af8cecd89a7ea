/** The administrator's side of a challenge, by another implementation of triple DES. */
import { createCipheriv } from 'node:crypto';
import { hex } from '../fixtures.ts';

export const KEY = hex('0102030405060708090a0b0c0d0e0f101112131415161718');
export const OTHER_KEY = hex('e602c14f15d39eb03401940e1c67b3bfdfa262757ff46ba7');

/** What a server answers to a card's challenge. */
export function answerTo(challenge: Uint8Array, key: Uint8Array): Uint8Array {
  const cipher = createCipheriv('des-ede3-cbc', key, new Uint8Array(8)).setAutoPadding(false);
  return Uint8Array.from(Buffer.concat([cipher.update(challenge), cipher.final()]));
}
