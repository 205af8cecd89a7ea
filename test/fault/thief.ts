/**
 * A thief at a token with one fault in its firmware, who does not know the PIN. What he may not get:
 * a code; a yes to a wrong secret; a PIN or PUK of his own; a guess that costs no try, or that is
 * forgiven; a guess on a token that is blocked.
 */
import { hotp, readPinStatus, selectManagement, setPin, setPuk } from '../../host/index.ts';
import { hex, RFC_KEY, toHex } from '../fixtures.ts';
import {
  type Firmware,
  GENUINE,
  genuine,
  type Image,
  imageOf,
  pass,
  personalise,
  powerOn,
} from './firmware.ts';

const PIN_TRIES = 8;
const PUK_TRIES = 10;
/** What the thief says while the token makes none wait. */
const HOUR_SECONDS = 3600;
const digits = (text: string) => new TextEncoder().encode(text);
const PIN = digits('271828');
const WRONG_PIN = digits('314159');
const PUK = digits('16180339');
const WRONG_PUK = digits('99999991');
const THIEFS_PIN = digits('141421');
const THIEFS_PUK = digits('17320508');
const ACCOUNT = { name: 'a:b', type: 'hotp', key: RFC_KEY } as const;
const CODES = Array.from({ length: 30 }, (_, counter) => hotp(RFC_KEY, counter));

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

/** RESET RETRY COUNTER that leaves the PIN as it was. */
function allowAgain(puk: Uint8Array): Uint8Array {
  return Uint8Array.of(0x00, 0x2c, 0x01, 0x80, 0x10, ...block(puk));
}

/** CHANGE REFERENCE DATA, of the PIN (80) or the PUK (81). */
function change(reference: number, old: Uint8Array, next: Uint8Array): Uint8Array {
  return Uint8Array.of(0x00, 0x24, 0x00, reference, 0x20, ...block(old), ...block(next));
}

function setFirst(reference: number, secret: Uint8Array): Uint8Array {
  return Uint8Array.of(0x00, 0x24, 0x01, reference, 0x10, ...block(secret));
}

/** SET POLICY: no PIN. */
function removePin(pin: Uint8Array): Uint8Array {
  return Uint8Array.of(0x80, 0x04, 0x00, 0x00, 0x10, ...block(pin));
}

/** A situation: what the thief sends, and what one who knows the secret would send. */
interface Scene {
  readonly name: string;
  /** Wrong PINs that the owner's token has behind it. */
  readonly wrongBefore: number;
  /** Whether each command is refused unless it proves a secret; else a blank token takes them. */
  readonly isCheck: boolean;
  readonly guess: readonly Uint8Array[];
  readonly right: readonly Uint8Array[];
}

/** What makes a blank token the thief's. No secret is asked for, so there is nothing to know better. */
const TAKE_OVER = [setFirst(0x80, THIEFS_PIN), setFirst(0x81, THIEFS_PUK), verify(THIEFS_PIN)];

export const SCENES: readonly Scene[] = [
  {
    name: 'a wrong PIN',
    wrongBefore: 1,
    isCheck: true,
    guess: [verify(WRONG_PIN)],
    right: [verify(PIN)],
  },
  {
    name: 'a PIN on a blocked token',
    wrongBefore: PIN_TRIES,
    isCheck: true,
    guess: [verify(WRONG_PIN)],
    right: [verify(PIN)],
  },
  {
    name: 'a wrong PUK',
    wrongBefore: PIN_TRIES,
    isCheck: true,
    guess: [unblock(WRONG_PUK), verify(THIEFS_PIN)],
    right: [unblock(PUK), verify(THIEFS_PIN)],
  },
  {
    name: 'another PIN for a wrong one',
    wrongBefore: 1,
    isCheck: true,
    guess: [change(0x80, WRONG_PIN, THIEFS_PIN), verify(THIEFS_PIN)],
    right: [change(0x80, PIN, THIEFS_PIN), verify(THIEFS_PIN)],
  },
  {
    name: 'another PUK for a wrong one',
    wrongBefore: 1,
    isCheck: true,
    guess: [change(0x81, WRONG_PUK, THIEFS_PUK)],
    right: [change(0x81, PUK, THIEFS_PUK)],
  },
  {
    name: 'no PIN any more for a wrong one',
    wrongBefore: 1,
    isCheck: false,
    guess: [removePin(WRONG_PIN)],
    right: [removePin(PIN)],
  },
  {
    name: 'the old PIN again for a wrong PUK',
    wrongBefore: PIN_TRIES,
    isCheck: true,
    guess: [allowAgain(WRONG_PUK)],
    right: [allowAgain(PUK)],
  },
  {
    name: 'a first PIN, and a first PUK, where there are both',
    wrongBefore: 1,
    isCheck: false,
    guess: TAKE_OVER,
    right: TAKE_OVER,
  },
];

