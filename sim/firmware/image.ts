/** A firmware image that can be given away: what to flash, and a manifest that says what it is. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { firmwareBytes } from '../../host/core.ts';
import type { BoardType, BuildKind } from './boards.ts';
import type { Built } from './build.ts';

/** What FILE.json holds. */
export interface Manifest {
  readonly schema: 'oathfob.firmware/1';
  readonly board: string;
  readonly build: BuildKind;
  /** The module inside: SHA-256 in hex. */
  readonly wasm: { readonly sha256: string; readonly bytes: number };
  /** The raw image, and the same as Intel hex. */
  readonly image: { readonly sha256: string; readonly bytes: number; readonly limitBytes: number };
  readonly hex: { readonly sha256: string; readonly bytes: number };
  /** Memory: what is claimed for good, the stack among it. */
  readonly ram: {
    readonly bytes: number;
    readonly stackBytes: number;
    readonly limitBytes: number;
  };
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

export async function manifestOf(
  board: BoardType,
  build: BuildKind,
  built: Built,
): Promise<Manifest> {
  const wasm = firmwareBytes();
  const image = readFileSync(built.bin);
  const hex = readFileSync(built.hex);
  const symbols = await symbolsOf(built.elf);
  const stackBytes = symbols.stack_top! - symbols.stack_bottom!;
  const zeroedBytes = symbols.bss_end! - symbols.bss_start!;
  return {
    schema: 'oathfob.firmware/1',
    board: board.name,
    build,
    wasm: { sha256: sha256(wasm), bytes: wasm.length },
    image: { sha256: sha256(image), bytes: image.length, limitBytes: board.imageBytes },
    hex: { sha256: sha256(hex), bytes: hex.length },
    ram: { bytes: stackBytes + zeroedBytes, stackBytes, limitBytes: board.ramBytes },
  };
}

/** Name → address of everything in a linked image. */
export async function symbolsOf(elf: string): Promise<Readonly<Record<string, number>>> {
  const { stdout } = await promisify(execFile)('arm-none-eabi-nm', [elf]);
  const rows = stdout.trim().split('\n');
  return Object.fromEntries(
    rows.map((row) => {
      const [address = '', , name = ''] = row.trim().split(/\s+/);
      return [name, Number.parseInt(address, 16)];
    }),
  );
}
