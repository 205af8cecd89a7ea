/** What node:crypto says: the second opinion that every engine is held against. */
import { createHmac } from 'node:crypto';
import type { HashName } from '../../host/otp.ts';

export const HASHES: HashName[] = ['SHA1', 'SHA256', 'SHA512'];

/** The number of a hash in the core. */
export const hashNumber = (hash: HashName) => HASHES.indexOf(hash) + 1;

/** RFC 4226 §5.3 and §5.4, word for word. */
export function referenceHotp(
  hash: HashName,
  key: Uint8Array,
  counter: bigint,
  digits: number,
): number {
  const message = Buffer.alloc(8);
  message.writeBigUInt64BE(counter);
  const mac = createHmac(hash, key).update(message).digest();
  const offset = mac[mac.length - 1]! & 15;
  return (mac.readUInt32BE(offset) & 0x7fffffff) % 10 ** digits;
}

/**
 * The verdict on a code, step by step from the centre outwards, earlier steps first.
 * @param firstFresh  the first step that has not been used
 */
export function referenceSearch(
  codeOf: (step: bigint) => number,
  code: number,
  centre: bigint,
  behind: number,
  ahead: number,
  firstFresh: bigint,
): number | 'mismatch' | 'replayed' {
  let replayed = false;
  for (let distance = 0; distance <= Math.max(behind, ahead); distance++) {
    for (const offset of distance === 0 ? [0] : [-distance, distance]) {
      const step = centre + BigInt(offset);
      if (offset < -behind || offset > ahead || step < 0n || step >= 1n << 64n) continue;
      if (codeOf(step) !== code) continue;
      if (step >= firstFresh) return offset;
      replayed = true;
    }
  }
  return replayed ? 'replayed' : 'mismatch';
}
