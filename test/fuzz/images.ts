/**
 * Flash images that nobody sane would give a token: of tokens that were used, then flipped,
 * overwritten, shuffled, or changed inside with guards and checks that fit again.
 */
import { guardedCrc, hex, RFC_KEY, testToken } from '../fixtures.ts';
import { RIGHT, recordWords, SPENT, WRONG } from '../mutation/forge.ts';
import { BLANK, FLASH_WORDS, mix, PAGE_WORDS } from '../power/bench.ts';
import { readImage } from '../power/image-reader.ts';

/** Numbers by chance, the same for the same run. */
export function chance(run: number) {
  let draws = 0;
  return (below: number) => (mix(run, draws++) >>> 0) % below;
}
export type Chance = ReturnType<typeof chance>;

function wordsOf(image: Uint8Array): Int32Array {
  return new Int32Array(image.slice().buffer);
}

/** Images of tokens that were used: fresh, with accounts, with a PIN, near the end of a tally. */
export function images(): Int32Array[] {
  const kinds = ['totp', 'hotp'] as const;
  const many = Array.from({ length: 12 }, (_, index) => ({
    name: `issuer ${index}:account`,
    type: kinds[index % 2]!,
    key: RFC_KEY,
  }));
  const used = testToken(many);
  used.token.press('down');
  for (let press = 0; press < 400; press++) used.token.press('ok');
  const locked = testToken(many.slice(0, 2));
  const block = (digits: string) => digits.padEnd(32, 'f');
  locked.token.exchange(hex(`0024018110${block('3136313830333339')}`));
  locked.token.exchange(hex(`0024018010${block('323731383238')}`));
  return [testToken([]), used, locked].map(({ flash }) => wordsOf(flash.image));
}

/** Ways to spoil an image. */
export const SPOILERS: readonly ((words: Int32Array, draw: Chance) => void)[] = [
  (words, draw) => {
    for (let flips = draw(8); flips >= 0; flips--) words[draw(FLASH_WORDS)]! ^= 1 << draw(32);
  },
  (words, draw) => {
    for (let count = draw(6); count >= 0; count--) words[draw(FLASH_WORDS)] = draw(2) ? 0 : BLANK;
  },
  (words, draw) => {
    const page = draw(16) * PAGE_WORDS;
    words.copyWithin(draw(16) * PAGE_WORDS, page, page + PAGE_WORDS);
  },
  (words, draw) => words.fill(BLANK, draw(FLASH_WORDS), draw(FLASH_WORDS)),
  (words, draw) => {
    for (let at = draw(FLASH_WORDS), end = at + draw(64); at < end; at++) {
      words[at] = mix(at, draw(1 << 30));
    }
  },
  spoilRecord,
  spoilRecord,
  spoilHeader,
  forgeRecord,
  forgeRecord,
];

/** Changes the payload of a record, and its check with it: only the meaning is wrong then. */
function spoilRecord(words: Int32Array, draw: Chance): void {
  const records = readImage(words).records.filter(
    ({ valid, payload }) => valid && payload.length > 0,
  );
  const record = records[draw(Math.max(records.length, 1))];
  if (!record) return;
  const check = record.at + 1 + Math.ceil(record.payload.length / 4);
  for (let count = draw(3); count >= 0; count--) {
    const at = record.at + 1 + draw(check - record.at - 1);
    words[at] = draw(3) === 0 ? mix(at, draw(1 << 30)) : words[at]! ^ (1 << draw(32));
  }
  words[check] = guardedCrc(Array.from(words.subarray(record.at, check)));
}

/** Changes the header of a page, and its check with it: sequence, replaced page. */
function spoilHeader(words: Int32Array, draw: Chance): void {
  const start = draw(16) * PAGE_WORDS;
  words[start + draw(2)]! ^= 1 << draw(32);
  words[start + 2] = guardedCrc([words[start]!, words[start + 1]!]);
  if (draw(2)) words[start + 3 + draw(2)] = draw(2) ? 0 : BLANK;
}

/** Identities of FORMAT.md that a core gives a meaning, and what is next to them. */
const IDENTITIES = [
  0, 1, 2, 3, 4, 5, 5, 6, 6, 7, 7, 8, 9, 0x0a, 0x0b, 0x0c, 0x20, 0x21, 0x3f, 0x40, 0x41,
];
const LENGTHS = [0, 1, 3, 4, 5, 8, 12, 16, 20, 24, 32, 64, 128, 232, 400, 900];
const TALLIES = [0, 1, 2, 23, 24, 24, 24, 25, 63];
/** What tallies are made of, and verdicts in memory. */
const TELLING = [SPENT, RIGHT, WRONG, BLANK];

/**
 * Writes a record that is whole, with a right guard and check, and that no core has written: of any
 * identity, any length and any tally, behind the last record or in its place.
 */
export function forgeRecord(words: Int32Array, draw: Chance): void {
  const last = readImage(words).records.at(-1);
  if (!last) return;
  const pick = (choices: readonly number[]) => choices[draw(choices.length)]!;
  const length = draw(4) === 0 ? draw(1000) : pick(LENGTHS);
  const telling = Array.from({ length: Math.ceil(length / 4) }, () => {
    return draw(2) === 0 ? pick(TELLING) : mix(length, draw(1 << 30));
  });
  const payload = Array.from(new Uint8Array(Int32Array.from(telling).buffer)).slice(0, length);
  const record = recordWords({
    identity: draw(8) === 0 ? draw(0x60) : pick(IDENTITIES),
    payload: draw(3) === 0 ? [...last.payload, ...payload].slice(0, length) : payload,
    tallyLength: draw(4) === 0 ? draw(64) : pick(TALLIES),
    isDeletion: draw(16) === 0,
  });
  const at = draw(3) === 0 ? last.at : last.end;
  const room = (last.page + 1) * PAGE_WORDS - at;
  if (record.length > room) return;
  words.set(record, at);
  if (at === last.at) words.fill(BLANK, at + record.length, at + room);
}
