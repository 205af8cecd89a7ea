/** The modules that are shipped, and builds of the same sources that the checks need beside them. */
import otpVectorWasm from '#otp.simd.wasm';
import otpWasm from '#otp.wasm';
import tokenWasm from '#token.wasm';
import { build, buildFirmware, type Changes } from '../build.ts';
import { readMemoryMap } from './memory-map.ts';
import type { Firmware } from './pair.ts';
import type { KnownToken } from './token-subjects.ts';

export const OTP_MODULES: Readonly<Record<string, Uint8Array<ArrayBuffer>>> = {
  'otp.wasm': otpWasm,
  'otp.simd.wasm': otpVectorWasm,
};

/** The shipped token, its functions and buffers known by name. */
export async function shippedToken(): Promise<KnownToken & Firmware> {
  const { wasm, names } = await build('assembly/index.ts', 'token');
  if (!Buffer.from(wasm).equals(tokenWasm)) {
    throw new Error('dist/ was not built from these sources: node scripts/build.js wasm');
  }
  return { wasm, names, map: await readMemoryMap(wasm), module: new WebAssembly.Module(wasm) };
}

/**
 * The firmware with two iterations of PBKDF2 for a new PIN instead of a thousand, for runs that check
 * a PIN a hundred thousand times. What it writes any firmware reads: the number is in the record.
 */
export const HASTY: Changes = {
  'assembly/pin/vault.ts': (source) =>
    source.replace('const ITERATIONS: u32 = 1000;', 'const ITERATIONS: u32 = 2;'),
};

export const hastyFirmware = () => buildFirmware(HASTY);
