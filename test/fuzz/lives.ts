/**
 * The firmware against bytes that nobody sane would give it: flash images that were flipped,
 * overwritten, shuffled, or changed inside with checks that fit again, and commands and keys by
 * chance. It may refuse all of it; it must not trap, not hang, not break the contract of the flash,
 * not write where nothing is to be written, and not answer anything that is no answer.
 *
 * A run is named by its number, which is all its randomness.
 */
import type { Key, Token } from '../../host/index.ts';
import { guardedCrc, hex, NOON, RFC_KEY, testToken } from '../fixtures.ts';
import { type Bench, FLASH_WORDS, mix, newBench, PAGE_WORDS } from '../power/bench.ts';
import { readImage } from '../power/image-reader.ts';

const KEYS: readonly Key[] = ['up', 'down', 'left', 'right', 'ok'];
const BLANK = -1;

/** Numbers by chance, the same for the same run. */
export function chance(run: number) {
  let draws = 0;
  return (below: number) => (mix(run, draws++) >>> 0) % below;
}
type Chance = ReturnType<typeof chance>;

// --- images -----------------------------------------------------------------------------------

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

// --- commands ---------------------------------------------------------------------------------

const COMMANDS = [
  '00a4040008a000000527471117',
  '8010000000',
  '80110000',
  '80120000',
  '8003000008000000006b0187c0',
  '80010000024142',
  '8002000019710161731021063132333435363738393031323334800200' + '1e',
  '80020000197101627310110631323334353637383930313233347a0100',
  '0020008006323731383238',
  '0020ff80',
  '00200080',
  '0024018110' + '31363138303333393939ffffffffffff',
  '0024008020' + '323731383238ffffffffffffffffffff' + '333134313539ffffffffffffffffffff',
  '002c008020' + '31363138303333393939ffffffffffff' + '323731383238ffffffffffffffffffff',
  '8004010010' + '323731383238ffffffffffffffffffff',
  '8005dead',
].map(hex);

/** A command, most often one that was meant seriously and then changed. */
function command(draw: Chance): Uint8Array {
  const bytes = Array.from(COMMANDS[draw(COMMANDS.length)]!);
  for (let changes = draw(4); changes > 0; changes--) {
    const at = draw(bytes.length + 1);
    if (draw(4) === 0) bytes.splice(at, draw(3));
    else if (draw(3) === 0) bytes.splice(at, 0, draw(256), draw(256));
    else bytes[at] = draw(256);
  }
  if (draw(40) === 0) while (bytes.length < 512) bytes.push(draw(256));
  return Uint8Array.from(bytes.slice(0, 512));
}

function act(token: Token, draw: Chance): void {
  if (draw(3) === 0) token.press(KEYS[draw(5)]!);
  else if (draw(8) === 0) token.tick();
  else {
    const answer = token.exchange(command(draw));
    const status = (answer.at(-2)! << 8) | answer.at(-1)!;
    if (answer.length < 2 || answer.length > 512 || status < 0x6000 || status > 0x9fff) {
      throw new Error(`answered ${answer.length} bytes with status ${status.toString(16)}`);
    }
  }
}

/** One run: an image, spoilt or not, then some commands and keys. */
function live(bench: Bench, starts: readonly Int32Array[], run: number): void {
  const draw = chance(run);
  const words = starts[draw(starts.length)]!.slice();
  if (draw(3) !== 0) {
    for (let spoils = draw(3); spoils >= 0; spoils--) SPOILERS[draw(SPOILERS.length)]!(words, draw);
  }
  const token = bench.powerOn({ words, clock: draw(4) === 0 ? null : NOON + draw(1 << 20) });
  for (let steps = token.fault ? 2 : draw(6); steps >= 0; steps--) act(token, draw);
  if (!bench.isMemoryOrderly)
    throw new Error('a constant, or memory that is not claimed, was written');
}

/**
 * Runs `count` of them.
 * @param wasm another build of the firmware; default: the one of this package
 * @throws Error that names the run that went wrong
 */
export function liveAll(count: number, wasm?: BufferSource): void {
  const bench = newBench(wasm);
  const starts = images();
  for (let run = 0; run < count; run++) {
    try {
      live(bench, starts, run);
    } catch (error) {
      throw new Error(`run ${run}: ${error}`, { cause: error });
    }
  }
}
