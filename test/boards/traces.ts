/**
 * What an observer of the chip could see of the functions that handle secrets: the address of every
 * instruction and of every access, in the image that is flashed. The counterpart of test/secrecy/, which
 * looks at the module before it is translated.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BoardType } from '../../sim/firmware/boards.ts';
import { buildFirmware } from '../../sim/firmware/build.ts';
import { keysPage, SEED_BYTES } from '../../sim/firmware/keys-page.ts';
import { EmulatedBoard } from '../../sim/qemu/emulated-board.ts';
import { SerialLine } from '../../sim/qemu/serial-line.ts';
import type { Built } from '../build.ts';
import { NOON, toHex } from '../fixtures.ts';
import {
  type Instruction,
  type Program,
  pluginOf,
  programOf,
  reachableFrom,
  returnsOf,
  SHIFT,
  skipOf,
  spanOf,
} from './plugin.ts';

const PATIENCE_MILLISECONDS = 60_000;

/** What is watched, by its name in the sources. */
export const WATCHED = {
  hmac: 'crypto/hmac/hmac',
  prepare: 'crypto/hmac/hmacPrepare',
  truncate: 'oath/hotp/truncatedMac',
  code: 'screen/menu/makeCode',
  compare: 'crypto/constant-time/equal',
  compareAgain: 'crypto/constant-time/equalBackwards',
  stretch: 'pin/vault/deriveSealingKey',
  open: 'store/seal/open',
} as const;

export type Watched = keyof typeof WATCHED;

/** One run through a watched function. */
export interface Trace {
  readonly name: Watched;
  /** Instructions and accesses. */
  readonly events: number;
  /** Of all their addresses. */
  readonly digest: string;
}

export interface Life {
  /** The traces of each command, in order. */
  readonly commands: readonly (readonly Trace[])[];
  /** Every instruction that was executed in a watched function. */
  readonly seen: Readonly<Record<Watched, readonly Instruction[]>>;
}

/** Sends commands to a board, and watches. @throws Error for an answer whose status is not expected */
export async function watch(
  type: BoardType,
  { wasm, names }: Built,
  {
    image,
    deviceKey,
    commands,
  }: {
    image: Uint8Array;
    deviceKey: Uint8Array;
    commands: readonly (readonly [command: string, status: RegExp])[];
  },
): Promise<Life> {
  const { elf } = await buildFirmware(type, 'release', { wasm });
  const program = await programOf(elf);
  const folder = mkdtempSync(join(tmpdir(), 'oathfob-traces-'));
  const [log, flash] = [join(folder, 'log'), join(folder, 'image')];
  writeFileSync(flash, image);
  const args = argumentsFor(program, { wasm, names });
  const board = await EmulatedBoard.start({
    type,
    firmware: elf,
    flash,
    keysPage: keysPage(deviceKey, new Uint8Array(SEED_BYTES).fill(7)),
    timeSeconds: NOON,
    extra: () => [
      ...pluginOf('test/boards/trace.c', args, folder, SHIFT[type.name]),
      ...['-d', 'plugin', '-D', log],
    ],
  });
  const line = new SerialLine(await board.openSerial());
  try {
    const marks: number[] = [];
    for (const [command, status] of commands) {
      const patience = AbortSignal.timeout(PATIENCE_MILLISECONDS);
      const answer = toHex(await line.ask(Buffer.from(command, 'hex'), patience));
      if (!status.test(answer)) throw new Error(`${command}: ${answer}`);
      marks.push(readFileSync(log).length);
    }
    return lifeIn(readFileSync(log, 'latin1'), marks, program);
  } finally {
    line.close();
    await board.stop();
    rmSync(folder, { recursive: true });
  }
}

/** What the plugin has to watch; and interrupts, with all that they call, which it has to leave out. */
function argumentsFor(program: Program, { wasm, names }: Built): string[] {
  const imports = WebAssembly.Module.imports(new WebAssembly.Module(wasm)).length;
  const functions = Object.keys(program.symbols);
  const symbols = Object.values(WATCHED).map((source) => {
    // wasm2c numbers functions, and gcc adds to the name what it has done to them.
    const translated = `w2c_f${imports + names.indexOf(source)}`;
    const symbol = functions.find((found) => found.split('.')[0] === translated);
    if (symbol === undefined) throw new Error(`${source} is not in the image by itself`);
    return symbol;
  });
  const spans = Object.keys(WATCHED).map((name, at) =>
    spanOf(name, program.symbols[symbols[at]!]!, returnsOf(program, symbols[at]!)),
  );
  const interrupts = functions.filter((name) => name.endsWith('_interrupt'));
  const skipped = reachableFrom(program, interrupts);
  for (const name of reachableFrom(program, symbols)) {
    if (skipped.has(name)) throw new Error(`${name} cannot be told from an interrupt`);
  }
  return [...spans, ...[...skipped].map((name) => skipOf(program, name))];
}

function lifeIn(log: string, marks: readonly number[], program: Program): Life {
  const seen = Object.fromEntries(Object.keys(WATCHED).map((name) => [name, [] as Instruction[]]));
  for (const [, name, at] of log.matchAll(/^(\w+) at ([0-9a-f]+)$/gm)) {
    seen[name!]!.push(program.instructions.get(Number.parseInt(at!, 16))!);
  }
  const commands = marks.map((end, index) => {
    const part = log.slice(marks[index - 1] ?? 0, end);
    return Array.from(
      part.matchAll(/^(\w+) (\d+) ([0-9a-f]{16})$/gm),
      ([, name, events, digest]): Trace => ({
        name: name as Watched,
        events: Number(events),
        digest: digest!,
      }),
    );
  });
  return { commands, seen: seen as Record<Watched, Instruction[]> };
}
