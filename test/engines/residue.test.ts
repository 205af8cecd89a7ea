import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildSmall, SHIPPED, SHIPPED_VECTOR } from './engine.ts';
import { openMemory } from './memory.ts';
import { buildMutant, wipeCalls } from './mutant.ts';
import { HASHES, hashNumber, referenceHotp } from './reference.ts';

/** Lengths within a block, at its end, and beyond it. */
const KEY_LENGTHS = [1, 20, 63, 64, 65, 128, 129, 200];

let folder: string;
let small: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'oathfob-residue-'));
  small = await buildSmall(folder);
}, 60_000);
afterAll(() => rm(folder, { recursive: true }));

/** Calls everything that handles a key, and names the first call that left something behind. */
function firstResidue(file: string): string | null {
  const module = openMemory(file);
  const { prepareKey, hotpCode, hotpOfKey, totpCode, verifyCode, macMessage, hashMessage } =
    module.exports;
  module.exports.selfTest!();
  if (!module.isClean()) return 'selfTest';
  for (const hash of HASHES.map(hashNumber)) {
    for (const length of KEY_LENGTHS) {
      const key = randomBytes(length);
      const code = referenceHotp(HASHES[hash - 1]!, key, 9n, 6);
      const calls: [string, () => number][] = [
        ['prepareKey', () => prepareKey!(hash, length)],
        ['hotpCode', () => hotpCode!(hash, 1, 9, 8)],
        ['totpCode', () => totpCode!(hash, 0, 59, 30, 8)],
        ['verifyCode', () => verifyCode!(hash, 6, code, 0, 9, 2, 2, -1)],
        ['macMessage', () => macMessage!(hash, 100)],
        ['hashMessage', () => hashMessage!(hash, 100)],
      ];
      module.window.set(key);
      for (const [name, call] of calls) {
        call();
        if (name === 'prepareKey' && module.windowHasResidue()) return `${name}: key in the window`;
        if (module.scratchHasResidue()) return `${name}, key of ${length} bytes`;
      }
      module.exports.wipeAll!();
      if (!module.isClean()) return 'wipeAll';
      module.window.set(key);
      hotpOfKey!(hash, length, 0, 9, 6);
      if (!module.isClean()) return `hotpOfKey, key of ${length} bytes`;
    }
  }
  return null;
}

test('no call leaves anything of a key outside of the prepared key', () => {
  for (const file of [SHIPPED, SHIPPED_VECTOR, small]) expect(firstResidue(file)).toBeNull();
});

describe('the check above', () => {
  test.each(wipeCalls())('notices when $call in $file is left out', async (wiped) => {
    const output = join(folder, 'mutant.wasm');
    let residue: string | null = null;
    for (const target of ['token', 'otp', 'otp.simd']) {
      residue ??= firstResidue(await buildMutant(output, wiped, target));
    }
    expect(residue).not.toBeNull();
  });
});
