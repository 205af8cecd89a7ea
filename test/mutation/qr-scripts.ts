/** Lives of login QR codes and live ones: each size, each way to encode, each rule at its edges. */
import {
  deleteCredential,
  type NewCredential,
  putCredential,
  putLogin,
  setClock,
  setPin,
  setPinPolicy,
  type Token,
} from '../../host/index.ts';
import { command, nameOf, SELECT_OATH } from '../apdu/card.ts';
import { hex } from '../fixtures.ts';
import { ERASED } from '../power/bench.ts';
import { NOON } from '../power/histories.ts';
import refusals from '../vectors/refusals.json' with { type: 'json' };
import {
  attempt,
  digits,
  EMPTY,
  keyOf,
  lookAt,
  personalise,
  powerOn,
  type Script,
  tell,
} from './life.ts';

/** A text of no pattern, the same for the same length. */
const letters = (length: number) =>
  Array.from({ length }, (_, at) => String.fromCharCode(0x61 + ((at * 73 + length * 5) % 26)));
const bytesOf = (length: number) => letters(length).join('');
const login = (token: Token, text: string, name = `l${text.length}`) =>
  attempt(() => putLogin(token, { name, text: digits(text) }));

/** The ways to encode a text, and the changes between them. */
const MODES = [
  'x',
  '0',
  '12',
  '345',
  '6789012345678901234567890123456789',
  'A',
  'AB',
  'HTTPS://LOGIN.EXAMPLE/$%*+-./: ',
  'HTTPS://LOGIN.EXAMPLE/123456789012345678901234567890',
  'https://login.example/123456789012345678901234567890',
  'abcdefghijklmnoABCDEFGHIJKLMNOPQRSTU1234567890123456789012345678901234567890',
  '\u00fc'.repeat(40),
];

/** Bytes that just fit a version at some level, or just do not (ISO/IEC 18004 Table 7). */
const LENGTHS = [
  7, 8, 11, 14, 17, 18, 32, 33, 53, 54, 62, 78, 79, 106, 134, 135, 154, 192, 193, 211,
];

/** Shows everything there is, at its place among the others. */
function walk(token: Token, stops: number): void {
  for (let stop = 0; stop < stops; stop++) {
    token.press('right');
    token.press('left');
    token.press('left');
    token.press('down');
  }
}

const modes: Script = (subject) => {
  const token = powerOn(subject, EMPTY);
  personalise(token, []);
  for (const [index, text] of MODES.entries()) login(token, text, `m${index}`);
  walk(token, MODES.length + 1);
};

const sizes: Script = (subject) => {
  const token = powerOn(subject, EMPTY);
  personalise(token, []);
  for (const length of LENGTHS) login(token, bytesOf(length));
  walk(token, LENGTHS.length + 1);
};

/** Templates that fill in to the largest code, to the room on the screen, and beyond both. */
const live: Script = (subject, secrets) => {
  const token = powerOn(subject, EMPTY);
  personalise(token, []);
  const more = ['', '{serial}', '{step}', '{serial}{step}{code}', bytesOf(170)];
  more.push(...[28, 29, 30].map((steps) => `${bytesOf(31)}${'{step}'.repeat(steps)}`));
  more.push(...[36, 37, 38].map((steps) => '{step}'.repeat(steps)));
  for (const [index, text] of more.entries()) {
    const key = keyOf(secrets);
    const credential: NewCredential = { name: `t${index}`, key, liveQr: `{code}${text}` };
    putCredential(token, { ...credential, periodSeconds: index === 1 ? 90 : 30 });
  }
  walk(token, more.length + 1);
  for (let stop = 0; stop < 3; stop++) {
    token.press('left');
    for (const seconds of [1, 28, 1, 31, 29, 60]) {
      subject.bench.clock! += seconds;
      token.tick();
    }
    token.press('down');
  }
};

/** What a template may not have, and everything about a QR code but what it says. */
const rules: Script = (subject, secrets) => {
  const token = powerOn(subject, EMPTY);
  personalise(token, [{ name: 'live', key: keyOf(secrets), liveQr: 'c={code}' }]);
  for (const length of [0, 1, 210, 211]) login(token, bytesOf(length), 'n');
  for (const length of [147, 148, 149]) login(token, bytesOf(length), 'n'.repeat(64));
  for (const length of [187, 188]) {
    const liveQr = `{code}${bytesOf(length)}`;
    attempt(() => putCredential(token, { name: `${length}`, key: keyOf(secrets), liveQr }));
  }
  tell(token);
  lookAt(token);
  attempt(() => deleteCredential(token, 1));
  tell(powerOn(subject));
  token.press('left');
  setPin(token, digits(secrets.pin));
  setPinPolicy(token, 'each-code', digits(secrets.pin));
  for (const key of ['down', 'left', 'ok'] as const) token.press(key);
  for (const digit of secrets.pin) {
    for (let turn = 0; turn < Number(digit); turn++) token.press('up');
    token.press('ok');
  }
  token.press('down');
  token.press('ok');
  for (const milliseconds of [29_000, 1_000, 1_000]) {
    subject.uptimeMilliseconds += milliseconds;
    token.tick();
  }
};

/** Without a clock: a login QR code needs none, a live one does. */
const clockless: Script = (subject, secrets) => {
  const token = powerOn(subject, { words: ERASED, clock: null });
  putCredential(token, { name: 'live', key: keyOf(secrets), liveQr: '{code}' });
  login(token, bytesOf(40));
  walk(token, 3);
  token.press('down');
  for (const milliseconds of [1_000, 3_599_000, 1_000]) {
    subject.uptimeMilliseconds += milliseconds;
    token.tick();
  }
  setClock(token, NOON);
  walk(token, 3);
};

/** New names that leave room in the record for the text behind them, to the byte, and one that does not. */
const renamed: Script = (subject, secrets) => {
  const token = powerOn(subject, EMPTY);
  const liveQr = `{code}${bytesOf(147)}`;
  personalise(token, [{ name: 'live', key: keyOf(secrets), liveQr }]);
  token.exchange(hex(SELECT_OATH));
  let name = 'live';
  for (const length of [64, 45, 43, 44, 45, 20, 44, 1]) {
    const next = 'n'.repeat(length);
    const answer = token.exchange(hex(command('00050000', nameOf(name), nameOf(next))));
    if (answer.at(-2) === 0x90) name = next;
    token.exchange(hex(LIST));
  }
  token.press('left');
};

interface Refusals {
  readonly states: Readonly<Record<string, readonly string[]>>;
  readonly vectors: readonly { area: string; state: string; command: string }[];
}

/** Every refusal of QR codes that test/vectors/ names, and what the token tells after it. */
const refused: Script = (subject) => {
  const { states, vectors }: Refusals = refusals;
  for (const { state, command } of vectors.filter(({ area }) => area === 'QR codes')) {
    const token = subject.powerOn(EMPTY);
    for (const bytes of [...states[state]!, command, LIST]) token.exchange(hex(bytes));
  }
};
const LIST = '00a10000';

export const QR_SCRIPTS: Readonly<Record<string, Script>> = {
  modes,
  sizes,
  live,
  rules,
  clockless,
  renamed,
  refused,
};
