/**
 * Reads a token image by assembly/store/FORMAT.md, and shares nothing with the firmware but that
 * document: it is there to contradict it. It says damage where the document says damage, and is
 * stricter in one place: an unfinished page that is not the newest.
 */
import type { Model } from '../model/model.ts';

const PAGES = 16;
const PAGE_WORDS = 256;
const HEADER_WORDS = 5;
const BLANK = 0xffffffff;
const NO_PAGE = 0xff;

export type PageState = 'free' | 'debris' | 'replaced' | 'in use';

export interface ImageRecord {
  readonly page: number;
  /** Index of its first word in the image. */
  readonly at: number;
  /** Index behind its last word. */
  readonly end: number;
  readonly identity: number;
  readonly deleted: boolean;
  /** Whether its check word counts; if not, its writing was interrupted. */
  readonly valid: boolean;
  readonly payload: Uint8Array;
  /** Tally words up to the last one that is not blank. */
  readonly spent: number;
  readonly tally: Uint32Array;
}

export interface ImageReading {
  readonly pages: readonly PageState[];
  /** In the order of page sequence and place. */
  readonly records: readonly ImageRecord[];
  /** The record that counts for each identity; deleted ones are not in it. */
  readonly live: ReadonlyMap<number, ImageRecord>;
  readonly liveWords: number;
  /** What is wrong, each in a sentence; empty for what power cuts can leave. */
  readonly damage: readonly string[];
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});

function countOnes(word: number): number {
  let count = 0;
  for (let rest = word; rest !== 0; rest &= rest - 1) count++;
  return count;
}

function guard(information: number): number {
  return ((information << 5) | (27 - countOnes(information))) >>> 0;
}

const isGuarded = (word: number) => guard(word >>> 5) === word;

/** The guarded CRC of `image[from .. to)`. */
function checkOf(image: Uint32Array, from: number, to: number): number {
  let crc = 0xffffffff;
  for (let at = from; at < to; at++) {
    for (let shift = 0; shift < 32; shift += 8) {
      crc = CRC_TABLE[(crc ^ (image[at]! >>> shift)) & 0xff]! ^ (crc >>> 8);
    }
  }
  return guard(~crc >>> 5);
}

function isBlank(image: Uint32Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (image[at] !== BLANK) return false;
  return true;
}

/** Reads the 4,096 words of an image, as they stand, without mending anything. */
export function readImage(words: Int32Array): ImageReading {
  const image = new Uint32Array(words.buffer, words.byteOffset, words.length);
  const damage: string[] = [];
  const pages = readPages(image, damage);
  const sequence = (page: number) => image[page * PAGE_WORDS + 1]!;
  const order = [...pages.keys()]
    .filter((page) => pages[page] === 'in use')
    .sort((first, second) => sequence(first) - sequence(second));
  const records = order.flatMap((page) => readRecords(image, page, damage));
  const last = new Map<number, ImageRecord>();
  for (const record of records) if (record.valid) last.set(record.identity, record);
  const live = new Map([...last].filter(([, record]) => !record.deleted));
  const liveWords = [...live.values()].reduce((sum, { at, end }) => sum + end - at, 0);
  return { pages, records, live, liveWords, damage };
}

// --- pages ------------------------------------------------------------------------------------

function readPages(image: Uint32Array, damage: string[]): PageState[] {
  const pages = Array.from({ length: PAGES }, (_, page) => pageState(image, page));
  const inUse = [...pages.keys()].filter((page) => pages[page] === 'in use');
  const sound = inUse.filter((page) => isHeaderSound(image, page * PAGE_WORDS));
  const sequenceOf = (page: number) => image[page * PAGE_WORDS + 1]!;
  const newest = sound.reduce(
    (best, page) => (sequenceOf(page) > sequenceOf(best) ? page : best),
    sound[0] ?? -1,
  );
  for (const page of inUse) {
    if (image[page * PAGE_WORDS + 4] !== BLANK) continue;
    if (page !== newest) damage.push(`page ${page} is unfinished and not the newest`);
  }
  if (newest >= 0 && image[newest * PAGE_WORDS + 4] === BLANK) {
    const replaced = image[newest * PAGE_WORDS]! & 0xff;
    if (replaced !== NO_PAGE) pages[replaced] = 'replaced';
  }
  for (const page of inUse) {
    if (pages[page] === 'in use' && !sound.includes(page)) damage.push(`header of page ${page}`);
  }
  const sequences = sound.filter((page) => pages[page] === 'in use').map(sequenceOf);
  if (new Set(sequences).size !== sequences.length) damage.push('two pages with one sequence');
  if (!pages.some((state) => state !== 'in use')) damage.push('no page is free');
  return pages;
}

function pageState(image: Uint32Array, page: number): PageState {
  const start = page * PAGE_WORDS;
  const committed = image[start + 3];
  const isInUse = committed !== BLANK && (committed === 0 || image[start + 4] !== BLANK);
  if (isInUse) return 'in use';
  return isBlank(image, start, start + PAGE_WORDS) ? 'free' : 'debris';
}

function isHeaderSound(image: Uint32Array, start: number): boolean {
  const replaced = image[start]! & 0xff;
  return (
    image[start]! >>> 8 === 0x4f4601 &&
    (replaced < PAGES || replaced === NO_PAGE) &&
    image[start + 1] !== 0 &&
    image[start + 2] === checkOf(image, start, start + 2)
  );
}

// --- records ----------------------------------------------------------------------------------

