/** What an interpreter costs on a Cortex-M3, beside the same module translated. budgets.test.ts prints it. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BoardType } from '../../sim/firmware/boards.ts';
import { Qmp } from '../../sim/qemu/qmp.ts';
import { buildCalls, openOnBoard, type Runtime } from '../boards/calls.ts';
import {
  countsIn,
  type Program,
  pluginOf,
  programOf,
  returnsOf,
  spanOf,
} from '../boards/plugin.ts';
import type { Command } from '../engines/engine.ts';
import { hashNumber } from '../engines/reference.ts';
import { putBytes } from '../engines/window.ts';
import { CIRCUMSTANCES } from '../history.ts';
import { Life } from './wasm3.ts';

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
      instructions[name] = countsIn(readFileSync(log, 'utf8')).at(-1)!.instructions;
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

export interface TokenMeasures {
  readonly flashBytes: number;
  readonly heapBytes: { readonly booted: number; readonly all: number };
  readonly instructions: Readonly<Record<string, number>>;
}

/** The time of every life here, in periods. */
const STEP = (CIRCUMSTANCES.startSeconds / 30).toString(16).padStart(16, '0');

/** What is done with an interpreted token; only commands with a name are told of. */
const STEPS: readonly (readonly [name: string | null, line: string])[] = [
  ['power-on', 'power-on'],
  [null, 'exchange 00a4040008a000000527471117'],
  [null, 'exchange 8003000008000000006b0187c0'],
  [null, 'exchange 80020000217103613a747316210631323334353637383930313233343536373839308002001e'],
  [null, 'exchange 0024018010323731383238ffffffffffffffffffff'],
  [null, 'exchange 00a4040007a0000005272101'],
  ['right PIN', 'exchange 0020008006323731383238'],
  ['TOTP code', `exchange 00a200010f7103613a747408${STEP}`],
];

/** token.wasm under wasm3 on a Cortex-M3 with room for it. */
export async function measureToken(): Promise<TokenMeasures> {
  let program!: Program;
  let log!: string;
  const body = await Life.begin('mps2-an385', async (elf, folder) => {
    program = await programOf(elf);
    log = join(folder, 'log');
    const spans = ['core_power_on', 'core_exchange'].map((name) =>
      spanOf('call', program.symbols[name]!, returnsOf(program, name)),
    );
    return [
      ...pluginOf('test/boards/count.c', spans, folder),
      ...['-d', 'plugin', '-D', log, '-qmp', `unix:${join(folder, 'qmp')},server=on,wait=off`],
    ];
  });
  try {
    await body.ask('flash');
    const qmp = await Qmp.open(join(body.folder, 'qmp'));
    const heap = async () => {
      const address = program.symbols.arena! + TOKEN_ARENA_BYTES + HIGH_WATER;
      const text = await qmp.monitor(`xp /1xw ${address}`);
      return Number(/: (0x[0-9a-f]{8})/.exec(text)![1]);
    };
    const instructions: Record<string, number> = {};
    let booted = 0;
    for (const [name, line] of STEPS) {
      const answer = await body.ask(line);
      if (!/(9000|00000000)$/.test(answer)) throw new Error(`${line}: ${answer}`);
      if (booted === 0) booted = await heap();
      if (name) instructions[name] = countsIn(readFileSync(log, 'utf8')).at(-1)!.instructions;
    }
    const { text_end: end } = program.symbols;
    const measures = { heapBytes: { booted, all: await heap() }, instructions };
    qmp.close();
    return { flashBytes: end!, ...measures };
  } finally {
    await body.end();
  }
}

async function heapOf(
  arena: number | undefined,
  board: { readWord(address: number): Promise<number> },
): Promise<number> {
  return arena === undefined ? 0 : board.readWord(arena + ARENA_BYTES + HIGH_WATER);
}

const numberIn = (file: string, pattern: RegExp) =>
  Number(pattern.exec(readFileSync(file, 'utf8'))![1]);

/** The interpreter's heaps, as they are built. */
export const ARENA_BYTES = numberIn('host/mcu/runtimes/wasm3.mk', /^ARENA_BYTES \?= (\d+)$/m);
const TOKEN_ARENA_BYTES = numberIn('host/mcu/life/Makefile', /-DARENA_BYTES=(\d+)u/);

/** Lines for people. */
export function tableOf(title: string, rows: Readonly<Record<string, number>>): string[] {
  return [title, ...Object.entries(rows).map(([name, it]) => `  ${name.padEnd(32)} ${it}`)];
}

export function rowsOf({ flashBytes, heapBytes, instructions }: Measures | TokenMeasures) {
  return {
    'flash, bytes': flashBytes,
    ...prefixed('heap, bytes: ', heapBytes),
    ...prefixed('instructions: ', instructions),
  };
}

function prefixed(prefix: string, rows: Readonly<Record<string, number>>) {
  return Object.fromEntries(Object.entries(rows).map(([name, it]) => [prefix + name, it]));
}
