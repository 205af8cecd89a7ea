/**
 * A thief at a token with one fault in its firmware, who does not know the PIN. What he may not get:
 * a code; a guess that costs no try; a guess on a token that is blocked.
 */
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
import { hex, RFC_KEY, testBoard, testToken, toHex } from '../fixtures.ts';

/** Bytes, or compiled already: many scenes are played with one. */
export type Firmware = Uint8Array<ArrayBuffer> | WebAssembly.Module;

const PIN_TRIES = 8;
const PUK_TRIES = 10;
/** What the thief says while the token makes none wait. */
const HOUR_SECONDS = 3600;
const LOOPS_MAX = 2_000_000;
/** `i32.const 1000`, and `i32.const 1` in as many bytes. */
const THOUSAND = Buffer.from([0x41, 0xe8, 0x07]);
const ONE = Buffer.from([0x41, 0x81, 0x00]);
const digits = (text: string) => new TextEncoder().encode(text);
const PIN = digits('271828');
const WRONG_PIN = digits('314159');
const PUK = digits('16180339');
const WRONG_PUK = digits('99999991');
const THIEFS_PIN = digits('141421');
const ACCOUNT = { name: 'a:b', type: 'hotp', key: RFC_KEY } as const;
const CODES = Array.from({ length: 30 }, (_, counter) => hotp(RFC_KEY, counter));

/**
 * The firmware with every constant 1000 made 1: one iteration of PBKDF2, since thousands of tries
 * are to come, and a second that lasts a millisecond.
 */
export function impatient(wasm: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = Buffer.from(wasm);
  while (bytes.includes(THOUSAND)) ONE.copy(bytes, bytes.indexOf(THOUSAND));
  return Uint8Array.from(bytes);
}

// --- what a thief does ------------------------------------------------------------------------

function block(secret: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(16).fill(0xff);
  bytes.set(secret);
  return bytes;
}

function verify(pin: Uint8Array): Uint8Array {
  return Uint8Array.of(0x00, 0x20, 0x00, 0x80, pin.length, ...pin);
}

function unblock(puk: Uint8Array): Uint8Array {
  return Uint8Array.of(0x00, 0x2c, 0x00, 0x80, 0x20, ...block(puk), ...block(THIEFS_PIN));
}

/** A situation: what the thief sends, and what one who knows the secret would send. */
interface Scene {
  readonly name: string;
  /** Wrong PINs that the owner's token has behind it. */
  readonly wrongBefore: number;
  readonly guess: readonly Uint8Array[];
  readonly right: readonly Uint8Array[];
}

export const SCENES: readonly Scene[] = [
  { name: 'a wrong PIN', wrongBefore: 1, guess: [verify(WRONG_PIN)], right: [verify(PIN)] },
  {
    name: 'a PIN on a blocked token',
    wrongBefore: PIN_TRIES,
    guess: [verify(WRONG_PIN)],
    right: [verify(PIN)],
  },
  {
    name: 'a wrong PUK',
    wrongBefore: PIN_TRIES,
    guess: [unblock(WRONG_PUK), verify(THIEFS_PIN)],
    right: [unblock(PUK), verify(THIEFS_PIN)],
  },
];

/** The flash of a token with an account, a PIN, a PUK, and wrong PINs behind it. */
export function startImage(firmware: Firmware, { wrongBefore }: Scene): Uint8Array {
  const { board, clock, flash } = testToken([]);
  const token = new Token(board, firmware);
  selectManagement(token);
  putCredential(token, ACCOUNT);
  setPuk(token, PUK);
  setPin(token, PIN);
  selectManagement(token);
  for (let tries = 0; tries < wrongBefore; tries++) {
    clock.advance(HOUR_SECONDS);
    token.exchange(verify(WRONG_PIN));
  }
  return flash.image;
}

/** A command, or what makes one of the answer to the command before it. */
export type Command = Uint8Array | ((answer: Uint8Array) => Uint8Array);

interface Outcome {
  /** Status words of the commands, or how the token stopped. */
  readonly answers: string;
  readonly code: string | null;
  readonly image: Uint8Array;
}

/** Sends commands to a token, then asks it for a code. */
export function act(firmware: Firmware, image: Uint8Array, commands: readonly Command[]): Outcome {
  const { board, flash, clock } = testBoard(image);
  let loops = 0;
  board.present = () => {
    if (++loops > LOOPS_MAX) throw new Error('endless');
  };
  const answers: string[] = [];
  let code: string | null = null;
  try {
    const token = new Token(board, firmware);
    clock.advance(HOUR_SECONDS);
    token.exchange(hex('00a4040008a000000527471117'));
    let last: Uint8Array = new Uint8Array();
    for (const command of commands) {
      last = token.exchange(typeof command === 'function' ? command(last) : command);
      answers.push(toHex(last));
    }
    for (let press = 0; press < 3 && code === null; press++) {
      token.press('ok');
      code = token.code;
    }
  } catch {
    // A trap, a broken flash contract, an endless loop: the token stops.
    answers.push('stopped');
  }
  return { answers: answers.join(), code, image: flash.image };
}

// --- what he may not get ----------------------------------------------------------------------

const GENUINE = new WebAssembly.Module(tokenWasm);

/** The genuine firmware over what a faulty one has left behind. */
export function genuine(image: Uint8Array): Token {
  return new Token(testBoard(image).board, GENUINE);
}

/** What the genuine firmware says that a faulty one has left behind: tries of PIN and PUK together. */
function triesLeft(image: Uint8Array): number | 'damaged' | 'no PIN' {
  const token = genuine(image);
  if (token.fault) return 'damaged';
  selectManagement(token);
  const status = readPinStatus(token);
  return status.policy === 'off' ? 'no PIN' : status.triesLeft + status.pukTriesLeft;
}

/** What a thief gets out of a firmware that he should not, or null. */
export function crime(firmware: Firmware, image: Uint8Array, scene: Scene): string | null {
  const guess = act(firmware, image, scene.guess);
  if (guess.code !== null && CODES.includes(guess.code)) return 'a code without the PIN';
  const left = triesLeft(guess.image);
  if (left === 'no PIN' && genuine(guess.image).text.includes(ACCOUNT.name)) {
    return 'the PIN is gone, the account is not';
  }
  const isSpent = left !== PIN_TRIES - scene.wrongBefore + PUK_TRIES;
  if (isSpent) return null;
  const right = act(firmware, image, scene.right);
  const tells = right.answers !== guess.answers || right.code !== guess.code;
  return tells ? `a free guess: ${guess.answers} against ${right.answers}` : null;
}
