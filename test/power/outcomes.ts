/**
 * Everything an interrupted flash operation may leave behind, of which FORMAT.md allows any subset
 * of the bits that it would have changed: for a write all subsets when there are few bits, for the
 * others the telling ones and some drawn by lot. An outcome has a name, by which it is made again.
 */
import { BLANK, mix, type Operation, PAGE_WORDS } from './bench.ts';

/** Up to this many changing bits, every subset is an outcome. */
const EXHAUSTIVE_BITS = 8;
/** Page words 0 to 4 are the header; the runs below end around it and at powers of two. */
const RUNS = [1, 2, 3, 4, 5, 6, 8, 16, 32, 64, 128, 251, 252, 253, 254, 255];

/** How much is tried of one operation. */
export interface Width {
  /** Single bits missing and set, runs of words: what is not left to chance. */
  readonly structured: boolean;
  /** Each word of an erase torn by itself. */
  readonly eachWord: boolean;
  /** Outcomes drawn by lot. */
  readonly random: number;
}

export const WIDE: Width = { structured: true, eachWord: true, random: 8 };
export const MEDIUM: Width = { structured: true, eachWord: false, random: 2 };
export const NARROW: Width = { structured: false, eachWord: false, random: 2 };

/** The names of the outcomes of an operation, each leaving something else behind. */
export function outcomeNames(operation: Operation, before: Int32Array, width: Width): string[] {
  return operation.word === null
    ? eraseNames(operation, before, width)
    : writeNames(operation.word, operation.at, width);
}

/**
 * What an outcome leaves behind.
 * @param before  the flash in front of the operation
 * @returns one word for a write, a page for an erase
 */
export function outcomeWords(operation: Operation, before: Int32Array, name: string): Int32Array {
  if (operation.word === null) return erasedAs(operation, before, name);
  const word = Number.parseInt(name, 16) | 0;
  if ((~word & operation.word) !== 0) {
    throw new RangeError(`outcome ${name}: clears a bit that the write leaves alone`);
  }
  return Int32Array.of(word);
}

// --- a write: named by the word that is left --------------------------------------------------

function writeNames(word: number, at: number, width: Width): string[] {
  const bits = [...Array(32).keys()].filter((bit) => ((word >>> bit) & 1) === 0);
  const changing = ~word;
  const left = new Set([BLANK, word]);
  if (bits.length <= EXHAUSTIVE_BITS) {
    for (let subset = changing; subset !== 0; subset = (subset - 1) & changing) left.add(~subset);
  } else {
    if (width.structured) {
      for (const bit of bits) left.add(~(1 << bit)).add(word | (1 << bit));
    }
    for (let draw = 0; draw < width.random; draw++) left.add(word | mix(at, draw));
  }
  return [...left].map((value) => (value >>> 0).toString(16).padStart(8, '0'));
}

// --- an erase: named by a pattern -------------------------------------------------------------

function eraseNames(operation: Operation, before: Int32Array, width: Width): string[] {
  const names = ['none', 'all'];
  if (width.structured) {
    for (const count of RUNS) names.push(`first${count}`, `last${count}`);
    names.push('even', 'odd', 'evenbits', 'oddbits');
  }
  for (let draw = 0; draw < width.random; draw++) names.push(`random${draw}`);
  if (width.eachWord) {
    for (let index = 0; index < PAGE_WORDS; index++) names.push(`torn${index}`, `kept${index}`);
  }
  const seen = new Set<string>();
  return names.filter((name) => {
    const left = erasedAs(operation, before, name).join();
    return !seen.has(left) && seen.add(left);
  });
}

/** Which of the changing bits of word `index` an erase has set. */
function takenBits(name: string, number: number, index: number, at: number): number {
  switch (name) {
    case 'none':
      return 0;
    case 'all':
      return -1;
    case 'first':
      return index < number ? -1 : 0;
    case 'last':
      return index >= PAGE_WORDS - number ? -1 : 0;
    case 'even':
      return index % 2 === 0 ? -1 : 0;
    case 'odd':
      return index % 2 === 1 ? -1 : 0;
    case 'evenbits':
      return 0x55555555;
    case 'oddbits':
      return 0xaaaaaaaa | 0;
    case 'random':
      return mix(at + index, number + 1);
    case 'torn':
      return index === number ? mix(at + index, 0) : -1;
    case 'kept':
      return index === number ? 0 : -1;
    default:
      throw new RangeError(`outcome ${name}: unknown`);
  }
}

function erasedAs({ at }: Operation, before: Int32Array, name: string): Int32Array {
  const [, pattern, digits] = /^([a-z]+)(\d*)$/.exec(name) ?? ['', name, ''];
  const left = before.slice(at, at + PAGE_WORDS);
  for (let index = 0; index < PAGE_WORDS; index++) {
    left[index] = left[index]! | takenBits(pattern!, Number(digits), index, at);
  }
  return left;
}
