/**
 * Flash images made by hand (assembly/store/FORMAT.md): what no firmware of ours writes, or writes
 * only at the edge of what it accepts. A token is powered on over each.
 */
import { guardedCrc } from '../fixtures.ts';
import { BLANK, ERASED, PAGE_WORDS } from '../power/bench.ts';

const PAGES = 16;
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
} as const;
export const CREDENTIAL = 0x20;
export const COUNTER = 0x40;

const SPENT = 0;
const RIGHT = 0x3ac5965a;
const WRONG = 0xc53a69a5 | 0;

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

function recordWords({
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

const bytes = (text: string) => [...Buffer.from(text)];
const number32 = (value: number) => [...new Uint8Array(Uint32Array.of(value).buffer)];
const number64 = (value: bigint) => [...new Uint8Array(BigUint64Array.of(value).buffer)];
const filler = (length: number) => Array.from({ length }, (_, index) => (index * 37 + 5) & 0xff);

/** A credential: by its fields, each of which may be wrong. */
interface Head {
  readonly type?: number;
  readonly digits?: number;
  readonly period?: number;
  readonly name?: readonly number[];
  readonly nameLength?: number;
  readonly keyLength?: number;
  readonly reserved?: number;
  readonly length?: number;
}

/** Its payload, with a tag that opens under nobody's key. */
function credential(fields: Head = {}): readonly number[] {
  const { type = 0x21, digits = 6, period = 30, name = bytes('a:b'), keyLength = 20 } = fields;
  const { nameLength = name.length, reserved = 0 } = fields;
  const { length = 8 + name.length + 16 + keyLength } = fields;
  const head = [type, digits, period & 0xff, period >> 8, nameLength, keyLength];
  const whole = [...head, reserved & 0xff, reserved >> 8, ...name, ...filler(400)];
  return whole.slice(0, length);
}

function vault({ policy = 0, iterations = 0, length = 72 } = {}): readonly number[] {
  return [...number32(policy), ...number32(iterations), ...filler(100)].slice(0, length);
}

/** When the clock was set, the last minute with a code, whether it was set back. */
const clock = (setAt: bigint, wasSetBack: number) => [
  ...number64(setAt),
  ...number32(0),
  ...number32(wasSetBack),
];

const MASTER: ForgedRecord = { identity: ID.master, payload: vault() };
const SERIAL: ForgedRecord = { identity: ID.serial, payload: bytes('FORGED-1') };
const counter = (start = 5n, spent = 3, tallyLength = 24): ForgedRecord => ({
  identity: COUNTER,
  payload: number64(start),
  tally: Array<number>(spent).fill(SPENT),
  tallyLength,
});
const onePage = (...records: ForgedRecord[]) => forge([{ records: [SERIAL, MASTER, ...records] }]);
const withHead = (head: Head, ...others: ForgedRecord[]) =>
  onePage(...others, { identity: CREDENTIAL, payload: credential(head) });
const hotp = { type: 0x11, period: 0 };

function credentials(): Int32Array[] {
  const name = (length: number) => Array<number>(length).fill(0x61);
  return [
    ...[0x01, 0x10, 0x11, 0x13, 0x14, 0x20, 0x22, 0x23, 0x24, 0x31, 0xa1, 0x61].map((type) =>
      withHead({ type, period: type >> 4 === 1 ? 0 : 30 }, counter()),
    ),
    ...[0, 5, 6, 7, 8, 9, 255].map((digits) => withHead({ digits })),
    ...[0, 1, 2, 3599, 3600, 3601, 65535].map((period) => withHead({ period })),
    ...[1, 30].map((period) => withHead({ type: 0x11, period }, counter())),
    ...[0, 1, 2, 63, 64, 65, 80].map((length) => withHead({ name: name(length) })),
    ...[2, 4, 64].map((nameLength) => withHead({ nameLength })),
    ...[0, 1, 2, 127, 128, 129, 140].map((keyLength) => withHead({ keyLength })),
    ...[0, 1, 7, 8, 9, 26, 27, 46, 48, 60].map((length) => withHead({ length })),
    ...[64, 65, 63].map((length) => withHead({ name: name(length), keyLength: 128 })),
    ...[1, 2, 3, 4, 0x80, 0x100, 0x8000].map((reserved) => withHead({ reserved })),
    ...[0, 1, 24].map((tallyLength) => withHead({ reserved: 1 }, counter(4n, 0, tallyLength))),
    withHead(hotp),
    ...[0n, 2n ** 32n - 2n, 2n ** 64n - 3n].map((start) => withHead(hotp, counter(start, 2))),
    ...[23, 24, 25, 26, 63].map((tallyLength) => withHead(hotp, counter(1n, 2, tallyLength))),
    ...[0, 22, 23, 24].map((spent) => withHead(hotp, counter(9n, spent))),
    ...[0, 4, 7, 9, 12].map((length) => withHead(hotp, { ...counter(), payload: filler(length) })),
    onePage(counter(), {
      identity: CREDENTIAL + 31,
      payload: credential({ name: bytes('last slot') }),
    }),
    onePage({ identity: CREDENTIAL + 31, payload: credential({ digits: 5 }) }),
  ];
}

function vaults(): Int32Array[] {
  const master = (payload: readonly number[], ...others: ForgedRecord[]) =>
    forge([{ records: [SERIAL, { identity: ID.master, payload }, ...others] }]);
  const heads = [
    [0, 0], [0, 1], [0, 1000], [1, 0], [1, 1], [1, 3], [2, 0], [2, 1], [2, 999_999],
    [2, 1_000_000], [1, 1_000_001], [1, 2 ** 31], [3, 3], [4, 0], [256, 3],
  ] as const; // biome-ignore format: a table
  const other = (identity: number, payload: readonly number[]) =>
    forge([{ records: [MASTER, { identity, payload }] }]);
  return [
    ...['', 'A', 'A B', '/', ':', 'x'.repeat(32), 'x'.repeat(33)].map((text) =>
      other(ID.serial, bytes(text)),
    ),
    ...[7, 8, 15, 16, 17].map((length) => other(ID.clock, Array<number>(length).fill(0))),
    ...[7, 8, 9, 39, 40, 41, 44].map((length) => other(ID.access, filler(length))),
    ...[0, 43, 44, 45].flatMap((length) =>
      [0, 1].map((slot) =>
        other(ID.responder + slot, [0, ...Array<number>(length).fill(0)].slice(1)),
      ),
    ),
    ...[0, 1, 3, 4, 255].flatMap((flags) =>
      [0, 1].map((slot) => other(ID.responder + slot, [flags, ...Array<number>(43).fill(0)])),
    ),
    other(ID.responder, [0, 1, ...Array<number>(42).fill(0)]),
    ...[253402300799n, 253402300800n].map((setAt) => other(ID.clock, clock(setAt, 0))),
    ...[1, 2, 256].map((wasSetBack) => other(ID.clock, clock(5n, wasSetBack))),
    ...heads.map(([policy, iterations]) => master(vault({ policy, iterations }))),
    ...heads.map(([policy, iterations]) =>
      onePage({ identity: ID.puk, payload: vault({ policy, iterations }) }),
    ),
    ...[0, 68, 71, 73, 76].map((length) => master(vault({ length }))),
    ...[71, 73].map((length) => onePage({ identity: ID.puk, payload: vault({ length }) })),
    // A destruction that was interrupted: no master key, and something of everything else.
    forge([
      {
        records: [
          SERIAL,
          { identity: ID.puk, payload: vault({ policy: 1, iterations: 3 }) },
          { identity: ID.pinTries, payload: number32(1), tally: [SPENT, WRONG], tallyLength: 24 },
          { identity: ID.pukTries, payload: number32(0), tallyLength: 24 },
          counter(),
          { identity: CREDENTIAL, payload: credential(hotp) },
          { identity: CREDENTIAL + 31, payload: credential() },
          { identity: COUNTER + 31, payload: number64(1n), tallyLength: 24 },
        ],
      },
    ]),
  ];
}

/** Tries of a PIN in every state that a pair of words can be in. */
function tries(): Int32Array[] {
  const pin: ForgedRecord = { identity: ID.master, payload: vault({ policy: 1, iterations: 3 }) };
  const puk: ForgedRecord = { identity: ID.puk, payload: vault({ policy: 1, iterations: 3 }) };
  const [failed, torn, right] = [
    [SPENT, WRONG],
    [SPENT, 0x7ac5965a],
    [SPENT, RIGHT],
  ];
  const pairs = [
    [], failed, right, torn, [SPENT], [SPENT, 0], [RIGHT], [0xfffffffe | 0], [BLANK, WRONG],
    [...right, ...failed], [...failed, ...right], [...failed, ...failed, ...right, SPENT],
    [...right, ...Array(3).fill(failed).flat()], [...right, ...Array(4).fill(failed).flat()],
    [...right, ...Array(5).fill(failed).flat()], [...right, ...Array(7).fill(failed).flat()],
    [...right, ...Array(8).fill(failed).flat()], [...right, ...Array(9).fill(failed).flat()],
    Array(11).fill(failed).flat(), Array(12).fill(failed).flat(), Array(12).fill(right).flat(),
    [...Array(11).fill(failed).flat(), SPENT], [...Array(11).fill(right).flat(), ...failed],
    [...right, ...Array(10).fill(failed).flat()],
  ] as number[][]; // biome-ignore format: a table
  return [0, 3, 7].flatMap((carried) =>
    pairs.map((tally, index) => {
      const identity = index % 2 === 0 ? ID.pinTries : ID.pukTries;
      const others = [ID.pinTries, ID.pukTries].map((each) => ({
        identity: each,
        payload: number32(each === identity ? carried : 0),
        tally: each === identity || carried === 3 ? tally : [],
        tallyLength: 24,
      }));
      return forge([{ records: [SERIAL, pin, puk, ...others] }]);
    }),
  );
}

/** Pages in every state, alone and beside others. */
function pages(): Int32Array[] {
  const base: ForgedPage = { records: [SERIAL, MASTER] };
  const second: ForgedPage = {
    records: [{ identity: ID.serial, payload: bytes('SECOND') }],
  };
  const whole = (words: number): ForgedRecord => ({
    identity: 0x10,
    payload: filler(4 * (words - 2)),
  });
  const used = 4 + 20;
  return [
    forge([{ ...base, version: 2 }]),
    forge([base, { ...second, version: 0 }]),
    forge([{ ...base, version: 2, headerFlip: 1 }]),
    ...[1, 0x80, 1 << 31].map((headerFlip) => forge([{ ...base, headerFlip }])),
    ...[1, 32].map((headerFlip) => forge([base, { ...second, headerFlip, finished: BLANK }])),
    ...[15, 16, 17, 0x80, 0xfe].map((replaces) => forge([{ ...base, replaces }])),
    ...[0, 1, 2, 15, 0xff].map((replaces) =>
      forge([base, { ...second, replaces, finished: BLANK }]),
    ),
    forge([base, { ...second, replaces: 0 }]),
    forge([base, { ...second, sequence: 1 }]),
    forge([
      { ...base, sequence: 7 },
      { ...second, sequence: 3 },
    ]),
    forge([
      { ...base, sequence: 2 ** 31 + 1 },
      { ...second, sequence: 5 },
    ]),
    forge([{ ...base, sequence: 0xfffffffe | 0 }]),
    forge([{ ...base, sequence: 0xffffffff | 0 }]),
    forge([{ ...base, sequence: 0 }]),
    ...[BLANK, 1, 0x7fffffff, 0xf0f0f0f0 | 0].flatMap((committed) =>
      [BLANK, 0, 1].map((finished) => forge([base, { ...second, committed, finished }])),
    ),
    ...[1, 0x7fffffff].map((finished) => forge([base, { ...second, finished }])),
    forge([{ ...base, finished: BLANK }, second]),
    // Every page in use, and all but one; the head somewhere in the middle.
    forge(Array.from({ length: PAGES }, (_, page) => ({ ...base, page }))),
    ...[0, 5, 15].map((free) =>
      forge(
        Array.from({ length: PAGES }, (_, page) => ({ ...base, sequence: ((page + 9) % 16) + 1 }))
          .map((forged, page) => ({ ...forged, page }))
          .filter(({ page }) => page !== free),
      ),
    ),
    // Pages that are full to the last word, to the last but one, and beyond.
    ...[250, 251, 252].map((words) => forge([{ records: [SERIAL, MASTER, whole(words - used)] }])),
    forge([{ records: [SERIAL, MASTER, whole(251 - used)] }, { ...second, page: 9 }]),
    ...[250, 251].map((words) =>
      forge([{ records: [SERIAL, MASTER, whole(words - used - 10)], rest: [0x0fffffff] }]),
    ),
    ...[0x5f, 0x60, 0x61, 0x7f].map((identity) => onePage({ identity, payload: filler(4) })),
    ...[ID.pinTries, 0x07, 0x1f, 0x5f].map((identity) => onePage({ identity, isDeletion: true })),
    // Torn, interrupted and foreign words at the end of the log.
    ...[0x7fffffff, 0xfffffffe | 0, 0x00ffffff, 0x12345678].flatMap((word) => [
      forge([{ ...base, rest: [word] }]),
      forge([{ ...base, rest: [word, 5] }]),
      forge([{ ...base, rest: [BLANK, word] }]),
      forge([{ ...base, rest: [...Array<number>(200).fill(BLANK), word] }]),
    ]),
    ...[BLANK, BLANK & ~1, 0x7fffffff, 0x00000001, 0].map((check) =>
      onePage({ identity: CREDENTIAL, payload: credential(), check }),
    ),
    ...[BLANK, 0x3fffffff].map((check) =>
      onePage(
        { identity: 0x10, payload: filler(9), check, tallyLength: 3 },
        { identity: CREDENTIAL, payload: credential() },
      ),
    ),
    // Tallies with gaps and torn words.
    ...[
      [BLANK, SPENT],
      [BLANK, BLANK, 0x7fffffff],
      [SPENT, BLANK, SPENT, BLANK],
    ].map((tally) => withHead(hotp, { ...counter(1n, 0), tally, tallyLength: 24 })),
    // Debris in free pages, which power-on erases.
    ...[0, 1, 4, 5, 128, 254, 255].map((word) => withWord(onePage(), 7 * PAGE_WORDS + word, 0)),
    withWord(onePage(), 15 * PAGE_WORDS + 255, 0x7fffffff),
    withWord(onePage(), PAGE_WORDS, 0xfffffffe | 0),
    withWord(ERASED.slice(), 15 * PAGE_WORDS + 255, 0),
    withWord(ERASED.slice(), 0, 0),
  ];
}

/** Records that are replaced, deleted, or in the way of deletion; and records near the capacity. */
function lives(master: ForgedRecord): Int32Array[] {
  const old: ForgedRecord = { identity: ID.master, payload: vault({ policy: 1, iterations: 3 }) };
  const puk: ForgedRecord = { identity: ID.puk, payload: vault({ policy: 1, iterations: 3 }) };
  const doomed: ForgedRecord = { identity: CREDENTIAL + 3, payload: credential() };
  const deleted: ForgedRecord = { identity: CREDENTIAL + 3, isDeletion: true };
  const kept: ForgedRecord = {
    identity: CREDENTIAL,
    payload: credential({ ...hotp, name: bytes('kept') }),
  };
  const large = (identity: number, words: number): ForgedRecord => ({
    identity,
    payload: filler(4 * (words - 2)),
  });
  const many = Array.from({ length: 13 }, (_, page) => ({
    page: page + 2,
    records: [0, 1, 2, 3].map((index) => large(0x07 + 4 * (page % 6) + index, 56)),
  }));
  return [
    onePage(old, MASTER),
    forge([{ records: [old, SERIAL] }, { records: [MASTER] }]),
    forge([{ records: [MASTER, puk] }, { records: [SERIAL] }, { records: [puk, counter(), kept] }]),
    onePage(doomed, deleted, counter(), kept),
    onePage({ ...counter(), identity: 0x5f }, { identity: 0x5f, isDeletion: true }),
    forge([{ records: [doomed, MASTER] }, { records: [SERIAL, doomed] }, { records: [deleted] }]),
    forge([
      { records: [SERIAL, MASTER, doomed] },
      { records: [doomed, counter(), kept], page: 9 },
      { records: [deleted, counter(8n, 24)], page: 4 },
    ]),
    forge([{ records: [SERIAL, MASTER, counter(), kept, counter(9n, 1)] }, ...many]),
    // 2,925 words of records that count are the capacity: what is left takes one record, or none.
    ...[0, 12, 13, 14, 15, 27, 28, 29, 40, 41, 42, 43, 55, 56, 57, 84, 85].map((room) =>
      nearlyFull(room, master),
    ),
  ];
}

/** A token whose records leave so many words of its capacity. */
function nearlyFull(room: number, master: ForgedRecord): Int32Array {
  let left = 15 * (251 - 56) - room - 4 - 20;
  const filled: ForgedRecord[] = [];
  for (let identity = 0x07; identity < 0x20 && left > 0; identity++) {
    const words = Math.min(125, left);
    filled.push({ identity, payload: filler(4 * Math.max(0, words - 2)) });
    left -= Math.max(2, words);
  }
  const pagesOfTwo = Array.from({ length: Math.ceil(filled.length / 2) }, (_, index) => ({
    records: filled.slice(2 * index, 2 * index + 2),
  }));
  return forge([{ records: [SERIAL, master] }, ...pagesOfTwo]);
}

function withWord(words: Int32Array, at: number, word: number): Int32Array {
  words[at] = word;
  return words;
}

/**
 * All of them, by what they are about.
 * @param masterKey  the payload of a record that opens on the bench
 */
export function forgedImages(
  masterKey: Uint8Array,
): Readonly<Record<string, readonly Int32Array[]>> {
  return {
    credentials: credentials(),
    vaults: vaults(),
    tries: tries(),
    pages: pages(),
    lives: lives({ identity: ID.master, payload: [...masterKey] }),
  };
}
