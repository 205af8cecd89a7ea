/** The page of a chip's flash that holds what belongs to the board (host/mcu/keys-page.h). */
import { crc32 } from 'node:zlib';

/** Bytes of the seed of the board's random numbers. */
export const SEED_BYTES = 32;
const DEVICE_KEY_BYTES = 32;

/** @returns device key, seed, and their CRC-32; secret, for the caller to wipe */
export function keysPage(deviceKey: Uint8Array, seed: Uint8Array): Uint8Array {
  if (deviceKey.length !== DEVICE_KEY_BYTES || seed.length !== SEED_BYTES) {
    throw new RangeError(`keysPage: expected ${DEVICE_KEY_BYTES} and ${SEED_BYTES} bytes`);
  }
  const page = new Uint8Array(DEVICE_KEY_BYTES + SEED_BYTES + 4);
  page.set(deviceKey);
  page.set(seed, DEVICE_KEY_BYTES);
  const checksum = crc32(page.subarray(0, DEVICE_KEY_BYTES + SEED_BYTES));
  new DataView(page.buffer).setUint32(DEVICE_KEY_BYTES + SEED_BYTES, checksum, true);
  return page;
}
