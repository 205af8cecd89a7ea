/**
 * Faults of one instruction: a condition inverted, the instruction skipped, its result stuck at
 * zero or at all ones. What the stack needs is put in its place, so that the fault is a program.
 */
import { type Edit, type Instruction, type Module, splice } from '../wasm/code.ts';

export interface Fault {
  readonly name: string;
  readonly edit: Edit;
}

const I32 = 0x7f;
const DROP = 0x1a;
const NOP = 0x01;
const EQZ = 0x45;
const ZERO = [0x41, 0x00];
const ALL_ONES = [0x41, 0x7f];
const ZERO_64 = [0x42, 0x00];

const between = (opcode: number, low: number, high: number) => opcode >= low && opcode <= high;

/** Every fault of an instruction, each with the bytes that stand for it. */
export function faultsOf(instruction: Instruction): Fault[] {
  return Object.entries(replacements(instruction)).map(([name, bytes]) => ({
    name: `${name} ${instruction.opcode.toString(16)} at ${instruction.start}`,
    edit: { ...instruction, bytes },
  }));
}

function replacements(instruction: Instruction): Record<string, readonly number[]> {
  const { opcode } = instruction;
  if (opcode === 0x04 || opcode === 0x0d || opcode === 0x1b) return { flip: [] };
  if (opcode === 0x10) return call(instruction);
  if (opcode === 0x0c || opcode === 0x0f) return { skip: [NOP] };
  if (opcode === 0x21) return { skip: [DROP] };
  if (opcode === 0x22 || opcode === EQZ) return { skip: [NOP] };
  if (between(opcode, 0x36, 0x3e)) return { skip: [DROP, DROP] };
  if (opcode === 0x28 || between(opcode, 0x2c, 0x2f)) {
    return { zero: [DROP, ...ZERO], ones: [DROP, ...ALL_ONES] };
  }
  if (between(opcode, 0x46, 0x4f))
    return { zero: [DROP, DROP, ...ZERO], one: [DROP, DROP, 0x41, 1] };
  if (between(opcode, 0x6a, 0x78)) return { skip: [DROP], zero: [DROP, DROP, ...ZERO] };
  if (between(opcode, 0x7c, 0x8a)) return { skip: [DROP] };
  return {};
}

/** A call that does not happen, and calls whose answer is stuck. */
function call({ parameters = [], results = [] }: Instruction): Record<string, readonly number[]> {
  const drops = parameters.map(() => DROP);
  if (results.length === 0) return { skip: [...drops, NOP] };
  if (results[0] !== I32) return { zero: [...drops, ...ZERO_64] };
  return { zero: [...drops, ...ZERO], one: [...drops, 0x41, 1], ones: [...drops, ...ALL_ONES] };
}

/**
 * The module with a fault in it. A flip keeps its instruction and inverts the condition in front;
 * every loop calls `present` first, so that a board can end one that never would.
 */
export function withFault(module: Module, fault: Fault): Uint8Array<ArrayBuffer> | null {
  const { edit } = fault;
  const isFlip = edit.bytes.length === 0;
  const own = isFlip ? { ...edit, end: edit.start, bytes: [EQZ] } : edit;
  const bytes = splice(
    module,
    [...fuel(module), own].sort((a, b) => a.start - b.start),
  );
  return WebAssembly.validate(bytes) ? bytes : null;
}

const fuelOf = new WeakMap<Module, Edit[]>();

function fuel(module: Module): Edit[] {
  let edits = fuelOf.get(module);
  if (!edits) {
    const present = module.importIndex.get('present')!;
    edits = module.instructions
      .filter(({ opcode }) => opcode === 0x03)
      .map(({ functionIndex, end }) => {
        return { functionIndex, start: end, end, bytes: [0x10, present, DROP] };
      });
    fuelOf.set(module, edits);
  }
  return edits;
}
