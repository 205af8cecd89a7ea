/** The bytes of a flash, made by hand (assembly/store/FORMAT.md): pages, records, tallies, checks. */
import { guardedCrc } from '../fixtures.ts';
import { BLANK, ERASED, PAGE_WORDS } from '../power/bench.ts';

export const PAGES = 16;
const MAGIC = 0x4f460100;
const REPLACES_NONE = 0xff;
/** Identities of FORMAT.md. */
export const ID = {
  access: 8,
  responder: 9,
  serial: 1,
  clock: 2,
  master: 3,
  puk: 4,
  pinTries: 5,
  pukTries: 6,
  adminKey: 0x0b,
} as const;
export const CREDENTIAL = 0x20;
export const COUNTER = 0x40;

export const SPENT = 0;
export const RIGHT = 0x3ac5965a;
export const WRONG = 0xc53a69a5 | 0;

export interface ForgedRecord {
  readonly identity: number;
  readonly payload?: readonly number[];
  readonly tallyLength?: number;
  readonly tally?: readonly number[];
  readonly isDeletion?: boolean;
  /** Default: the right one. */
  readonly check?: number;
}

export interface ForgedPage {
  /** Default: the position in the list. */
  readonly page?: number;
  /** Default: one more than the page before. */
  readonly sequence?: number;
  readonly replaces?: number;
  readonly version?: number;
  readonly committed?: number;
  readonly finished?: number;
  /** XORed to the check of the header. */
  readonly headerFlip?: number;
  readonly records: readonly ForgedRecord[];
  /** Words behind the records. */
  readonly rest?: readonly number[];
}

function guard(information: number): number {
  const zeros = information.toString(2).padStart(27, '0').split('0').length - 1;
  return (information << 5) | zeros;
}

/** The words of a record; a tally that is not given in full is blank behind its start. */
export function recordWords({
  identity,
  payload = [],
  tally = [],
  tallyLength = tally.length,
  isDeletion = false,
  check,
}: ForgedRecord): number[] {
  const information =
    identity * 2 ** 19 + (Number(isDeletion) << 18) + (payload.length << 8) + (tallyLength << 2);
  const words = [guard(information)];
  for (let at = 0; at < payload.length; at += 4) {
    const bytes = [0, 1, 2, 3].map((index) => payload[at + index] ?? 0xff);
    words.push(bytes[0]! | (bytes[1]! << 8) | (bytes[2]! << 16) | (bytes[3]! << 24));
  }
  words.push(check ?? guardedCrc(words) | 0);
  return [...words, ...tally, ...Array<number>(tallyLength - tally.length).fill(BLANK)];
}

/** The words of a flash with these pages. */
export function forge(pages: readonly ForgedPage[]): Int32Array {
  const words = ERASED.slice();
  let next = 1;
  for (const [index, forged] of pages.entries()) {
    const { page = index, sequence = next, replaces = REPLACES_NONE, version = 1 } = forged;
    const { committed = 0, finished = 0, headerFlip = 0, records, rest = [] } = forged;
    next = sequence + 1;
    const identityWord = (MAGIC & ~0xff00) | (version << 8) | replaces;
    const check = guardedCrc([identityWord, sequence]) ^ headerFlip;
    const content = [...records.flatMap(recordWords), ...rest];
    const header = [identityWord, sequence, check, committed, finished];
    words.set([...header, ...content].slice(0, PAGE_WORDS), page * PAGE_WORDS);
  }
  return words;
}

export function withWord(words: Int32Array, at: number, word: number): Int32Array {
  words[at] = word;
  return words;
}
