/**
 * What the firmware takes on a board: flash, memory, stack, instructions. budgets.ts says how much it may be.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BoardType } from '../../sim/firmware/boards.ts';
import { type Built, buildFirmware } from '../../sim/firmware/build.ts';
import { keysPage } from '../../sim/firmware/keys-page.ts';
import { EmulatedBoard } from '../../sim/qemu/emulated-board.ts';
import { SerialLine } from '../../sim/qemu/serial-line.ts';
import { type Program, pluginOf, programOf, returnsOf, SHIFT, spanOf } from './plugin.ts';
import { measureRatio, type Ratio } from './ratio.ts';
import { worstStack } from './stack.ts';

/** What startup.c fills the stack with. */
const STACK_PAINT = 0x5aa5c33c;
const INTERRUPTS: Readonly<Record<string, readonly string[]>> = {
  lm3s6965evb: ['systick_interrupt', 'uart0_interrupt'],
  microbit: ['timer0_interrupt', 'uart0_interrupt'],
};
const PATIENCE_MILLISECONDS = 30_000;
const NOON = 1795262400;
const KEY = '3132333435363738393031323334353637383930';
const PIN = '323731383238';

export interface Measures {
  readonly board: string;
  readonly flashBytes: number;
  /** Zeroed memory, without the stack. */
  readonly staticBytes: number;
  readonly stack: {
    readonly reservedBytes: number;
    /** By the call graph. */
    readonly worstBytes: number;
    /** As deep as the paint was gone after everything below. */
    readonly seenBytes: number;
  };
  /** Name → instructions, all that happens in the call included. */
  readonly instructions: Readonly<Record<string, number>>;
  readonly ratio: Ratio;
}

/** A badge of Entra as a login QR code of version 6. */
const BADGE = `ms-qrpin:v1|noor@contoso.example|7b1f0c52-3d64-4e0a-9c1d-2a5b8f6e4d10|${'0123456789abcdef'.repeat(4)}`;
const BADGE_HEX = Buffer.from(BADGE).toString('hex');

const STEP = (NOON / 30).toString(16).padStart(16, '0');
const TOTP = `00a200010f7103613a747408${STEP}`;

/** What is done, and what the instructions of its last command are called; null: not counted. */
const STEPS: readonly (readonly [name: string | null, command: string])[] = [
  [null, '00a4040008a000000527471117'],
  [null, '800100000a4c4d502d303030343137'],
  [null, '8003000008000000006b0187c0'],
  ['put credential', `80020000217103613a7473162106${KEY}8002001e`],
  [null, `800200001d7103613a6873161106${KEY}`],
  ['first PIN', `0024018010${PIN}${'ff'.repeat(10)}`],
  [null, `8004010010${PIN}${'ff'.repeat(10)}`],
  ['wrong PIN', '0020008006393336393336'],
  ['right PIN', `0020008006${PIN}`],
  [null, '00a4040007a0000005272101'],
  [null, `0020008006${PIN}`],
  ['TOTP code', TOTP],
  ['TOTP code again', TOTP],
  ['HOTP code', '00a200010f7103613a6874080000000000000000'],
  [null, '00a4040008a000000527471117'],
  [null, `0020008006${PIN}`],
  [null, '80120000'],
  [null, '80120100'],
  // The only account there is, so the display shows it after each command.
  [null, `8002000090710162730230007d8186${BADGE_HEX}`],
  ['QR code on the display', '80100000'],
];

export async function measure(type: BoardType): Promise<Measures> {
  const built = await buildFirmware(type, 'release');
  const program = await programOf(built.elf);
  const { symbols } = program;
  const lived = await live(type, built, program);
  return {
    board: type.name,
    flashBytes: readFileSync(built.bin).length,
    staticBytes: symbols.bss_end! - symbols.bss_start!,
    stack: {
      reservedBytes: symbols.stack_top! - symbols.stack_bottom!,
      worstBytes: worstStack(built.callGraph, INTERRUPTS[type.name]!),
      seenBytes: lived.stackBytes,
    },
    instructions: lived.instructions,
    ratio: await measureRatio(type),
  };
}

/** A life in which every call is counted. */
async function live(type: BoardType, built: Built, program: Program) {
  const folder = mkdtempSync(join(tmpdir(), 'oathfob-measure-'));
  const log = join(folder, 'log');
  const image = join(folder, 'image');
  writeFileSync(image, new Uint8Array(16_384).fill(0xff));
  const board = await EmulatedBoard.start({
    type,
    firmware: built.elf,
    flash: image,
    keysPage: keysPage(new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)),
    timeSeconds: NOON,
    extra: () => [...counting(type, program, folder), '-d', 'plugin', '-D', log],
  });
  try {
    const counts = () => countsIn(readFileSync(log, 'utf8'));
    const line = new SerialLine(await board.openSerial());
    const instructions: Record<string, number> = {};
    for (const [name, command] of STEPS) {
      const answer = await line.ask(
        Buffer.from(command, 'hex'),
        AbortSignal.timeout(PATIENCE_MILLISECONDS),
      );
      const status = Buffer.from(answer.subarray(-2)).toString('hex');
      if (!/^(?:9000|63c7)$/.test(status)) throw new Error(`${name ?? command}: ${status}`);
      if (name !== null) instructions[name] = counts().get('exchange')!;
    }
    instructions['reset to serial line'] = counts().get('serial')!;
    instructions['reset to first screen'] = counts().get('screen')!;
    const { stack_bottom: bottom, stack_top: top } = program.symbols;
    const stackBytes = await paintGone(board, bottom!, top!);
    const screens = () => [...readFileSync(log, 'utf8').matchAll(/^screen /gm)].length;
    const before = screens();
    await board.qmp.execute('system_reset');
    await until(() => screens() > before);
    instructions['first screen, accounts'] = counts().get('screen')!;
    return { instructions, stackBytes };
  } finally {
    await board.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Asks until it is so. */
async function until(isSo: () => boolean): Promise<void> {
  const end = performance.now() + PATIENCE_MILLISECONDS;
  while (!isSo()) {
    if (performance.now() > end) throw new Error('the board does not get there');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** The plugin that counts, for QEMU's command line. */
function counting(type: BoardType, program: Program, folder: string): string[] {
  const span = (name: string, begin: string, end: string) =>
    spanOf(name, program.symbols[begin]!, returnsOf(program, end));
  const spans = [
    span('exchange', 'core_exchange', 'core_exchange'),
    span('serial', 'reset', 'uart_start'),
    span('screen', 'reset', 'core_power_on'),
  ];
  return pluginOf('test/boards/count.c', spans, folder, SHIFT[type.name]);
}

/** Name → the last count. */
function countsIn(log: string): Map<string, number> {
  return new Map(
    Array.from(log.matchAll(/^(\w+) (\d+)$/gm), ([, name, count]) => [name!, Number(count)]),
  );
}

/** Bytes of the stack that something was ever written to. */
async function paintGone(board: EmulatedBoard, bottom: number, top: number): Promise<number> {
  const bytes = Buffer.from(await board.qtest.read(bottom, top - bottom));
  let untouched = 0;
  while (bytes.readUInt32LE(untouched) === STACK_PAINT) untouched += 4;
  return top - bottom - untouched;
}
