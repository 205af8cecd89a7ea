/**
 * Which instructions a scene comes to. A fault in one that it does not come to changes nothing in
 * it: up to there the firmware is the genuine one, which does the same every time.
 */
import { type Edit, leb, type Module, splice } from '../wasm/code.ts';
import { faultsOf } from './faults.ts';
import { type Firmware, memoryOf } from './firmware.ts';

/** Where the marks lie, one byte for each instruction: behind all that the firmware uses. */
const MARKS = 16_384;

/** Tells, by the place of an instruction, whether a scene comes to it. */
export type Reach = (start: number) => boolean;

/**
 * @param fuel   what has to be spliced in besides
 * @param scene  is played with the firmware given to it
 */
export function reachOf(
  module: Module,
  fuel: readonly Edit[],
  scene: (firmware: Firmware) => unknown,
): Reach {
  const { firmware, instructions } = marked(module, fuel);
  const memory = memoryOf(firmware);
  memory.fill(0, MARKS);
  scene(firmware);
  const reached = new Set<number>();
  for (const [index, { start }] of instructions.entries()) {
    if (memory[MARKS + index] === 1) reached.add(start);
  }
  return (start) => reached.has(start);
}

const markedOf = new WeakMap<Module, WebAssembly.Module>();

/** The firmware with a mark in front of each instruction that can have a fault. */
function marked(module: Module, fuel: readonly Edit[]) {
  const instructions = module.instructions.filter(
    (instruction) => faultsOf(instruction).length > 0,
  );
  let firmware = markedOf.get(module);
  if (!firmware) {
    const marks = instructions.map(({ functionIndex, start }, index) => {
      // i32.const address; i32.const 1; i32.store8
      const bytes = [0x41, ...address(MARKS + index), 0x41, 0x01, 0x3a, 0x00, 0x00];
      return { functionIndex, start, end: start, bytes };
    });
    const edits = [...fuel, ...marks].sort((first, second) => first.start - second.start);
    firmware = new WebAssembly.Module(splice(module, edits));
    markedOf.set(module, firmware);
  }
  return { firmware, instructions };
}

/** LEB128 whose highest bit is no sign. */
function address(value: number): number[] {
  const bytes = leb(value);
  const last = bytes.at(-1)!;
  return (last & 0x40) === 0 ? bytes : [...bytes.slice(0, -1), last | 0x80, 0x00];
}
