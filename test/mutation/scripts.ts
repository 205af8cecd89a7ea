/**
 * What is done to a token under examination: lives that touch every rule of the firmware at its
 * edges. A script ends with the same events on every firmware that does the same.
 */

import { concat, encodeTlv } from '../../host/apdu.ts';
import {
  changePin,
  deleteCredential,
  eraseToken,
  type NewCredential,
  putCredential,
  selectManagement,
  setClock,
  setPin,
  setPinPolicy,
  setPuk,
  type Token,
  TokenError,
  unblockPin,
  verifyPin,
  writeSerialNumber,
} from '../../host/index.ts';
import { hex, RFC_KEY } from '../fixtures.ts';
import { ERASED, PAGE_WORDS, type Remains } from '../power/bench.ts';
import { NOON } from '../power/histories.ts';
import type { Failure, Subject } from './subject.ts';

/** What differs between two runs of a script that are to leave the same behind. */
export interface Secrets {
  readonly keySeed: number;
  readonly pin: string;
  readonly otherPin: string;
  readonly puk: string;
}

export const SECRETS: Secrets = {
  keySeed: 1,
  pin: '271828',
  otherPin: '3141592653589793',
  puk: '16180339',
};

export type Script = (subject: Subject, secrets: Secrets) => void;

const digits = (text: string) => new TextEncoder().encode(text);
const EMPTY: Remains = { words: ERASED, clock: NOON };

/** A key that depends on the seed. */
function keyOf({ keySeed }: Secrets, length = 20): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => (index * 73 + keySeed * 57 + 11) & 0xff);
}

/** Does something that a token may refuse; a refusal is an event like others. */
function attempt(action: () => unknown): void {
  try {
    action();
  } catch (error) {
    if (!(error instanceof TokenError)) throw error;
  }
}

/** Switches on, with the applet selected when the token is fit. */
export function powerOn(subject: Subject, remains: Remains = subject.bench.remains): Token {
  const token = subject.powerOn(remains);
  attempt(() => selectManagement(token));
  return token;
}

/** GET INFO, and GET CREDENTIAL of the slots that scripts and images use. */
const QUESTIONS = ['80100000', '80110000', '80110100', '80110200', '80111f00', '80112000'].map(hex);

/** What a token tells of itself by commands. */
function tell(token: Token): void {
  for (const question of QUESTIONS) token.exchange(question);
}

/** Everything a token tells: by commands, and on each page of its display. */
function lookAt(token: Token): void {
  tell(token);
  for (let stop = 0; stop < 4; stop++) {
    token.press('right');
    token.press('left');
    token.press('ok');
    token.press('down');
  }
}

function personalise(token: Token, credentials: readonly NewCredential[]): void {
  writeSerialNumber(token, 'MUT-1');
  setClock(token, NOON);
  for (const credential of credentials) putCredential(token, { ...credential });
}

// --- accounts ---------------------------------------------------------------------------------

const HASHES = ['SHA1', 'SHA256', 'SHA512'] as const;

const accounts: Script = (subject, secrets) => {
  const token = powerOn(subject, EMPTY);
  personalise(token, []);
  for (const [index, hash] of HASHES.entries()) {
    const counter = [0n, 2n ** 32n - 2n, 2n ** 64n - 3n][index]!;
    const key = keyOf(secrets, [1, 64, 128][index]);
    const name = `${hash}:${'n'.repeat([0, 21, 56][index]!)}`;
    putCredential(token, { name: `t${name}`, key, hash, digits: 8, periodSeconds: 60 });
    putCredential(token, { name: `h${name}`, type: 'hotp', key, hash, digits: 7, counter });
  }
  putCredential(token, { name: 'six', key: keyOf(secrets, 65), periodSeconds: 3600 });
  for (let stop = 0; stop < 16; stop++) {
    token.press('right');
    token.press('left');
    for (let code = 0; code < 3; code++) token.press('ok');
    subject.bench.clock! += 17;
    token.tick();
    subject.uptimeMilliseconds += 30_000;
    token.tick();
    token.press(stop < 8 ? 'down' : 'up');
  }
  tell(token);
  for (const slot of [1, 0, 6, 32, 255, 1]) attempt(() => deleteCredential(token, slot));
  putCredential(token, { name: 'heir', type: 'hotp', key: keyOf(secrets) });
  lookAt(powerOn(subject));
};

