/** What an interpreter costs on a Cortex-M3, beside the same module translated. figures.ts prints it. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BoardType } from '../../sim/firmware/boards.ts';
import { buildCalls, openOnBoard, type Runtime } from '../boards/calls.ts';
import { pluginOf, programOf, returnsOf, spanOf } from '../boards/plugin.ts';
import type { Command } from '../engines/engine.ts';
import { hashNumber } from '../engines/reference.ts';
import { putBytes } from '../engines/window.ts';

/** Behind the bytes of the arena: bytes taken, then the most that ever were (runtimes/arena.c). */
const HIGH_WATER = 4;

export interface Measures {
  readonly runtime: Runtime;
  /** The whole image: module, runtime, start-up, serial line. */
  readonly flashBytes: number;
  /** The interpreter's heap after each step, the module's memory in it; 0 without an interpreter. */
  readonly heapBytes: { readonly started: number; readonly sha1: number; readonly all: number };
  /** Name → instructions of the call. */
  readonly instructions: Readonly<Record<string, number>>;
}

const KEY = new Uint8Array(20).fill(7);

const prepare = (hash: 'SHA1' | 'SHA256'): Command[] => [
  ...putBytes(KEY),
  ['prepareKey', hashNumber(hash), KEY.length],
];
const totp = (hash: 'SHA1' | 'SHA256'): Command => ['totpCode', hashNumber(hash), 0, 59, 30, 6];

export async function measure(
  type: BoardType,
  wasm: Uint8Array,
  runtime: Runtime,
): Promise<Measures> {
  const built = await buildCalls(type, wasm, runtime);
  const program = await programOf(built.elf);
  const folder = mkdtempSync(join(tmpdir(), 'oathfob-wasm3-'));
  const log = join(folder, 'log');
  const span = spanOf('call', program.symbols.call_export!, returnsOf(program, 'call_export'));
  const engine = await openOnBoard(type, wasm, runtime, () => [
    ...pluginOf('test/boards/count.c', [span], folder),
    ...['-d', 'plugin', '-D', log],
  ]);
  try {
    const heap = () => heapOf(program.symbols.arena, engine.board);
    const started = await heap();
    const instructions: Record<string, number> = {};
    const count = async (name: string, command: Command) => {
      await engine.run([command]);
      instructions[name] = Number(readFileSync(log, 'utf8').trim().split(/\s+/).at(-1));
    };
    await engine.run(prepare('SHA1'));
    await count('TOTP-SHA1, first', totp('SHA1'));
    await count('TOTP-SHA1', totp('SHA1'));
    const sha1 = await heap();
    await engine.run([...prepare('SHA256'), totp('SHA256')]);
    await count('TOTP-SHA256', totp('SHA256'));
    await engine.run([['selfTest'], ['hashMessage', 3, 5], ['verifyCode', 2, 6, 1, 0, 5, 1, 1, 0]]);
    const heapBytes = { started, sha1, all: await heap() };
    return { runtime, flashBytes: readFileSync(built.bin).length, heapBytes, instructions };
  } finally {
    await engine.close();
    rmSync(folder, { recursive: true });
  }
}

async function heapOf(
  arena: number | undefined,
  board: { readWord(address: number): Promise<number> },
): Promise<number> {
  return arena === undefined ? 0 : board.readWord(arena + ARENA_BYTES + HIGH_WATER);
}

/** As host/mcu/runtimes/wasm3.mk has it. */
export const ARENA_BYTES = Number(
  /^ARENA_BYTES \?= (\d+)$/m.exec(readFileSync('host/mcu/runtimes/wasm3.mk', 'utf8'))![1],
);

/** Lines for people. */
export function tableOf({ runtime, flashBytes, heapBytes, instructions }: Measures): string[] {
  const rows: [string, string][] = [
    ['flash', `${flashBytes} bytes`],
    ['heap, module loaded', `${heapBytes.started} bytes`],
    ['heap, TOTP-SHA1', `${heapBytes.sha1} bytes`],
    ['heap, everything called', `${heapBytes.all} bytes`],
    ...Object.entries(instructions).map(([name, count]): [string, string] => [
      name,
      `${count} instructions`,
    ]),
  ];
  return [`otp.wasm under ${runtime}`, ...rows.map(([name, it]) => `  ${name.padEnd(24)} ${it}`)];
}
