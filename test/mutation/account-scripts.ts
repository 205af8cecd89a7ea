/** Lives of accounts: every rule of keys, names, counters, codes and the log at its edges. */
import { concat, encodeTlv } from '../../host/apdu.ts';
import {
  deleteCredential,
  putCredential,
  selectManagement,
  setClock,
  setPin,
  setPuk,
  verifyPin,
} from '../../host/index.ts';
import { hex, RFC_KEY } from '../fixtures.ts';
import { ERASED, PAGE_WORDS, type Remains } from '../power/bench.ts';
import {
  attempt,
  digits,
  EMPTY,
  keyOf,
  lookAt,
  personalise,
  powerOn,
  type Script,
  SECRETS,
  tell,
} from './life.ts';
import type { Subject } from './subject.ts';

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
 * it, where a reciprocal that is off by the least bit gives another code; the last one, below 2^16,
 * where the upper half of the product comes from its carries alone. By digits.
 */
export const EDGES: Readonly<Record<6 | 7 | 8, readonly number[]>> = {
  6: [691, 662103, 2654040, 5894889, 349495, 1552630, 1908124, 2237951, 3099116, 4856890, 12559099],
  7: [1290532, 5472815, 25714633, 26833711, 88197255, 16522894, 16769170, 45994583, 95320131],
  8: [32387340, 45289691, 99360506, 76144],
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

export const ACCOUNT_SCRIPTS: Readonly<Record<string, Script>> = {
  accounts,
  heads,
  names,
  edges,
  farTimes,
  warmReset,
  fallenBits,
  fullHouse,
  longLife,
};