/**
 * Counters of the key of RFC 4226 whose truncated MAC lies at a multiple of the modulus or one below
 * it, where a reciprocal that is off by the least bit gives another code. By digits.
 */
export const EDGES: Readonly<Record<6 | 7 | 8, readonly number[]>> = {
  6: [691, 662103, 2654040, 5894889, 349495, 1552630, 1908124, 2237951, 3099116, 4856890],
  7: [1290532, 5472815, 25714633, 26833711, 88197255, 16522894, 16769170, 45994583, 95320131],
  8: [32387340, 45289691, 99360506],
};

/** Codes of 6, 7 and 8 digits: at the edges of the reduction, and a row of others. */
const edges: Script = (subject) => {
  for (const codeDigits of [6, 7, 8] as const) {
    const token = powerOn(subject, EMPTY);
    const common = { type: 'hotp', key: RFC_KEY, digits: codeDigits } as const;
    for (const counter of EDGES[codeDigits]) {
      putCredential(token, { ...common, name: `edge ${counter}`, counter: BigInt(counter) });
    }
    for (let stop = 0; stop < EDGES[codeDigits].length; stop++) {
      token.press('ok');
      token.press('down');
    }
    putCredential(token, { ...common, name: 'row' });
    token.press('up');
    token.press('up');
    for (let code = 0; code < 200; code++) token.press('ok');
  }
};

/** Times whose steps need more than 32 bits, and the last time that a clock takes. */
const farTimes: Script = (subject, secrets) => {
  const token = powerOn(subject, { words: ERASED, clock: null });
  putCredential(token, { name: 'second', key: keyOf(secrets), periodSeconds: 1 });
  putCredential(token, { name: 'half a minute', key: keyOf(secrets), periodSeconds: 30 });
  setClock(token, 2 ** 32 + 12_345);
  lookAt(token);
  for (const clock of [2 ** 33 + 6, 2 ** 36 + 2 ** 31 + 77, 253402300799]) {
    subject.bench.clock = clock;
    token.tick();
    lookAt(token);
  }
};

/** Power comes back over memory that another life has used, and over another flash. */
const warmReset: Script = (subject, secrets) => {
  const hotp = { type: 'hotp', key: keyOf(secrets) } as const;
  const used = powerOn(subject, EMPTY);
  for (let index = 0; index < 33; index++) {
    attempt(() => putCredential(used, { ...hotp, name: `${index}`.padEnd(64, '.') }));
  }
  const full = subject.bench.remains;
  subject.fail({ call: 'flashWrite', at: 0, how: 'refused' });
  used.press('ok');
  subject.fail(null);
  for (const words of [full.words, ERASED]) {
    subject.bench.words.set(words);
    const token = subject.bench.boot();
    attempt(() => selectManagement(token));
    tell(token);
    for (const name of ['first', 'second']) attempt(() => putCredential(token, { ...hotp, name }));
    for (let code = 0; code < 30; code++) token.press('ok');
    attempt(() => deleteCredential(token, 0));
    lookAt(token);
  }
};

/** Bits of free pages fall, each in the page that is opened next. */
const fallenBits: Script = (subject, secrets) => {
  const { words } = subject.bench;
  const token = powerOn(subject, EMPTY);
  personalise(token, [{ name: 'h', type: 'hotp', key: keyOf(secrets) }]);
  for (const offset of [0, 255, 4, 128]) {
    for (let page = 0; page < 16; page++) {
      const start = page * PAGE_WORDS;
      const isFree = words.subarray(start, start + PAGE_WORDS).every((word) => word === -1);
      if (isFree) words[start + offset] = 0x7fffffff;
    }
    for (let code = 0; code < 700; code++) token.press('ok');
    tell(token);
  }
};

/** Accounts on a token that is nearly full: what came and went must be counted rightly. */
export function fillUp(subject: Subject, remains: Remains): void {
  const token = powerOn(subject, remains);
  const key = keyOf(SECRETS);
  for (const name of ['a', 'b']) {
    for (const type of ['totp', 'hotp'] as const) {
      attempt(() => putCredential(token, { name: `${name} ${type}`, type, key }));
    }
    for (const slot of [0, 1]) attempt(() => deleteCredential(token, slot));
  }
  attempt(() => putCredential(token, { name: 'c', key }));
  attempt(() => setPuk(token, digits(SECRETS.puk)));
  attempt(() => setPin(token, digits(SECRETS.pin)));
  attempt(() => verifyPin(token, digits(SECRETS.otherPin)));
  tell(token);
}

