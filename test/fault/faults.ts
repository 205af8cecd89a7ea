/**
 * Faults of one instruction: a condition inverted, the instruction skipped, its result stuck at
 * zero or at all ones. What the stack needs is put in its place, so that the fault is a program.
 */
import { type Edit, type Instruction, leb, type Module, splice } from '../wasm/code.ts';

export interface Fault {
  readonly name: string;
  readonly edit: Edit;
}

const I32 = 0x7f;
const DROP = 0x1a;
const NOP = 0x01;
const EQZ = 0x45;
const ZERO = [0x41, 0x00];
const ONE = [0x41, 0x01];
const ALL_ONES = [0x41, 0x7f];
const ZERO_64 = [0x42, 0x00];
const ALL_ONES_64 = [0x42, 0x7f];

/** Every fault of an instruction, each with the bytes that stand for it. */
export function faultsOf(instruction: Instruction): Fault[] {
  return Object.entries(replacements(instruction)).map(([name, bytes]) => ({
    name: `${name} ${instruction.opcode.toString(16)} at ${instruction.start}`,
    edit: { ...instruction, bytes },
  }));
}

/** What may stand in the place of an instruction; it has taken and given as many values. */
function replacements(instruction: Instruction): Record<string, readonly number[]> {
  const { opcode } = instruction;
  if (opcode === 0x10) return call(instruction);
  if (opcode === 0x0e) return table(instruction);
  return FAULTS.find(({ from, to }) => opcode >= from && opcode <= to)?.faults ?? {};
}

const FLIP = { flip: [] };
const STUCK_I32 = { zero: [DROP, ...ZERO], ones: [DROP, ...ALL_ONES] };
const STUCK_I64 = { zero: [DROP, ...ZERO_64], ones: [DROP, ...ALL_ONES_64] };
const COMPARED = { zero: [DROP, DROP, ...ZERO], one: [DROP, DROP, ...ONE] };

/** By opcode, WebAssembly 1.0 §5.4, with the sign extensions. */
const FAULTS: readonly {
  readonly from: number;
  readonly to: number;
  readonly faults: Record<string, readonly number[]>;
}[] = [
  { from: 0x04, to: 0x04, faults: FLIP }, // if
  { from: 0x0c, to: 0x0c, faults: { skip: [NOP] } }, // br
  { from: 0x0d, to: 0x0d, faults: FLIP }, // br_if
  { from: 0x0f, to: 0x0f, faults: { skip: [NOP] } }, // return
  { from: 0x1b, to: 0x1b, faults: FLIP }, // select
  { from: 0x21, to: 0x21, faults: { skip: [DROP] } }, // local.set
  { from: 0x22, to: 0x22, faults: { skip: [NOP] } }, // local.tee
  { from: 0x24, to: 0x24, faults: { skip: [DROP] } }, // global.set
  { from: 0x28, to: 0x28, faults: STUCK_I32 }, // i32.load
  { from: 0x29, to: 0x29, faults: STUCK_I64 }, // i64.load
  { from: 0x2c, to: 0x2f, faults: STUCK_I32 }, // i32.load8, i32.load16
  { from: 0x30, to: 0x35, faults: STUCK_I64 }, // i64.load8 to i64.load32
  { from: 0x36, to: 0x3e, faults: { skip: [DROP, DROP] } }, // stores
  { from: 0x45, to: 0x45, faults: { skip: [NOP] } }, // i32.eqz
  { from: 0x46, to: 0x4f, faults: COMPARED }, // comparisons of i32
  { from: 0x50, to: 0x50, faults: { zero: [DROP, ...ZERO], one: [DROP, ...ONE] } }, // i64.eqz
  { from: 0x51, to: 0x5a, faults: COMPARED }, // comparisons of i64
  { from: 0x67, to: 0x69, faults: { skip: [NOP], zero: [DROP, ...ZERO] } }, // clz, ctz, popcnt
  { from: 0x6a, to: 0x78, faults: { skip: [DROP], zero: [DROP, DROP, ...ZERO] } },
  { from: 0x79, to: 0x7b, faults: { skip: [NOP], zero: [DROP, ...ZERO_64] } },
  { from: 0x7c, to: 0x8a, faults: { skip: [DROP], zero: [DROP, DROP, ...ZERO_64] } },
  { from: 0xa7, to: 0xa7, faults: STUCK_I32 }, // i32.wrap_i64
  { from: 0xac, to: 0xad, faults: STUCK_I64 }, // i64.extend_i32
  { from: 0xc0, to: 0xc1, faults: STUCK_I32 }, // i32.extend8_s, i32.extend16_s
  { from: 0xc2, to: 0xc4, faults: STUCK_I64 }, // i64.extend8_s to i64.extend32_s
];

/** A call that does not happen, and calls whose answer is stuck. */
function call({ parameters = [], results = [] }: Instruction): Record<string, readonly number[]> {
  const drops = parameters.map(() => DROP);
  if (results.length === 0) return { skip: [...drops, NOP] };
  if (results[0] !== I32) {
    return { zero: [...drops, ...ZERO_64], ones: [...drops, ...ALL_ONES_64] };
  }
  return { zero: [...drops, ...ZERO], one: [...drops, ...ONE], ones: [...drops, ...ALL_ONES] };
}

/** A table whose index is stuck: it goes to one label whatever was asked. */
function table({ labels = [] }: Instruction): Record<string, readonly number[]> {
  const different = [...new Set(labels)];
  return Object.fromEntries(different.map((label) => [`${label}`, [DROP, 0x0c, ...leb(label)]]));
}

/**
 * The module with a fault in it; null when there can be none such. A flip keeps its instruction and
 * inverts the condition in front.
 * @param fuel what has to be spliced in besides, in order
 */
export function withFault(
  module: Module,
  fuel: readonly Edit[],
  { edit }: Fault,
): Uint8Array<ArrayBuffer> | null {
  const isFlip = edit.bytes.length === 0;
  const own = isFlip ? { ...edit, end: edit.start, bytes: [EQZ] } : edit;
  const bytes = splice(
    module,
    [...fuel, own].sort((a, b) => a.start - b.start),
  );
  return WebAssembly.validate(bytes) ? bytes : null;
}
