/** otp.wasm on an emulated chip, as one more engine of the conformance suite (test/engines/). */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FLASH_BYTES } from '../../host/board.ts';
import type { BoardType } from '../../sim/firmware/boards.ts';
import { type Built, buildFirmware } from '../../sim/firmware/build.ts';
import { keysPage, SEED_BYTES } from '../../sim/firmware/keys-page.ts';
import { EmulatedBoard, type EmulatedBoardOptions } from '../../sim/qemu/emulated-board.ts';
import { CallLine } from '../engines/calls.ts';
import type { Engine } from '../engines/engine.ts';
import { WASM3 } from '../runtimes/wasm3.ts';

/** What runs the module on the chip. */
export type Runtime = 'wasm2c' | 'wasm3';

/** Less than any board holds while it is busy with a call (the ring of its serial line). */
const RING_BYTES = 240;
export function buildCalls(type: BoardType, wasm: Uint8Array, runtime: Runtime): Promise<Built> {
  const variables = ['PROGRAM=calls', `RUNTIME=${runtime}`, `WASM3=${WASM3}`];
  return buildFirmware(type, 'checked', { wasm, variables });
}

export interface EngineOnBoard extends Engine {
  readonly board: EmulatedBoard;
}

/** @param extra  more for QEMU, that a test needs */
export async function openOnBoard(
  type: BoardType,
  wasm: Uint8Array,
  runtime: Runtime,
  extra: EmulatedBoardOptions['extra'] = () => [],
): Promise<EngineOnBoard> {
  const { elf } = await buildCalls(type, wasm, runtime);
  const folder = mkdtempSync(join(tmpdir(), 'oathfob-calls-'));
  const flash = join(folder, 'flash');
  writeFileSync(flash, new Uint8Array(FLASH_BYTES).fill(0xff));
  const board = await EmulatedBoard.start({
    type,
    firmware: elf,
    flash,
    keysPage: keysPage(new Uint8Array(32), new Uint8Array(SEED_BYTES)),
    timeSeconds: 0,
    extra,
  });
  const serial = await board.openSerial();
  const line = new CallLine(serial, serial, RING_BYTES);
  return {
    board,
    run: (commands) => line.run(commands),
    async close() {
      serial.destroy();
      await board.stop();
      rmSync(folder, { recursive: true });
    },
  };
}