/** PUT CREDENTIAL with heads at and beyond each edge. */
const heads: Script = (subject, secrets) => {
  const token = powerOn(subject, EMPTY);
  const put = (type: number, codeDigits: number, name: number, key: number, last: Uint8Array) => {
    const fields = concat(
      encodeTlv(
        0x71,
        Uint8Array.from({ length: name }, (_, at) => 0x61 + ((at + name) % 26)),
      ),
      encodeTlv(0x73, [type, codeDigits], keyOf(secrets, key)),
      last,
    );
    const length = fields.length < 256 ? [fields.length] : [0, 1, fields.length - 256];
    token.exchange(concat([0x80, 0x02, 0, 0], length, fields));
    token.exchange(hex('80120000'));
  };
  const period = (seconds: number) => encodeTlv(0x80, [seconds >> 8, seconds & 0xff]);
  const none = new Uint8Array();
  for (const type of [0x01, 0x10, 0x14, 0x20, 0x24, 0x31]) put(type, 6, 3, 9, period(30));
  for (const codeDigits of [5, 6, 7, 8, 9, 255]) put(0x21, codeDigits, 3, 9, period(30));
  for (const seconds of [0, 1, 3600, 3601, 65535]) put(0x22, 6, 3, 9, period(seconds));
  for (const name of [0, 1, 63, 64, 65]) put(0x23, 6, name, 9, period(30));
  for (const key of [0, 1, 127, 128, 129]) put(0x21, 6, 3, key, period(30));
  // 56 bytes of the block go into the seal: the first length whose padding needs another one.
  put(0x21, 6, 6, 40, period(30));
  put(0x11, 6, 3, 9, none);
  put(0x11, 6, 3, 9, period(0));
  put(0x21, 6, 3, 9, none);
  put(0x21, 6, 64, 128, period(30));
};

/** Names that are taken, and names that only begin or end like one. */
const names: Script = (subject, secrets) => {
  const token = powerOn(subject, EMPTY);
  for (const name of ['abcd', 'abc', 'abce', 'bbcd', 'abcd', 'abcde', 'abc', 'abce']) {
    attempt(() => putCredential(token, { name, key: keyOf(secrets) }));
  }
  tell(token);
};

/** A full house: one account for each slot, one more, and then there is work to do. */
const fullHouse: Script = (subject, secrets) => {
  const token = powerOn(subject, EMPTY);
  for (let index = 0; index < 33; index++) {
    const name = `${index}`.padEnd(64, '.');
    const type = index % 3 === 0 ? 'hotp' : 'totp';
    attempt(() => putCredential(token, { name, type, key: keyOf(secrets, 128) }));
  }
  for (let code = 0; code < 60; code++) token.press('ok');
  deleteCredential(token, 17);
  deleteCredential(token, 0);
  putCredential(token, { name: 'heir', key: keyOf(secrets) });
  lookAt(powerOn(subject));
};

/** Codes enough for the log to go round, with an account deleted whose records are everywhere. */
const longLife: Script = (subject, secrets) => {
  const token = powerOn(subject, EMPTY);
  const kept = { name: 'kept', type: 'hotp', key: keyOf(secrets), counter: 7n } as const;
  personalise(token, [kept, { ...kept, name: 'doomed', counter: 0n }]);
  for (let turn = 0; turn < 20; turn++) {
    for (let code = 0; code < 170; code++) token.press('ok');
    token.press('down');
    for (let code = 0; code < 13; code++) token.press('ok');
    token.press('up');
  }
  deleteCredential(token, 1);
  lookAt(powerOn(subject));
  attempt(() => deleteCredential(powerOn(subject), 0));
};

/** A secret as the commands take it: 16 bytes, padded with FF. */
function block(secret: Uint8Array): Uint8Array {
  return concat(secret, new Uint8Array(16 - secret.length).fill(0xff));
}

// --- PIN --------------------------------------------------------------------------------------

