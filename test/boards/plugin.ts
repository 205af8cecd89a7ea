/** Plugins of QEMU that watch a program, and where in a linked image its functions begin and return to. */
import { execFile, execFileSync } from 'node:child_process';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { symbolsOf } from '../../sim/firmware/image.ts';

const execute = promisify(execFile);
/** An instruction takes 2^n nanoseconds: so long that waiting for a part is not millions of them. */
export const SHIFT: Readonly<Record<string, number>> = { lm3s6965evb: 0, microbit: 6 };
/** The bytes of `bl`. */
const CALL_BYTES = 4;

export interface Program {
  readonly symbols: Readonly<Record<string, number>>;
  /** What objdump says. */
  readonly disassembly: string;
  /** By address. */
  readonly instructions: ReadonlyMap<number, Instruction>;
}

export interface Instruction {
  readonly mnemonic: string;
  readonly operands: string;
  /** The function that it is in. */
  readonly inside: string;
}

export async function programOf(elf: string): Promise<Program> {
  const options = { maxBuffer: 2 ** 26 };
  const { stdout } = await execute('arm-none-eabi-objdump', ['-d', elf], options);
  const instructions = new Map<number, Instruction>();
  let inside = '';
  for (const line of stdout.split('\n')) {
    const [, name] = /^[0-9a-f]+ <([^>]+)>:$/.exec(line) ?? [];
    inside = name ?? inside;
    const [, at, mnemonic, operands = ''] =
      /^ *([0-9a-f]+):\t[^\t]*\t([a-z][\w.]*)(?:\t(.*))?$/.exec(line) ?? [];
    if (at) instructions.set(Number.parseInt(at, 16), { mnemonic: mnemonic!, operands, inside });
  }
  return { symbols: await symbolsOf(elf), disassembly: stdout, instructions };
}

/** Where a function returns to: behind every call of it, and where those return to that jump to it. */
export function returnsOf(program: Program, name: string, above: readonly string[] = []): number[] {
  const found: number[] = [];
  for (const [at, { mnemonic, operands, inside }] of program.instructions) {
    if (!operands.endsWith(`<${name}>`) || !mnemonic.startsWith('b') || inside === name) continue;
    if (mnemonic.startsWith('bl')) found.push(at + CALL_BYTES);
    else if (!above.includes(inside)) found.push(...returnsOf(program, inside, [...above, name]));
  }
  return found;
}

/** These functions, and all that they call or jump to. */
export function reachableFrom(program: Program, names: readonly string[]): Set<string> {
  const calls = new Map<string, Set<string>>();
  for (const { mnemonic, operands, inside } of program.instructions.values()) {
    const [, called] = /<([^+>]+)>$/.exec(operands) ?? [];
    if (!mnemonic.startsWith('b') || !called) continue;
    calls.set(inside, (calls.get(inside) ?? new Set()).add(called));
  }
  const reached = new Set(names);
  // A set goes on to what is added to it on the way.
  for (const name of reached) for (const called of calls.get(name) ?? []) reached.add(called);
  return reached;
}

const hex = (address: number) => `0x${address.toString(16)}`;

/** An argument of a plugin: watch from one address to the first of some others. */
export function spanOf(name: string, begin: number, ends: readonly number[]): string {
  return `span=${[name, hex(begin), ...ends.map(hex)].join(':')}`;
}

/** An argument of a plugin: do not look at a function. */
export function skipOf(program: Program, name: string): string {
  const within = [...program.instructions].filter(([, { inside }]) => inside === name);
  return `skip=${hex(within[0]![0])}:${hex(within.at(-1)![0] + 1)}`;
}

/**
 * Builds a plugin, and gives what QEMU's command line needs.
 * @param shift  an instruction takes 2^shift nanoseconds
 */
export function pluginOf(
  source: string,
  args: readonly string[],
  folder: string,
  shift = 0,
): string[] {
  const plugin = join(folder, `${basename(source, '.c')}.so`);
  execFileSync('gcc', ['-Wall', '-Wextra', '-shared', '-fPIC', '-O2', '-o', plugin, source]);
  return ['-icount', `shift=${shift}`, '-plugin', [plugin, ...args].join(',')];
}

/** What count.c writes of a span that has ended. */
export interface Count {
  readonly name: string;
  readonly instructions: number;
  /** Of a Cortex-M0. */
  readonly cycles: number;
}

/** In the order in which the spans have ended. */
export function countsIn(log: string): Count[] {
  return Array.from(log.matchAll(/^(\w+) (\d+) (\d+)$/gm), ([, name, instructions, cycles]) => ({
    name: name!,
    instructions: Number(instructions),
    cycles: Number(cycles),
  }));
}
