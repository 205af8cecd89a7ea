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
import { type CryptoPart, measureCrypto } from './crypto-part.ts';
import {
  type Count,
  countsIn,
  type Program,
  pluginOf,
  programOf,
  returnsOf,
  SHIFT,
  spanOf,
} from './plugin.ts';
import { measureRatio, type Ratio } from './ratio.ts';
import { worstStack } from './stack.ts';

/** What startup.c fills the stack with. */
const STACK_PAINT = 0x5aa5c33c;
const INTERRUPTS: Readonly<Record<string, readonly string[]>> = {
  lm3s6965evb: ['systick_interrupt', 'uart0_interrupt'],
  microbit: ['timer0_interrupt', 'uart0_interrupt'],
};
const PATIENCE_MILLISECONDS = 60_000;
const NOON = 1795262400;
const KEY = '3132333435363738393031323334353637383930';
const PIN = '323731383238';
const SELECT_MANAGEMENT = '00a4040008a000000527471117';
const VERIFY = `0020008006${PIN}`;
const NO_ROOM = '6a84';

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
  /** By name; all that happens in the call is in it. */
  readonly counts: Readonly<Record<string, Count>>;
  /** Accounts of a token that has room for no more. */
  readonly mostAccounts: number;
  readonly ratio: Ratio;
  readonly crypto: CryptoPart;
}

/** A badge of Entra as a login QR code of version 6. */
const BADGE = `ms-qrpin:v1|noor@contoso.example|7b1f0c52-3d64-4e0a-9c1d-2a5b8f6e4d10|${'0123456789abcdef'.repeat(4)}`;
const BADGE_HEX = Buffer.from(BADGE).toString('hex');

const STEP = (NOON / 30).toString(16).padStart(16, '0');
const TOTP = `00a200010f7103613a747408${STEP}`;

/** What is done, and what the instructions of its last command are called; null: not counted. */
const STEPS: readonly (readonly [name: string | null, command: string])[] = [
  [null, SELECT_MANAGEMENT],
  [null, '800100000a4c4d502d303030343137'],
  [null, '8003000008000000006b0187c0'],
  ['put credential', `80020000217103613a7473162106${KEY}8002001e`],
  [null, `800200001d7103613a6873161106${KEY}`],
  ['first PIN', `0024018010${PIN}${'ff'.repeat(10)}`],
  [null, `8004010010${PIN}${'ff'.repeat(10)}`],
  ['wrong PIN', '0020008006393336393336'],
  ['right PIN', VERIFY],
  [null, '00a4040007a0000005272101'],
  [null, VERIFY],
  ['TOTP code', TOTP],
  ['TOTP code again', TOTP],
  ['HOTP code', '00a200010f7103613a6874080000000000000000'],
  [null, SELECT_MANAGEMENT],
  [null, VERIFY],
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
    counts: lived.counts,
    mostAccounts: lived.mostAccounts,
    ratio: await measureRatio(type),
    crypto: await measureCrypto(type),
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
    const all = (name: string) =>
      countsIn(readFileSync(log, 'utf8')).filter((count) => count.name === name);
    const last = (name: string) => all(name).at(-1)!;
    const restart = async () => {
      const before = all('screen').length;
      await board.qmp.execute('system_reset');
      await until(() => all('screen').length > before);
      return last('screen');
    };
    const line = new SerialLine(await board.openSerial());
    const counts = await takeSteps(line, () => last('exchange'));
    counts['reset to serial line'] = last('serial');
    counts['reset to first screen'] = last('screen');
    const { stack_bottom: bottom, stack_top: top } = program.symbols;
    const stackBytes = await paintGone(board, bottom!, top!);
    counts['first screen, one account'] = await restart();
    const mostAccounts = 1 + (await fill(line));
    counts['first screen, full'] = await restart();
    return { counts, stackBytes, mostAccounts };
  } finally {
    await board.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function ask(line: SerialLine, command: string): Promise<string> {
  const patience = AbortSignal.timeout(PATIENCE_MILLISECONDS);
  const answer = await line.ask(Buffer.from(command, 'hex'), patience);
  return Buffer.from(answer.subarray(-2)).toString('hex');
}

async function takeSteps(line: SerialLine, last: () => Count): Promise<Record<string, Count>> {
  const counts: Record<string, Count> = {};
  for (const [name, command] of STEPS) {
    const status = await ask(line, command);
    if (!/^(?:9000|63c7)$/.test(status)) throw new Error(`${name ?? command}: ${status}`);
    if (name !== null) counts[name] = last();
  }
  return counts;
}

/** Puts accounts like the first one until there is no room. @returns how many */
async function fill(line: SerialLine): Promise<number> {
  for (const command of [SELECT_MANAGEMENT, VERIFY]) await ask(line, command);
  for (let count = 0; ; count++) {
    const name = Buffer.from(`a:t${String(count).padStart(2, '0')}`).toString('hex');
    const status = await ask(line, `80020000237105${name}73162106${KEY}8002001e`);
    if (status === NO_ROOM) return count;
    if (status !== '9000') throw new Error(`account ${count}: ${status}`);
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

/** Bytes of the stack that something was ever written to. */
async function paintGone(board: EmulatedBoard, bottom: number, top: number): Promise<number> {
  const bytes = Buffer.from(await board.qtest.read(bottom, top - bottom));
  let untouched = 0;
  while (bytes.readUInt32LE(untouched) === STACK_PAINT) untouched += 4;
  return top - bottom - untouched;
}
