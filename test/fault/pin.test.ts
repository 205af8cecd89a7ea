/**
 * One fault, anywhere in the shipped firmware, while a thief tries a wrong PIN: no code comes out,
 * the PIN does not go away, and whoever is told right from wrong has paid with a try.
 *
 * Every instruction, every fault of faults.ts; `npm test` takes one in SLICE of them,
 * OATHFOB_FULL=1 all. Simulated faults say nothing about pipelines and buses of a real chip.
 */

import { expect, it } from 'vitest';
import tokenWasm from '#token.wasm';
import {
  hotp,
  putCredential,
  readPinStatus,
  selectManagement,
  setPin,
  setPuk,
  Token,
} from '../../host/index.ts';
import { buildFirmware } from '../build.ts';
import { hex, RFC_KEY, testBoard, testToken, toHex } from '../fixtures.ts';
import { type Module, parse } from './code.ts';
import { type Fault, faultsOf, withFault } from './faults.ts';

const SLICE = process.env.OATHFOB_FULL ? 1 : 23;
/** 8 of the PIN, one spent, and 10 of the PUK. */
const TRIES_AT_START = 17;
const LOOPS_MAX = 2_000_000;
/** `i32.const 1000`, and `i32.const 1` in as many bytes. */
const THOUSAND = Buffer.from([0x41, 0xe8, 0x07]);
const ONE = Buffer.from([0x41, 0x81, 0x00]);
const digits = (text: string) => new TextEncoder().encode(text);
const PIN = digits('271828');
const WRONG = digits('314159');
const ACCOUNT = { name: 'a:b', type: 'hotp', key: RFC_KEY } as const;
const CODES = Array.from({ length: 30 }, (_, counter) => hotp(RFC_KEY, counter));

/**
 * The firmware with every constant 1000 made 1: one iteration of PBKDF2, since thousands of tries
 * are to come, and a second that lasts a millisecond.
 */
function impatient(wasm: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = Buffer.from(wasm);
  while (bytes.includes(THOUSAND)) ONE.copy(bytes, bytes.indexOf(THOUSAND));
  return Uint8Array.from(bytes);
}

/** A token with an account, a PIN, a PUK, and one wrong PIN behind it. */
function startImage(firmware: Uint8Array<ArrayBuffer>): Uint8Array {
  const { board, flash } = testToken([]);
  const token = new Token(board, firmware);
  selectManagement(token);
  putCredential(token, ACCOUNT);
  setPuk(token, digits('16180339'));
  setPin(token, PIN);
  selectManagement(token);
  token.exchange(Uint8Array.of(0x00, 0x20, 0x00, 0x80, WRONG.length, ...WRONG));
  return flash.image;
}

interface Outcome {
  /** Status word of VERIFY, or how the token stopped. */
  readonly answer: string;
  readonly code: string | null;
  readonly image: Uint8Array;
}

/** What a thief does with a token: offers a PIN, then asks for a code. */
function steal(firmware: Uint8Array<ArrayBuffer>, image: Uint8Array, pin: Uint8Array): Outcome {
  const { board, flash, clock } = testBoard(image);
  let loops = 0;
  board.present = () => {
    if (++loops > LOOPS_MAX) throw new Error('endless');
  };
  let answer = 'stopped';
  let code: string | null = null;
  try {
    const token = new Token(board, firmware);
    clock.advance(1000);
    token.exchange(hex('00a4040008a000000527471117'));
    answer = toHex(token.exchange(Uint8Array.of(0x00, 0x20, 0x00, 0x80, pin.length, ...pin)));
    for (let press = 0; press < 3 && code === null; press++) {
      token.press('ok');
      code = token.code;
    }
  } catch {
    // A trap, a broken flash contract, an endless loop: the token stops.
  }
  return { answer, code, image: flash.image };
}

/** Asks the genuine firmware what a faulty one has left behind: the tries of PIN and PUK together. */
function triesLeft(image: Uint8Array): number | 'damaged' | 'no PIN' {
  const token = new Token(testBoard(image).board);
  if (token.fault) return 'damaged';
  selectManagement(token);
  const status = readPinStatus(token);
  return status.policy === 'off' ? 'no PIN' : status.triesLeft + status.pukTriesLeft;
}

/** What is wrong with the outcome of a fault, or null. */
function crime(firmware: Uint8Array<ArrayBuffer>, image: Uint8Array): string | null {
  const wrong = steal(firmware, image, WRONG);
  if (wrong.code !== null && CODES.includes(wrong.code)) return 'a code without the PIN';
  const left = triesLeft(wrong.image);
  if (left === 'no PIN' && new Token(testBoard(wrong.image).board).text.includes(ACCOUNT.name)) {
    return 'the PIN is gone, the account is not';
  }
  if (left !== TRIES_AT_START) return null;
  const right = steal(firmware, image, PIN);
  const tells = right.answer !== wrong.answer || right.code !== wrong.code;
  return tells ? `a free guess: ${wrong.answer} against ${right.answer}` : null;
}

function faultsToTry(module: Module): Fault[] {
  return module.instructions.flatMap(faultsOf).filter((_, index) => index % SLICE === 0);
}

it('no single fault gives a code, or a free guess, to who does not know the PIN', () => {
  const firmware = impatient(tokenWasm);
  const image = startImage(firmware);
  expect(triesLeft(image)).toBe(TRIES_AT_START);
  expect(crime(firmware, image)).toBeNull();
  const module = parse(firmware);
  const crimes: string[] = [];
  let tried = 0;
  for (const fault of faultsToTry(module)) {
    const faulty = withFault(module, fault);
    if (faulty === null) continue;
    tried++;
    const found = crime(faulty, image);
    if (found) crimes.push(`${fault.name}: ${found}`);
  }
  console.log(`${tried} faults tried, one in ${SLICE} of all`);
  expect(crimes).toEqual([]);
}, 1_800_000);

it('notices a firmware that compares without counting', async () => {
  const careless = impatient(await buildFirmware({ 'assembly/pin/tries.ts': forgetful }));
  const image = startImage(impatient(tokenWasm));
  expect(crime(careless, image)).toBe('a free guess: 63c7 against 9000');
});

it('notices a firmware that asks for a PIN and seals nothing under it', async () => {
  const hollow = impatient(await buildFirmware({ 'assembly/pin/vault.ts': unsealed }));
  expect(crime(hollow, startImage(hollow))).toBe('a code without the PIN');
});

/** Neither counts a try nor writes its verdict. */
function forgetful(source: string): string {
  return source
    .replace(/(function countTry.*\n)/, '$1  if (identity !== 0) return true;\n')
    .replace(/(function settleTry.*\n)/, '$1  if (identity !== 0) return right || !right;\n');
}

/** Leaves the PIN out of the sealing key. */
function unsealed(source: string): string {
  return source.replace('if (length !== 0) {', 'if (length === 1000) {');
}