function readRecords(image: Uint32Array, page: number, damage: string[]): ImageRecord[] {
  const records: ImageRecord[] = [];
  const pageEnd = (page + 1) * PAGE_WORDS;
  let at = page * PAGE_WORDS + HEADER_WORDS;
  while (at < pageEnd) {
    const word = image[at]!;
    if (word === BLANK || !isGuarded(word)) {
      const rest = word === BLANK ? at : at + 1;
      if (!isBlank(image, rest, pageEnd))
        damage.push(`word ${at}: no record, but not blank behind`);
      break;
    }
    const record = readRecord(image, page, at, damage);
    if (record === null) break;
    records.push(record);
    at = record.end;
  }
  return records;
}

/** The record that begins with a whole first word; null when it is damage. */
function readRecord(
  image: Uint32Array,
  page: number,
  at: number,
  damage: string[],
): ImageRecord | null {
  const information = image[at]! >>> 5;
  const identity = information >>> 19;
  const deleted = ((information >>> 18) & 1) === 1;
  const length = (information >>> 8) & 0x3ff;
  const tallyLength = (information >>> 2) & 0x3f;
  const checkAt = at + 1 + Math.ceil(length / 4);
  const end = checkAt + 1 + tallyLength;
  if (identity >= 0x60 || end > (page + 1) * PAGE_WORDS) {
    damage.push(`word ${at}: no such record`);
    return null;
  }
  const check = image[checkAt]!;
  const expected = checkOf(image, at, checkAt);
  const torn = !isGuarded(check) && (check & expected) >>> 0 === expected;
  if (check !== BLANK && check !== expected && !torn) {
    damage.push(`word ${checkAt}: check of record ${identity.toString(16)}`);
    return null;
  }
  let spent = tallyLength;
  while (spent > 0 && image[checkAt + spent] === BLANK) spent--;
  const tally = image.slice(checkAt + 1, end);
  const bytes = new Uint8Array(image.buffer, image.byteOffset + (at + 1) * 4, length);
  return {
    page,
    at,
    end,
    identity,
    deleted,
    valid: check !== BLANK,
    payload: bytes.slice(),
    spent,
    tally,
  };
}

// --- what the records say ---------------------------------------------------------------------

const number64 = (bytes: Uint8Array) => new DataView(bytes.buffer).getBigUint64(0, true);
const TYPE_HOTP = 0x10;
/** The policy of the master key that asks for the PIN before each code; assembly/pin/vault.ts. */
const EACH_CODE = 2;
/** The bit of a credential that says so; assembly/oath/credential.ts. */
const TOUCH = 0x02;
/** A record 08 that is longer holds an access code; assembly/oath/secret.ts. */
const SALT_BYTES = 8;

/** The token that an image stands for; FORMAT.md, "Identities", and assembly/oath/credential.ts. */
export function modelOf({ live }: ImageReading): Model {
  const accounts: Record<string, bigint | null> = {};
  const touch: string[] = [];
  for (let slot = 0; slot < 32; slot++) {
    const credential = live.get(0x20 + slot);
    if (!credential) continue;
    const counter = live.get(0x40 + slot);
    const isHotp = (credential.payload[0]! & 0xf0) === TYPE_HOTP;
    const name = nameOf(credential);
    if (((credential.payload[6] ?? 0) & TOUCH) !== 0) touch.push(name);
    accounts[name] = isHotp ? number64(counter!.payload) + BigInt(counter!.spent) : null;
  }
  const serial = live.get(0x01);
  const clock = live.get(0x02);
  const policy = live.get(0x03)?.payload[0] ?? 0;
  return {
    serial: serial ? new TextDecoder().decode(serial.payload) : null,
    // 0 stands for never: a code came for a moment that a host gave.
    clockSetAt: (clock && Number(number64(clock.payload))) || null,
    accounts,
    pin: policy !== 0 ? { digits: '', failed: failedTries(live.get(0x05)) } : null,
    eachCode: policy === EACH_CODE,
    puk: live.has(0x04) ? { digits: '', failed: failedTries(live.get(0x06)) } : null,
    touch,
    code: (live.get(0x08)?.payload.length ?? 0) > SALT_BYTES ? '' : null,
    responders: [live.has(0x09) ? '' : null, live.has(0x0a) ? '' : null],
    admin: live.has(0x0b) ? { digits: '', failed: failedTries(live.get(0x07)) } : null,
  };
}

/** The latest minute since 1970 for which a code was shown, by the record of the clock; 0 for none. */
export function lastCodeMinuteOf({ live }: ImageReading): number {
  const clock = live.get(0x02);
  return clock ? new DataView(clock.payload.buffer).getUint32(8, true) : 0;
}

/** The verdict of a right PIN; FORMAT.md, "Tally". */
const RIGHT = 0x3ac5965a;

/** Tries missed in a row: pairs of tally words behind the last right one, or all and those carried. */
function failedTries(record: ImageRecord | undefined): number {
  if (!record) return 0;
  const { payload, spent, tally } = record;
  let failed = 0;
  for (let pair = Math.ceil(spent / 2) - 1; pair >= 0; pair--) {
    if (tally[2 * pair + 1] === RIGHT) return failed;
    failed++;
  }
  return failed + new DataView(payload.buffer).getUint32(0, true);
}

/** The name in the record of a credential. */
export function nameOf({ payload }: ImageRecord): string {
  return new TextDecoder().decode(payload.subarray(8, 8 + payload[4]!));
}

/** The words of a credential's record that hold nothing but tag and sealed key. */
export function sealedWords(words: Int32Array, credential: ImageRecord): Int32Array {
  const first = credential.at + 1 + Math.ceil((8 + credential.payload[4]!) / 4);
  const last = credential.at + 1 + Math.floor(credential.payload.length / 4);
  return words.slice(first, last);
}
