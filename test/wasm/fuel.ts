/**
 * Fuel: a module whose loops count, so that one that never ends is a trap, at the same place every
 * time. Each loop takes one off a global of the module's; at zero it is unreachable.
 */
import { type Edit, leb, type Module, parse } from './code.ts';

/** The name under which the global is exported: set it before a call, read it after. */
export const FUEL = 'fuel';

const I32 = 0x7f;
const MUTABLE = 1;
const GLOBAL_SECTION = 6;
const EXPORT_SECTION = 7;
const GLOBAL_EXPORT = 3;

interface Section {
  readonly id: number;
  readonly content: Uint8Array;
}

function number(bytes: Uint8Array, at: number): { value: number; end: number } {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++]!;
    value |= (byte & 0x7f) << shift;
    if ((byte & 0x80) === 0) return { value, end: at };
  }
}

function sectionsOf(bytes: Uint8Array): Section[] {
  const sections: Section[] = [];
  for (let at = 8; at < bytes.length; ) {
    const { value: size, end } = number(bytes, at + 1);
    sections.push({ id: bytes[at]!, content: bytes.subarray(end, end + size) });
    at = end + size;
  }
  return sections;
}

/** A section that is a list, with one more item at its end; and how many it had. */
function extended({ id, content }: Section, item: readonly number[]) {
  const { value: count, end } = number(content, 0);
  const longer = Buffer.concat([
    Uint8Array.from(leb(count + 1)),
    content.subarray(end),
    Uint8Array.from(item),
  ]);
  return { section: { id, content: longer }, count };
}

/**
 * The module with a global for fuel. Its code is where it was but for one distance, so that the
 * instructions keep their order; `fuelEdits` makes them use it.
 */
export function withFuelGlobal(bytes: Uint8Array): { module: Module; fuelIndex: number } {
  const sections = sectionsOf(bytes);
  const globals = sections.findIndex(({ id }) => id === GLOBAL_SECTION);
  const exports = sections.findIndex(({ id }) => id === EXPORT_SECTION);
  if (globals < 0 || exports < 0) throw new Error('the module has no globals or no exports');
  const added = extended(sections[globals]!, [I32, MUTABLE, 0x41, 0x00, 0x0b]);
  sections[globals] = added.section;
  const name = [...Buffer.from(FUEL)];
  sections[exports] = extended(sections[exports]!, [
    name.length,
    ...name,
    GLOBAL_EXPORT,
    ...leb(added.count),
  ]).section;
  const parts = sections.flatMap(({ id, content }) => [
    Uint8Array.from([id, ...leb(content.length)]),
    content,
  ]);
  const fueled = Buffer.concat([bytes.subarray(0, 8), ...parts]);
  return { module: parse(fueled), fuelIndex: added.count };
}

/** At the head of each loop: if (fuel === 0) unreachable; fuel -= 1. */
export function fuelEdits({ instructions }: Module, fuelIndex: number): Edit[] {
  const get = [0x23, ...leb(fuelIndex)];
  const bytes = [
    ...[...get, 0x45, 0x04, 0x40, 0x00, 0x0b],
    ...[...get, 0x41, 0x01, 0x6b, 0x24, ...leb(fuelIndex)],
  ];
  return instructions
    .filter(({ opcode }) => opcode === 0x03)
    .map(({ functionIndex, end }) => ({ functionIndex, start: end, end, bytes }));
}
