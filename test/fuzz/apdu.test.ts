/**
 * Sequences of commands that go wrong in every way: TLVs and lengths that do not fit, applets mixed
 * up, answers in parts and waits for a key that are interrupted. The firmware must not trap, not hang,
 * answer with nothing but a status word to what it refuses, and change nothing then.
 *
 * `npm test` makes some thousand sequences, with CI=1 as many as fit in a minute. A failing one
 * is named by its number, which is all its randomness.
 */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { concat } from '../../host/apdu.ts';
import type { Key, Token } from '../../host/index.ts';
import { hex, NOON, RFC_KEY, toHex } from '../fixtures.ts';
import { type Bench, ERASED, mix, newBench } from '../power/bench.ts';

const SEQUENCES = 3_000;
const FULL_MILLISECONDS = 60_000;
const COMMANDS_IN_SEQUENCE = 24;
const KEYS: readonly Key[] = ['up', 'down', 'left', 'right', 'ok'];

/** States of test/vectors/refusals.json whose flash the sequences begin with. */
const STATES = [
  'personalised',
  'management with PIN',
  'accounts',
  'accounts and clock',
  'full',
  'access code, not proved',
  'PIN and access code, locked',
  'only-increasing',
  'slots',
];

type Chance = (below: number) => number;

/** Numbers by chance, the same for the same sequence. */
function chance(sequence: number): Chance {
  let draws = 0;
  return (below) => (mix(sequence, draws++) >>> 0) % below;
}

const pick = <Item>(draw: Chance, items: readonly Item[]): Item => items[draw(items.length)]!;

// --- where it begins --------------------------------------------------------------------------

function images(bench: Bench): Int32Array[] {
  const file = new URL('../vectors/refusals.json', import.meta.url);
  const { states } = JSON.parse(readFileSync(file, 'utf8'));
  return STATES.map((state) => {
    const token = bench.powerOn({ words: ERASED, clock: NOON });
    for (const command of states[state]) token.send(hex(command));
    return bench.words.slice();
  });
}

// --- commands ---------------------------------------------------------------------------------

const text = (words: string) => new TextEncoder().encode(words);
const NAMES = ['t:one', 'h:one', '60/t:minute', 'i:one', 'account 7', 'a:b', 'x', '0/x'].map(text);
const TYPES = [0x21, 0x21, 0x11, 0x11, 0x22, 0x13, 0x31];
const NUMBERS = [0n, 1n, 1000n, BigInt(NOON / 30), BigInt(NOON), 2n ** 64n - 1n];

/** A TLV, most often one that is right. */
function tlv(draw: Chance, tag: number, value: Uint8Array): Uint8Array {
  const lie = draw(24) === 0 ? draw(256) : value.length;
  if (draw(24) === 0) return concat([tag, 0x80 | draw(5), lie], value);
  const length = lie < 128 ? [lie] : [0x81, lie];
  return concat([draw(24) === 0 ? draw(256) : tag], length, value);
}

function number(draw: Chance): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, pick(draw, NUMBERS));
  return draw(10) === 0 ? bytes.subarray(draw(9)) : bytes;
}

function key(draw: Chance): Uint8Array {
  const length = draw(12) === 0 ? draw(140) : RFC_KEY.length;
  const head = [pick(draw, TYPES), pick(draw, [6, 7, 8, 8, 8, 9])];
  return concat(head, new Uint8Array(length).fill(0x5a));
}

/** Fields by tag; what a command is made of, by instruction. */
const FIELDS: Readonly<Record<number, (draw: Chance) => Uint8Array>> = {
  113: (draw) => tlv(draw, 0x71, pick(draw, NAMES)),
  115: (draw) => tlv(draw, 0x73, key(draw)),
  116: (draw) => tlv(draw, 0x74, number(draw)),
  117: (draw) => tlv(draw, 0x75, new Uint8Array(draw(8) === 0 ? draw(30) : 20)),
  120: (draw) => Uint8Array.of(0x78, draw(5)),
  122: (draw) => tlv(draw, 0x7a, number(draw).subarray(4)),
  128: (draw) => tlv(draw, 0x80, number(draw).subarray(6)),
};
const OATH: readonly (readonly [number, readonly number[]])[] = [
  [0x01, [0x71, 0x73]],
  [0x01, [0x71, 0x73, 0x78]],
  [0x01, [0x71, 0x73, 0x7a]],
  [0x02, [0x71]],
  [0x03, [0x73, 0x74, 0x75]],
  [0x05, [0x71, 0x71]],
  [0xa1, []],
  [0xa1, []],
  [0xa2, [0x71, 0x74]],
  [0xa2, [0x71, 0x74]],
  [0xa3, [0x75, 0x74]],
  [0xa4, [0x74]],
  [0xa5, []],
  [0xa5, []],
  [0xc0, []],
];
/** An account `x` whose codes a host gets after OK was pressed. */
const PUT_WITH_TOUCH = hex('000100000c 710178 73052108313233 7802');
/** A live QR code and a login QR code. */
const PUT_QR = [
  '8002000019 710171 730721063132333435 8002001e 7d07733d0126633d02',
  '800200000e 71016c 73023000 7d056c6f67696e',
];
const FIXED = [
  '00a4040008a000000527471117',
  '00a4040007a0000005272101',
  '00a4040007a0000005272101',
  '00a4040007a0000005272101',
  '00a4040007a0000005272001',
  '00a4040007d2760001240102',
  '0020008006323731383238',
  '0020ff80',
  '00200080',
  '80100000',
  '80110000',
  '80120000',
  '001d0000',
  '00030000',
  '00011000',
  '0004dead',
  ...PUT_QR,
].map(hex);

