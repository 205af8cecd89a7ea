/** What the cryptography alone takes on a chip: otp.wasm, built for size as the token links it. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BoardType } from '../../sim/firmware/boards.ts';
import { buildFirmware } from '../../sim/firmware/build.ts';
import { buildSmall } from '../engines/engine.ts';

/** A section of the translated module in the linker's map: its name, its size. */
const SECTION = /^ \.(text|rodata|data|bss)(\.\S*)?\s+0x\w+\s+0x(\w+) \S*\/translated\.o$/gm;
/** Calls by name and the names themselves, which only this image has (host/mcu/calls/calls.h). */
const OF_CALLS = /call_of|call_export|module_start|core_wipe|\.exports|\.str/;

export interface CryptoPart {
  readonly flashBytes: number;
  /** The instance with its memory, without the stack. */
  readonly memoryBytes: number;
}

export async function measureCrypto(type: BoardType): Promise<CryptoPart> {
  const folder = mkdtempSync(join(tmpdir(), 'oathfob-crypto-'));
  try {
    const wasm = readFileSync(await buildSmall(folder));
    const built = await buildFirmware(type, 'open', { wasm, variables: ['PROGRAM=calls'] });
    return partOf(readFileSync(join(built.folder, 'firmware.map'), 'utf8'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function partOf(map: string): CryptoPart {
  let [flashBytes, memoryBytes] = [0, 0];
  // What the linker left out stands in front, at address 0.
  const linked = map.slice(map.indexOf('Linker script and memory map'));
  for (const [, kind, name = '', size] of linked.matchAll(SECTION)) {
    if (OF_CALLS.test(name)) continue;
    if (kind === 'bss') memoryBytes += Number.parseInt(size!, 16);
    else flashBytes += Number.parseInt(size!, 16);
  }
  return { flashBytes, memoryBytes };
}