const pinLife: Script = (subject, secrets) => {
  const [pin, other, puk] = [digits(secrets.pin), digits(secrets.otherPin), digits(secrets.puk)];
  const wrong = digits(secrets.pin.replaceAll(/\d/g, (digit) => String(9 - Number(digit))));
  let token = powerOn(subject, EMPTY);
  const hotp = { name: 'h', type: 'hotp', key: keyOf(secrets) } as const;
  personalise(token, [hotp, { name: 't', key: keyOf(secrets, 33), hash: 'SHA256' }]);
  attempt(() => verifyPin(token, pin));
  attempt(() => changePin(token, pin, other));
  attempt(() => unblockPin(token, puk, pin));
  setPin(token, pin);
  attempt(() => unblockPin(token, puk, other));
  token.exchange(concat(hex('0024008120'), block(puk), block(puk)));
  tell(token);
  setPinPolicy(token, 'off', pin);
  setPuk(token, puk);
  attempt(() => setPuk(token, puk));
  setPin(token, pin);
  attempt(() => unblockPin(token, puk.subarray(1), other));
  tell(token);
  attempt(() => setPin(token, other));
  lookAt(token);
  attempt(() => putCredential(token, { name: 'new', key: keyOf(secrets) }));
  for (const [first, second] of [
    [wrong, pin],
    [wrong, wrong],
    [pin, wrong],
  ] as const) {
    attempt(() => verifyPin(token, first));
    tell(token);
    attempt(() => verifyPin(token, second));
    lookAt(token);
    token.exchange(hex('0020ff80'));
    lookAt(token);
  }
  token = powerOn(subject);
  attempt(() => changePin(token, wrong, other));
  changePin(token, pin, other);
  attempt(() => verifyPin(token, pin));
  verifyPin(token, other);
  lookAt(token);
  setPinPolicy(token, 'each-code', other);
  verifyPin(token, other);
  lookAt(token);
  subject.uptimeMilliseconds += 30_000;
  token.tick();
  lookAt(token);
  unblockPin(token, puk, pin);
  attempt(() => setPinPolicy(token, 'once', other));
  setPinPolicy(token, 'off', pin);
  lookAt(token);
  lookAt(powerOn(subject));
  eraseToken(token);
  putCredential(token, hotp);
  lookAt(token);
};

/** How long one waits after each wrong PIN: to the millisecond, and again after power-on. */
const waiting: Script = (subject, secrets) => {
  const [pin, puk] = [digits(secrets.pin), digits(secrets.puk)];
  const wrong = digits('000001');
  let token = powerOn(subject, EMPTY);
  personalise(token, [{ name: 'h', type: 'hotp', key: keyOf(secrets) }]);
  setPuk(token, puk);
  setPin(token, pin);
  for (const milliseconds of [0, 0, 0, 0, 15_000, 30_000, 60_000, 120_000]) {
    subject.uptimeMilliseconds += milliseconds - 1;
    if (milliseconds > 0) attempt(() => verifyPin(token, wrong));
    lookAt(token);
    subject.uptimeMilliseconds += 1;
    attempt(() => verifyPin(token, wrong));
    tell(token);
  }
  subject.uptimeMilliseconds = 0;
  token = powerOn(subject);
  attempt(() => verifyPin(token, pin));
  lookAt(token);
  attempt(() => unblockPin(token, wrong, pin));
  unblockPin(token, puk, pin);
  verifyPin(token, pin);
  lookAt(token);
};

/** Wrong ones and right ones until every record of tries is used up, more than once. */
const manyTries: Script = (subject, secrets) => {
  const [pin, puk] = [digits(secrets.pin), digits(secrets.puk)];
  const token = powerOn(subject, EMPTY);
  setPuk(token, puk);
  setPin(token, pin);
  for (let round = 0; round < 5; round++) {
    for (let wrong = 0; wrong < 3; wrong++) {
      attempt(() => verifyPin(token, digits('000001')));
      tell(token);
    }
    if (round % 2 === 0) verifyPin(token, pin);
    else unblockPin(token, puk, pin);
    tell(token);
  }
  verifyPin(token, pin);
  unblockPin(token, puk, pin);
  tell(token);
};

/** The tenth wrong PUK, and life after it; power is cut in the middle of a second one. */
const destruction: Script = (subject, secrets) => {
  const wrong = digits('99887766');
  const token = powerOn(subject, EMPTY);
  personalise(token, [{ name: 'h', type: 'hotp', key: keyOf(secrets) }]);
  setPuk(token, digits(secrets.puk));
  setPin(token, digits(secrets.pin));
  for (let tries = 0; tries < 11; tries++) {
    subject.uptimeMilliseconds += 16_000_000;
    attempt(() => unblockPin(token, wrong, digits(secrets.pin)));
    tell(token);
  }
  putCredential(token, { name: 'anew', type: 'hotp', key: keyOf(secrets) });
  lookAt(token);
};