/** The bytes of a command, most often one that was meant seriously. */
function command(draw: Chance): Uint8Array {
  const kind = draw(12);
  if (kind < 3) return mangle(draw, pick(draw, FIXED));
  if (kind === 3) return mangle(draw, slotCommand(draw));
  const [instruction, tags] = pick(draw, OATH);
  const order = draw(12) === 0 ? [...tags, pick(draw, [0x71, 0x73, 0x74, 0x80])] : tags;
  const data = concat(...order.map((tag) => FIELDS[tag]!(draw)));
  const cla = draw(16) === 0 ? pick(draw, [0x10, 0x80, 0x90]) : 0;
  const isCalculation = instruction === 0xa2 || instruction === 0xa4;
  const header = [cla, instruction, 0, isCalculation ? draw(2) : 0];
  if (draw(16) === 0) header[2 + draw(2)] = draw(256);
  return mangle(draw, concat(header, lengthField(draw, data.length), data));
}

/** Lc, short or extended, at times one that lies. */
function lengthField(draw: Chance, length: number): number[] {
  const lie = draw(20) === 0 ? draw(300) : length;
  if (lie === 0) return draw(2) === 0 ? [] : [0];
  return lie < 256 && draw(8) !== 0 ? [lie] : [0, lie >> 8, lie & 0xff];
}

function slotCommand(draw: Chance): Uint8Array {
  const length = draw(10) === 0 ? draw(70) : pick(draw, [58, 64]);
  const data = new Uint8Array(length).fill(pick(draw, [0, 0, 0x40, 0xff]));
  return concat([0, 1, pick(draw, [1, 3, 0x30, 0x38, 0x13]), 0, length], data);
}

/** Cuts, adds to or changes some commands; the others stay as they are. */
function mangle(draw: Chance, bytes: Uint8Array): Uint8Array {
  const kind = draw(16);
  if (kind === 0) return bytes.subarray(0, draw(bytes.length));
  if (kind === 1) return concat(bytes, new Uint8Array(1 + draw(3)));
  if (kind > 3 || bytes.length === 0) return bytes;
  const changed = bytes.slice();
  changed[draw(changed.length)] = draw(256);
  return changed;
}

// --- running ----------------------------------------------------------------------------------

/** Status words of a refusal that leave something behind: a spent try, a flash that is broken. */
const LEAVES_MARKS = /^(63c.|6581)$/;

/** What came of commands: how many were answered, refused, and left to wait. */
interface Tally {
  done: number;
  refused: number;
  waited: number;
}

function check(bench: Bench, before: Int32Array, answer: Uint8Array, tally: Tally): void {
  const status = toHex(answer.subarray(-2));
  if (answer.length < 2 || answer.length > 258) throw new Error(`answer: ${toHex(answer)}`);
  if (status === '9000' || status.startsWith('61')) {
    tally.done++;
    return;
  }
  tally.refused++;
  if (!/^6[3-9a-f]/.test(status)) throw new Error(`status ${status}`);
  if (answer.length > 2) throw new Error(`refused with data: ${toHex(answer)}`);
  if (LEAVES_MARKS.test(status)) return;
  const changed = before.findIndex((word, at) => word !== bench.words[at]);
  if (changed >= 0) throw new Error(`status ${status}, and word ${changed} changed`);
}

function step(bench: Bench, token: Token, draw: Chance, before: Int32Array, tally: Tally): void {
  const kind = draw(12);
  if (kind === 0) token.press(pick(draw, KEYS));
  else if (kind === 1) token.tick();
  before.set(bench.words);
  const answer = kind === 2 ? token.collect() : token.submit(command(draw));
  if (answer === null) tally.waited++;
  else check(bench, before, answer, tally);
}

/** One sequence, from power-on; @throws Error when anything is wrong */
function live(bench: Bench, starts: readonly Int32Array[], sequence: number, tally: Tally): void {
  const draw = chance(sequence);
  const before = new Int32Array(ERASED.length);
  const token = bench.powerOn({ words: pick(draw, starts), clock: draw(4) ? NOON : null });
  token.submit(FIXED[1]!);
  if (draw(2) === 0) token.submit(FIXED[6]!);
  if (draw(2) === 0) token.submit(PUT_WITH_TOUCH);
  for (let count = 0; count < COMMANDS_IN_SEQUENCE; count++)
    step(bench, token, draw, before, tally);
}

it('no sequence of commands traps, hangs, or changes anything when it is refused', () => {
  const bench = newBench();
  const starts = images(bench);
  const tally = { done: 0, refused: 0, waited: 0 };
  const started = performance.now();
  const isFull = process.env.CI !== undefined;
  const goesOn = (sequence: number) =>
    isFull ? performance.now() - started < FULL_MILLISECONDS : sequence < SEQUENCES;
  let sequence = 0;
  for (; goesOn(sequence); sequence++) {
    try {
      live(bench, starts, sequence, tally);
    } catch (error) {
      throw new Error(`sequence ${sequence}: ${(error as Error).message}`, { cause: error });
    }
  }
  const commands = tally.done + tally.refused + tally.waited;
  const perSecond = Math.round((commands * 1000) / (performance.now() - started));
  console.log(`${sequence} sequences, ${commands} commands, ${perSecond} a second`, tally);
  expect(tally.done).toBeGreaterThan(commands / 20);
  expect(tally.refused).toBeGreaterThan(commands / 5);
  expect(tally.waited).toBeGreaterThan(0);
}, 300_000);
