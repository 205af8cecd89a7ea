/** The instructions of a wasm module, as far as faults and mutants need to know them. */

export interface Instruction {
  /** Index among the functions of the module, imports not counted. */
  readonly functionIndex: number;
  readonly opcode: number;
  /** Where it stands in the module, and where the next one begins. */
  readonly start: number;
  readonly end: number;
  /** For `call`: how many values it takes, and whether it gives an i32 (others give nothing or i64). */
  readonly parameters?: readonly number[];
  readonly results?: readonly number[];
  /** For `br_table`: the labels that it may go to, the default last. */
  readonly labels?: readonly number[];
}

interface FunctionType {
  readonly parameters: readonly number[];
  readonly results: readonly number[];
}

export interface Module {
  readonly bytes: Uint8Array;
  readonly instructions: readonly Instruction[];
  /** Start and end of each function body, behind its size. */
  readonly bodies: readonly { readonly start: number; readonly end: number }[];
  readonly codeSection: { readonly sizeAt: number; readonly start: number; readonly end: number };
  /** Function index of an import. */
  readonly importIndex: ReadonlyMap<string, number>;
}

class Reader {
  at: number;

  constructor(
    readonly bytes: Uint8Array,
    at = 0,
  ) {
    this.at = at;
  }

  byte(): number {
    return this.bytes[this.at++]!;
  }

  /** LEB128; the value of signed ones does not matter here. */
  number(): number {
    let value = 0;
    let shift = 0;
    let byte: number;
    do {
      byte = this.byte();
      if (shift < 32) value |= (byte & 0x7f) << shift;
      shift += 7;
    } while (byte & 0x80);
    return value >>> 0;
  }

  name(): string {
    const length = this.number();
    this.at += length;
    return Buffer.from(this.bytes.subarray(this.at - length, this.at)).toString();
  }

  list<Item>(item: () => Item): Item[] {
    return Array.from({ length: this.number() }, item);
  }
}

export function parse(bytes: Uint8Array): Module {
  const reader = new Reader(bytes, 8);
  let types: FunctionType[] = [];
  const functionTypes: number[] = [];
  const importIndex = new Map<string, number>();
  while (reader.at < bytes.length) {
    const id = reader.byte();
    const sizeAt = reader.at;
    const size = reader.number();
    const start = reader.at;
    if (id === 1) types = reader.list(() => readType(reader));
    else if (id === 2) {
      reader.list(() => {
        reader.name();
        importIndex.set(reader.name(), functionTypes.length);
        reader.byte(); // All of our imports are functions.
        functionTypes.push(reader.number());
      });
    } else if (id === 3) functionTypes.push(...reader.list(() => reader.number()));
    else if (id === 10) {
      const codeSection = { sizeAt, start, end: start + size };
      return { bytes, codeSection, importIndex, ...readCode(reader, types, functionTypes) };
    }
    reader.at = start + size;
  }
  throw new Error('the module has no code');
}

function readType(reader: Reader): FunctionType {
  reader.byte();
  return {
    parameters: reader.list(() => reader.byte()),
    results: reader.list(() => reader.byte()),
  };
}

function readCode(
  reader: Reader,
  types: readonly FunctionType[],
  functionTypes: readonly number[],
) {
  const instructions: Instruction[] = [];
  const bodies = reader.list(() => {
    const size = reader.number();
    reader.at += size;
    return { start: reader.at - size, end: reader.at };
  });
  for (const [functionIndex, { start, end }] of bodies.entries()) {
    reader.at = start;
    reader.list(() => [reader.number(), reader.byte()]);
    while (reader.at < end - 1) {
      const at = reader.at;
      const opcode = reader.byte();
      const more = opcode === 0x0e ? { labels: readLabels(reader) } : undefined;
      const called = more ? 0 : skipImmediates(reader, opcode);
      const type = opcode === 0x10 ? types[functionTypes[called]!]! : undefined;
      instructions.push({ functionIndex, opcode, start: at, end: reader.at, ...type, ...more });
    }
  }
  return { instructions, bodies };
}

/** Of a `br_table`: those of the table, then the default. */
function readLabels(reader: Reader): number[] {
  return [...reader.list(() => reader.number()), reader.number()];
}

/** Passes over what follows an opcode; the first immediate. */
function skipImmediates(reader: Reader, opcode: number): number {
  if (opcode >= 0x02 && opcode <= 0x04) return reader.byte(); // block, loop, if
  if (opcode === 0x0c || opcode === 0x0d || opcode === 0x10) return reader.number(); // br, br_if, call
  if (opcode >= 0x20 && opcode <= 0x24) return reader.number(); // variables
  if (opcode >= 0x28 && opcode <= 0x3e) return reader.number() + reader.number(); // memory
  if (opcode === 0x41 || opcode === 0x42) return reader.number(); // constants
  const isPlain = opcode <= 0x1b || (opcode >= 0x45 && opcode <= 0xc4);
  if (!isPlain) throw new Error(`opcode ${opcode.toString(16)} is not expected in our modules`);
  return 0;
}

/** LEB128 of a number that is not negative. */
export function leb(value: number): number[] {
  const bytes: number[] = [];
  do {
    bytes.push((value & 0x7f) | (value > 0x7f ? 0x80 : 0));
    value >>>= 7;
  } while (value > 0);
  return bytes;
}

/** LEB128 of a number with a sign, as constants have it. */
export function signedLeb(value: bigint): number[] {
  const bytes: number[] = [];
  for (;;) {
    const low = Number(value & 0x7fn);
    value >>= 7n;
    const isLast = value === ((low & 0x40) === 0 ? 0n : -1n);
    bytes.push(isLast ? low : low | 0x80);
    if (isLast) return bytes;
  }
}

/** The value of an `i32.const` or `i64.const`, with its sign. */
export function constantOf({ bytes }: Module, { start, end }: Instruction): bigint {
  let value = 0n;
  for (let at = end - 1; at > start; at--) value = (value << 7n) | BigInt(bytes[at]! & 0x7f);
  return BigInt.asIntN(7 * (end - start - 1), value);
}

export interface Edit {
  readonly functionIndex: number;
  readonly start: number;
  readonly end: number;
  readonly bytes: readonly number[];
}

/** The module with pieces of its code replaced; the edits are in order and do not overlap. */
export function splice(module: Module, edits: readonly Edit[]): Uint8Array<ArrayBuffer> {
  const { bytes, bodies, codeSection } = module;
  const newBodies = bodies.map(({ start, end }, functionIndex) => {
    const parts: Uint8Array[] = [];
    let at = start;
    for (const edit of edits) {
      if (edit.functionIndex !== functionIndex) continue;
      parts.push(bytes.subarray(at, edit.start), Uint8Array.from(edit.bytes));
      at = edit.end;
    }
    parts.push(bytes.subarray(at, end));
    const body = Buffer.concat(parts);
    return Buffer.concat([Uint8Array.from(leb(body.length)), body]);
  });
  const code = Buffer.concat([Uint8Array.from(leb(bodies.length)), ...newBodies]);
  return Uint8Array.from(
    Buffer.concat([
      bytes.subarray(0, codeSection.sizeAt),
      Uint8Array.from(leb(code.length)),
      code,
      bytes.subarray(codeSection.end),
    ]),
  );
}
