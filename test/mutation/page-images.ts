/** Images of pages in every state, and of records that replace, delete and crowd each other. */
import { BLANK, ERASED, PAGE_WORDS } from '../power/bench.ts';
import {
  COUNTER,
  CREDENTIAL,
  type ForgedPage,
  type ForgedRecord,
  forge,
  ID,
  PAGES,
  recordWords,
  SPENT,
  withWord,
} from './forge.ts';
import {
  bytes,
  counter,
  credential,
  filler,
  hotp,
  MASTER,
  onePage,
  SERIAL,
  vault,
  withHead,
} from './forged-records.ts';
/** Pages in every state, alone and beside others. */
export function pages(): Int32Array[] {
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

/** Words that records may occupy that are not the token's own: FORMAT.md, "Capacity". */
const OWN_WORDS = 149;
const CAPACITY_WORDS = 15 * (251 - 61) - OWN_WORDS;
const FIRST_OTHER = 0x09;

/** Records that are replaced, deleted, or in the way of deletion; and records near the capacity. */
export function lives(master: ForgedRecord): Int32Array[] {
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
    records: [0, 1, 2, 3].map((index) => large(0x0c + 4 * (page % 5) + index, 56)),
  }));
  return [
    onePage(old, MASTER),
    forge([{ records: [old, SERIAL] }, { records: [MASTER] }]),
    forge([{ records: [MASTER, puk] }, { records: [SERIAL] }, { records: [puk, counter(), kept] }]),
    onePage({ identity: 0x07, payload: filler(4) }, { identity: 0x07, payload: filler(8) }),
    onePage(counter(), counter(9n, 1), kept),
    onePage(
      ...[6, 7].map((digits) => ({ identity: CREDENTIAL + 31, payload: credential({ digits }) })),
    ),
    onePage(doomed, deleted, counter(), kept),
    // Tallies that were torn, on a page that is moved when an account on it goes.
    ...[
      [BLANK, SPENT],
      [SPENT, BLANK, 0x7fffffff, BLANK, SPENT],
    ].map((tally) =>
      onePage(
        { identity: CREDENTIAL + 1, payload: credential() },
        { ...counter(1n, 0), identity: 0x43, tally, tallyLength: 24 },
        { ...kept, identity: CREDENTIAL + 3 },
      ),
    ),
    onePage({ ...counter(), identity: 0x5f }, { identity: 0x5f, isDeletion: true }),
    forge([{ records: [doomed, MASTER] }, { records: [SERIAL, doomed] }, { records: [deleted] }]),
    forge([
      { records: [SERIAL, MASTER, doomed] },
      { records: [doomed, counter(), kept], page: 9 },
      { records: [deleted, counter(8n, 24)], page: 4 },
    ]),
    forge([{ records: [SERIAL, MASTER, counter(), kept, counter(9n, 1)] }, ...many]),
    // 2,701 words are the capacity: what is left of them takes one record, or none.
    ...[0, 12, 13, 14, 15, 27, 28, 29, 40, 41, 42, 43, 60, 61, 62, 84, 85].map((room) =>
      nearlyFull(room, master),
    ),
  ];
}

/** Identities that no soundness check asks about: unknown ones, and counters without an account. */
const FILLING = [...range(0x0c, 0x20), ...range(COUNTER + 8, COUNTER + 32)];

/** A token whose records, the kept ones among them, leave so many words of its capacity. */
export function nearlyFull(room: number, ...kept: ForgedRecord[]): Int32Array {
  const records = [SERIAL, ...kept];
  const others = records.filter(({ identity }) => identity >= FIRST_OTHER);
  let left = CAPACITY_WORDS - room - others.flatMap(recordWords).length;
  const filled: ForgedRecord[] = [];
  for (const identity of FILLING) {
    if (left <= 0) break;
    const words = Math.min(125, left);
    filled.push({ identity, payload: filler(4 * Math.max(0, words - 2)) });
    left -= Math.max(2, words);
  }
  const pagesOfTwo = Array.from({ length: Math.ceil(filled.length / 2) }, (_, index) => ({
    records: filled.slice(2 * index, 2 * index + 2),
  }));
  return forge([{ records }, ...pagesOfTwo]);
}

/** The same, for so many words of the whole capacity: of what the token's own records have as well. */
export function brimful(room: number, ...kept: ForgedRecord[]): Int32Array {
  const own = [SERIAL, ...kept].filter(({ identity }) => identity < FIRST_OTHER);
  return nearlyFull(room - OWN_WORDS + own.flatMap(recordWords).length, ...kept);
}

function range(start: number, end: number): number[] {
  return Array.from({ length: end - start }, (_, index) => start + index);
}
