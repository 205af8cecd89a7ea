/**
 * Probes: a module that marks which of its straight runs of instructions were reached. A mark is a
 * byte of memory far behind what the module uses; the first page has room for them all.
 */
import { type Edit, type Instruction, type Module, signedLeb } from './code.ts';

/** Where the marks begin. */
const MARKS = 32_768;
const I32_CONST = 0x41;
const STORE_BYTE = [0x3a, 0x00, 0x00];
/** block, loop, if, else, end, br, br_if, br_table, return: behind them another run begins. */
const ENDS_A_RUN = (opcode: number) =>
  (opcode >= 0x02 && opcode <= 0x05) || (opcode >= 0x0b && opcode <= 0x0f);

/** The run of each instruction, numbered from 0 in the order of the code. */
export function runsOf({ instructions }: Module): number[] {
  let run = -1;
  let before: Instruction | undefined;
  return instructions.map((instruction) => {
    const isFirst = instruction.functionIndex !== before?.functionIndex;
    if (isFirst || ENDS_A_RUN(before!.opcode)) run++;
    before = instruction;
    return run;
  });
}

/** A mark in front of the first instruction of each run. */
export function probeEdits(module: Module): Edit[] {
  const runs = runsOf(module);
  return module.instructions.flatMap(({ functionIndex, start }, index) => {
    if (runs[index] === runs[index - 1]) return [];
    const address = signedLeb(BigInt(MARKS + runs[index]!));
    const bytes = [I32_CONST, ...address, I32_CONST, 1, ...STORE_BYTE];
    return [{ functionIndex, start, end: start, bytes }];
  });
}

/** Which runs were reached since the last call, 1 for each; forgets them. */
export function takeMarks(memory: Pick<Uint8Array, 'buffer'>): Uint8Array {
  const marks = new Uint8Array(memory.buffer, MARKS);
  const taken = marks.slice();
  marks.fill(0);
  return taken;
}