/** PINs that may be set and PINs that may not, at each edge of each rule. */
const pinRules: Script = (subject) => {
  const token = powerOn(subject, EMPTY);
  const pins = [
    ['12345', '1234567', '271828', '27182818284590452', '2718281828459045', '', '2'],
    ['111111', '111112', '211111', '1111111111111111', '000000', '999999', '99999999'],
    ['121212', '12121', '1212121', '121213', '131212', '123123', '1231231', '123124', '223123'],
    ['123456', '123457', '234567890', '890123', '987654', '987653', '109876', '210987', '901234'],
    ['012345', '543210', '12a456', '12345/', '12345:', '/23456', ':71828', '27182\x7f', '27182\0'],
    ['923456', '534567', '365432', '012346', '102345', '232323', '323232', '455555', '566566'],
    [
      '112233',
      '124124',
      '1241241',
      '12412412',
      '12412413',
      '424242',
      '4242424',
      '098765',
      '901235',
    ],
  ].flat();
  for (const pin of pins) {
    attempt(() => setPin(token, digits(pin)));
    attempt(() => verifyPin(token, digits(pin)));
    attempt(() => setPinPolicy(token, 'off', digits(pin)));
  }
  for (const puk of ['1618033', '16180339', '1618033988749894', '16180339887498948', '12345678']) {
    attempt(() => setPuk(token, digits(puk)));
    eraseToken(token);
  }
  for (const length of [5, 6, 7, 8, 15, 16, 17]) {
    setPin(token, digits('271828'));
    attempt(() => verifyPin(token, new Uint8Array(length).fill(0x39)));
    tell(token);
    eraseToken(token);
  }
};

export const SCRIPTS: Readonly<Record<string, Script>> = {
  accounts,
  heads,
  names,
  edges,
  farTimes,
  warmReset,
  fallenBits,
  pinLife,
  pinRules,
  waiting,
  manyTries,
  destruction,
  fullHouse,
  longLife,
};

/** Keys, PINs and a master key on their way to a flash, or from a board, that fails. */
const brokenOff: Script = (subject, secrets) => {
  const [pin, other, puk] = [secrets.pin, secrets.otherPin, secrets.puk].map(digits);
  const hotp = { name: 'h', type: 'hotp', key: keyOf(secrets, 100) } as const;
  const failing = (failure: Failure, action: (token: Token) => void) => {
    const token = powerOn(subject);
    subject.fail(failure);
    attempt(() => action(token));
    token.tick();
    subject.fail(null);
  };
  for (const at of [0, 1]) {
    for (const call of ['entropy', 'deviceKey', 'flashWrite'] as const) {
      for (const first of [putCredential, setPuk] as const) {
        powerOn(subject, EMPTY);
        const given = first === setPuk ? puk! : hotp;
        failing({ call, at, how: 'refused' }, (token) => first(token, given as never));
      }
    }
  }
  const token = powerOn(subject);
  putCredential(token, hotp);
  setPuk(token, puk!);
  for (const at of [0, 1, 2, 3]) {
    for (const call of ['entropy', 'deviceKey', 'flashWrite'] as const) {
      const failure = { call, at, how: 'refused' } as const;
      failing(failure, (each) => setPin(each, pin!));
      failing(failure, (each) => putCredential(each, { ...hotp, name: 'new' }));
      failing(failure, (each) => each.press('ok'));
    }
  }
  attempt(() => setPin(powerOn(subject), pin!));
  for (const at of [0, 1, 2, 3, 5, 9, 30]) {
    for (const call of ['deviceKey', 'flashWrite'] as const) {
      const failure = { call, at, how: 'refused' } as const;
      failing(failure, (each) => verifyPin(each, pin!));
      failing(failure, (each) => changePin(each, pin!, other!));
      failing(failure, (each) => unblockPin(each, puk!, pin!));
    }
  }
};