/** The flash of a token with an account, a PIN, a PUK, and wrong PINs behind it. */
export function startImage(firmware: Firmware, { wrongBefore }: Scene): Image {
  const token = personalise(firmware, [ACCOUNT]);
  setPuk(token, PUK);
  setPin(token, PIN);
  selectManagement(token);
  for (let tries = 0; tries < wrongBefore; tries++) {
    pass(firmware, HOUR_SECONDS);
    token.exchange(verify(WRONG_PIN));
  }
  return imageOf(firmware);
}

/** A command, or what makes one of the answer to the command before it. */
export type Command = Uint8Array | ((answer: Uint8Array) => Uint8Array);

interface Outcome {
  /** Status words of the commands, or how the token stopped. */
  readonly answers: string;
  /** Whether it has said yes to one of them. */
  readonly saidYes: boolean;
  readonly code: string | null;
  readonly image: Image;
}

/** Sends commands to a token, then asks it for a code. */
export function act(firmware: Firmware, image: Image, commands: readonly Command[]): Outcome {
  const answers: string[] = [];
  let code: string | null = null;
  try {
    const token = powerOn(firmware, image);
    pass(firmware, HOUR_SECONDS);
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
  const saidYes = answers.some((answer) => answer.endsWith('9000'));
  return { answers: answers.join(), saidYes, code, image: imageOf(firmware) };
}

// --- what he may not get ----------------------------------------------------------------------

/** Tries that are left, as the genuine firmware says after a faulty one. */
function triesLeft(image: Image): { pin: number; puk: number } | 'damaged' | 'no PIN' {
  const token = genuine(image);
  if (token.fault) return 'damaged';
  selectManagement(token);
  const status = readPinStatus(token);
  return status.policy === 'off' ? 'no PIN' : { pin: status.triesLeft, puk: status.pukTriesLeft };
}

/** What a PIN or PUK of the thief's does on the genuine firmware, if one is in force. */
function his(image: Image): Outcome | undefined {
  return [verify(THIEFS_PIN), unblock(THIEFS_PUK)]
    .map((command) => act(GENUINE, image, [command]))
    .find(({ saidYes }) => saidYes);
}

/** What a thief gets out of a firmware that he should not, or null. */
export function crime(firmware: Firmware, image: Image, scene: Scene): string | null {
  const guess = act(firmware, image, scene.guess);
  if (guess.code !== null && CODES.includes(guess.code)) return 'a code without the PIN';
  if (guess.saidYes && scene.isCheck) return `a yes to a wrong secret: ${guess.answers}`;
  const left = triesLeft(guess.image);
  if (left === 'damaged') return null;
  if (left === 'no PIN') {
    const isThere = genuine(guess.image).text.includes(ACCOUNT.name);
    return isThere ? 'the PIN is gone, the account is not' : null;
  }
  const opened = his(guess.image);
  if (opened) {
    // Whom a fault shows a blank token may give it a PIN, as who erases it may: nothing opens with it.
    const isLikeErasing = !scene.isCheck && opened.code === null;
    return isLikeErasing ? null : "the PIN or PUK is the thief's";
  }
  const before = { pin: PIN_TRIES - scene.wrongBefore, puk: PUK_TRIES };
  if (left.pin > before.pin || left.puk > before.puk) return 'a wrong guess is forgiven';
  if (left.pin < before.pin || left.puk < before.puk) return null;
  const right = act(firmware, image, scene.right);
  const tells = right.answers !== guess.answers || right.code !== guess.code;
  return tells ? `a free guess: ${guess.answers} against ${right.answers}` : null;
}
