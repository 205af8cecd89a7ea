/**
 * Mutants of a shipped module: each is one change of one instruction, or of one byte of a table.
 *
 * Left out are those that would be the same program by construction: two operators that give the
 * same change (`eq` to `ne` in front of a condition is the condition inverted), `select` and `if`
 * inverted behind an `eqz` that is inverted already, a word turned half way round, in whichever
 * direction. 0 and 1 become each other and nothing else: where
 * they stand for no and yes, -1 and 2 are the same yes. A verdict becomes its opposite.
 */
import type { Place } from '../wasm/attribution.ts';
import { lineOf } from '../wasm/attribution.ts';
import { constantOf, type Edit, type Instruction, type Module, signedLeb } from '../wasm/code.ts';

export interface Mutant {
  /** Path below assembly/. */
  readonly file: string;
  /** The first folder of it, or the file itself. */
  readonly area: string;
  /** The source line, as text: it stays when lines above it come and go. */
  readonly code: string;
  readonly operator: string;
  /** What to do to the code; null for a table. */
  readonly edit: Edit | null;
  /** For a byte of a table: where in the module, and the bit to flip. */
  readonly flip: { readonly at: number; readonly mask: number } | null;
}

/** The same for mutants of one line by one operator, wherever it was inlined. */
export function keyOf({ file, code, operator }: Mutant): string {
  return `${file} | ${code} | ${operator}`;
}

/** The folders that are mutated. */
export const AREAS: readonly string[] = ['crypto', 'oath', 'pin', 'store'];

/** The area of a file; null when it is outside of what is mutated. */
function areaOf(file: string): string | null {
  const folder = file.split('/')[0]!;
  // The standard library is there for the byte swaps of the hashes, and for nothing else.
  if (folder === '~lib') return 'crypto';
  return AREAS.includes(folder) ? folder : null;
}

const I32 = 0x7f;
const DROP = 0x1a;
const EQZ = 0x45;
const EQZ_64 = 0x50;
const CALL = 0x10;
const IF = 0x04;
const BR_IF = 0x0d;
const SELECT = 0x1b;
const I32_CONST = 0x41;
const I64_CONST = 0x42;
const zero = (type: number) => [type === I32 ? I32_CONST : I64_CONST, 0];

/** Operators that stand for each other; each pair both ways. */
const SWAPS: readonly (readonly [string, number, number])[] = [
  ['== to !=', 0x46, 0x47],
  ['< to <=', 0x48, 0x4c],
  ['< to <=', 0x49, 0x4d],
  ['> to >=', 0x4a, 0x4e],
  ['> to >=', 0x4b, 0x4f],
  ['== to !=', 0x51, 0x52],
  ['< to <=', 0x53, 0x57],
  ['< to <=', 0x54, 0x58],
  ['> to >=', 0x55, 0x59],
  ['> to >=', 0x56, 0x5a],
  ['+ to -', 0x6a, 0x6b],
  ['& to |', 0x71, 0x72],
  ['<< to >>>', 0x74, 0x76],
  ['rotl to rotr', 0x77, 0x78],
  ['+ to -', 0x7c, 0x7d],
  ['& to |', 0x83, 0x84],
  ['<< to >>>', 0x86, 0x88],
  ['rotl to rotr', 0x89, 0x8a],
];

/** Operators that have no partner: what they become. */
const REPLACEMENTS: Readonly<Record<number, readonly [string, number]>> = {
  108: ['* to +', 0x6a],
  109: ['/ to *', 0x6c],
  110: ['/ to *', 0x6c],
  112: ['% to /', 0x6e],
  115: ['^ to |', 0x72],
  117: ['>> to >>>', 0x76],
  126: ['* to +', 0x7c],
  133: ['^ to |', 0x84],
  135: ['>> to >>>', 0x88],
};

const ROTATIONS: ReadonlyMap<number, { constant: number; bits: bigint }> = new Map([
  [0x77, { constant: I32_CONST, bits: 16n }],
  [0x78, { constant: I32_CONST, bits: 16n }],
  [0x89, { constant: I64_CONST, bits: 32n }],
  [0x8a, { constant: I64_CONST, bits: 32n }],
]);

/**
 * The verdicts of crypto/constant-time.ts and pin/verdict.ts. One of them is asked for, and anything
 * else is a no: next to it lies nothing, so they become the verdict that differs in every bit.
 */
const VERDICTS: ReadonlySet<bigint> = new Set([
  ...[0x3ac5965an, 0xc53a69a5n],
  ...[0x5aa5c33cn, 0xa55a3cc3n, 0x69963cc3n, 0x9669c33cn, 0x3cc39669n, 0xc33c6996n, 0x33cc5aa5n],
  ...[0xcc33a55an, 0x3333ccccn],
]);

/** Behind these a condition is on the stack: inverting them inverts it. */
const takesCondition = (opcode: number | undefined) =>
  opcode === IF || opcode === BR_IF || opcode === SELECT || opcode === EQZ;

type Changes = Record<string, readonly number[]>;