/** An unlocked token whose every account was on the display, locked in each way there is. */
const locking: Script = (subject, secrets) => {
  const [pin, puk] = [digits(secrets.pin), digits(secrets.puk)];
  let token = powerOn(subject, EMPTY);
  personalise(token, [
    { name: 'h', type: 'hotp', hash: 'SHA512', key: keyOf(secrets, 128) },
    { name: 't', key: keyOf(secrets) },
  ]);
  setPuk(token, puk);
  setPin(token, pin);
  const locks: ((token: Token) => void)[] = [
    (each) => each.exchange(hex('0020ff80')),
    (each) => selectManagement(each),
    (each) => attempt(() => verifyPin(each, digits('000001'))),
    (each) => changePin(each, pin, pin),
    (each) => unblockPin(each, puk, pin),
    () => {
      token = powerOn(subject);
    },
    (each) => eraseToken(each),
  ];
  for (const lock of locks) {
    verifyPin(token, pin);
    for (const key of ['ok', 'down', 'up', 'ok'] as const) token.press(key);
    lock(token);
    token.press('right');
  }
};

/** Scripts that are run twice, with different secrets, to see what these leave behind. */
export const LEFTOVER_SCRIPTS: Readonly<Record<string, Script>> = {
  accounts,
  pinLife,
  locking,
  brokenOff,
};

/**
 * Powers on over an image twice, and looks at and uses what comes up.
 * @param guesses whether a wrong PIN is offered, for which the iterations of the image are done
 */
export function bootOver(subject: Subject, remains: Remains, guesses = true): void {
  const token = powerOn(subject, remains);
  if (token.fault === null) {
    tell(token);
    token.press('ok');
    token.press('ok');
    attempt(() => putCredential(token, { name: 'late', key: keyOf(SECRETS) }));
    attempt(() => putCredential(token, { name: 'last', type: 'hotp', key: keyOf(SECRETS) }));
    if (guesses) attempt(() => verifyPin(token, digits('000001')));
  }
  tell(powerOn(subject));
}

/** A script to be run again and again, with something failing in it each time. */
export interface ShortScript {
  readonly start: Remains;
  act(subject: Subject, token: Token): void;
}

/** Short scripts for each thing that writes; what they start from is made by a genuine firmware. */
export function shortScripts(genuine: Subject): Readonly<Record<string, ShortScript>> {
  const [pin, other, puk] = [SECRETS.pin, SECRETS.otherPin, SECRETS.puk].map(digits);
  const key = keyOf(SECRETS);
  const start = (make: (token: Token) => void): Remains => {
    make(powerOn(genuine, EMPTY));
    return genuine.bench.remains;
  };
  const owned = start((token) => {
    personalise(token, [
      { name: 'h', type: 'hotp', key },
      { name: 't', key },
    ]);
    setPuk(token, puk!);
  });
  const locked = start((token) => {
    personalise(token, [
      { name: 'h', type: 'hotp', key },
      { name: 't', key },
    ]);
    setPuk(token, puk!);
    setPin(token, pin!);
  });
  const worn = start((token) => {
    personalise(token, [
      { name: 'h', type: 'hotp', key },
      { name: 'doomed', key },
    ]);
    for (let code = 0; code < 3190; code++) token.press('ok');
  });
  const press = (times: number) => (_: Subject, token: Token) => {
    for (let code = 0; code < times; code++) token.press('ok');
  };
  const trying =
    (...actions: ((token: Token) => unknown)[]) =>
    (_: Subject, token: Token) => {
      for (const action of actions) attempt(() => action(token));
    };
  return {
    'the first power-on': {
      start: EMPTY,
      act: trying((token) => putCredential(token, { name: 'first', key })),
    },
    'a new account': {
      start: owned,
      act: trying((token) => putCredential(token, { name: 'new', type: 'hotp', key })),
    },
    codes: { start: owned, act: press(26) },
    'codes at the end of the log': { start: worn, act: press(60) },
    'a deletion': { start: worn, act: trying((token) => deleteCredential(token, 1)) },
    'a PIN': { start: owned, act: trying((token) => setPin(token, pin!)) },
    'a wrong PIN': { start: locked, act: trying((token) => verifyPin(token, other!)) },
    'a right PIN': {
      start: locked,
      act: trying(
        (token) => verifyPin(token, pin!),
        (token) => token.press('ok'),
      ),
    },
    'another PIN': { start: locked, act: trying((token) => changePin(token, pin!, other!)) },
    'an unblocked PIN': {
      start: locked,
      act: trying(
        (token) => verifyPin(token, other!),
        (token) => unblockPin(token, puk!, other!),
      ),
    },
    'the clock': { start: owned, act: trying((token) => setClock(token, NOON), lookAt) },
    'an end': { start: locked, act: trying(eraseToken) },
  };
}