/** Every change of one instruction, by operator. */
function changesOf(module: Module, index: number) {
  const { instructions } = module;
  const instruction = instructions[index]!;
  const next = instructions[index + 1];
  const { opcode } = instruction;
  const own = [...module.bytes.subarray(instruction.start, instruction.end)];
  if (opcode === IF || opcode === BR_IF || opcode === SELECT) {
    return { 'condition inverted': [EQZ, ...own] };
  }
  if (opcode === EQZ || opcode === EQZ_64) {
    return takesCondition(next?.opcode) ? {} : { 'condition inverted': [...own, EQZ] };
  }
  if (opcode === I32_CONST || opcode === I64_CONST) return ofConstant(module, instruction);
  if (opcode === CALL) return ofCall(instruction, next);
  if (opcode >= 0x36 && opcode <= 0x3e) return { 'store dropped': [DROP, DROP] };
  if (turnsHalfway(module, index)) return {};
  return ofOperator(opcode, next);
}

/** Whether this rotates by half of the word, which is the same in both directions. */
function turnsHalfway(module: Module, index: number): boolean {
  const { opcode } = module.instructions[index]!;
  const before = module.instructions[index - 1];
  const half = ROTATIONS.get(opcode);
  return (
    half !== undefined &&
    before?.opcode === half.constant &&
    constantOf(module, before) === half.bits
  );
}

function ofConstant(module: Module, instruction: Instruction): Changes {
  const value = constantOf(module, instruction);
  const bits = instruction.opcode === I32_CONST ? 32 : 64;
  const constant = (changed: bigint) => [
    instruction.opcode,
    ...signedLeb(BigInt.asIntN(bits, changed)),
  ];
  if (VERDICTS.has(BigInt.asUintN(32, value))) return { 'other verdict': constant(~value) };
  if (value === 0n) return { 'constant + 1': constant(1n) };
  if (value === 1n) return { 'constant - 1': constant(0n) };
  return { 'constant + 1': constant(value + 1n), 'constant - 1': constant(value - 1n) };
}

function ofCall({ parameters = [], results = [] }: Instruction, next: Instruction | undefined) {
  const drops = parameters.map(() => DROP);
  const [result] = results;
  if (result === undefined) return { 'call dropped': drops };
  if (next?.opcode === DROP) return { 'call dropped': [...drops, ...zero(result)] };
  const changes: Changes = { 'call to 0': [...drops, ...zero(result)] };
  return result === I32 ? { ...changes, 'call to 1': [...drops, I32_CONST, 1] } : changes;
}

function ofOperator(opcode: number, next: Instruction | undefined): Changes {
  const found = SWAPS.find(([, one, other]) => opcode === one || opcode === other);
  if (found) {
    const [name, one, other] = found;
    if (name === '== to !=' && takesCondition(next?.opcode)) return {};
    const [from, to] = name.split(' to ');
    return opcode === one ? { [name]: [other] } : { [`${to} to ${from}`]: [one] };
  }
  const replacement = REPLACEMENTS[opcode];
  return replacement ? { [replacement[0]]: [replacement[1]] } : {};
}

/** The mutants of the code, in its order. */
export function codeMutants(module: Module, places: readonly (Place | null)[]): Mutant[] {
  const { instructions } = module;
  return instructions.flatMap((instruction, index) => {
    const place = places[index] ?? null;
    const area = place && areaOf(place.file);
    if (!place || !area) return [];
    const changes = changesOf(module, index);
    const { file } = place;
    const code = file.startsWith('~lib') ? '' : lineOf(place);
    return Object.entries(changes).map(([operator, bytes]) => {
      return { file, area, code, operator, edit: { ...instruction, bytes }, flip: null };
    });
  });
}

interface Table {
  readonly file: string;
  readonly code: string;
  readonly bytes: number;
  /** Its first bytes in the module, hexadecimal. */
  readonly begins: string;
  /** Bits of a byte that count: a place in 64 bits needs six. */
  readonly bits?: number;
}

const TABLES: readonly Table[] = [
  {
    file: 'crypto/memory.ts',
    code: 'SHA2_CONSTANTS, SHA2_INITIAL',
    bytes: 88 * 8,
    begins: '22ae28d7982f8a42',
  },
  // Its first word is zero, and zeros are not in the module.
  { file: 'store/guard.ts', code: 'CRC_NIBBLES', bytes: 60, begins: '6410b71d' },
  {
    file: 'crypto/triple-des.ts',
    code: 'DES_SUBSTITUTION',
    bytes: 256,
    begins: '07596c3ab82fd1e4',
  },
  {
    file: 'crypto/triple-des.ts',
    code: 'DES_PERMUTATION',
    bytes: 32,
    begins: '100714151d0c1c11',
    bits: 6,
  },
  {
    file: 'crypto/triple-des.ts',
    code: 'DES_KEY_CHOICE',
    bytes: 48,
    begins: '0e110b180105031c',
    bits: 6,
  },
];

/** One flipped bit in each byte of each table that the module has. */
export function tableMutants({ bytes, codeSection }: Module): Mutant[] {
  return TABLES.flatMap(({ file, code, bytes: length, begins, bits = 8 }) => {
    const start = Buffer.from(bytes).indexOf(Buffer.from(begins, 'hex'), codeSection.end);
    if (start < 0) return [];
    return Array.from({ length }, (_, index) => ({
      file,
      area: areaOf(file)!,
      code,
      operator: 'bit flipped',
      edit: null,
      flip: { at: start + index, mask: 1 << (index % bits) },
    }));
  });
}
