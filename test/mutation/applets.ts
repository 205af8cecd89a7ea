/** Scripts in the words of the OATH and OTP applets, each rule of theirs at its edges. */
import { createHmac } from 'node:crypto';
import {
  calculate,
  command,
  configuration,
  nameOf,
  put,
  SELECT_MANAGEMENT,
  SELECT_OATH,
  SELECT_OTP,
  stepOf,
  tlv,
} from '../apdu/card.ts';
import { hex, toHex } from '../fixtures.ts';
import { ERASED, type Remains } from '../power/bench.ts';
import { NOON } from '../power/histories.ts';
import { powerOn, type Script } from './life.ts';
import type { Subject } from './subject.ts';

const WITHOUT_CLOCK: Remains = { words: ERASED, clock: null };
const LIST = '00a10000';
const HOST_CHALLENGE = '0102030405060708';
/** PUT of a property: a tag without a length. */
const INCREASING = '7801';
/** As far as a step may be ahead of the one before: a year of half minutes. */
const STEPS_AHEAD_MAX = 1_051_200n;

/** Sends commands one after the other, whatever the answers; the last one, in hex. */
function talk(subject: Subject, remains: Remains, ...commands: readonly string[]): string {
  const token = powerOn(subject, remains);
  return commands.reduce((_, bytes) => toHex(token.exchange(hex(bytes))), '');
}

/** PUT CREDENTIAL of the management applet: TOTP with a period that the name need not say. */
function putPeriod(name: string, seconds: number): string {
  const period = seconds.toString(16).padStart(4, '0');
  const key = tlv(0x73, `2106${'5a'.repeat(20)}`);
  return command('80020000', nameOf(name), key, tlv(0x80, period));
}

/** Names that say a period, names that nearly do, and accounts that go by a name that says it. */
const names: Script = (subject) => {
  const said = ['60/a', '30/b', '1/c', '3600/d', '3601/e', '0/f', '10000/g', '12345/h', '65596/a'];
  const unsaid = ['/i', '7/', '42', '1a/j', '60', '60/', '007/k', ':/l', '9/m', '99999999999/n'];
  const all = [...said, ...unsaid];
  const token = (...commands: string[]) => talk(subject, WITHOUT_CLOCK, ...commands);
  token(SELECT_OATH, ...all.map((name) => put(name)), LIST);
  const asked = all.flatMap((name) => [calculate(name, 1n), calculate(name, 2n, true)]);
  talk(subject, subject.bench.remains, SELECT_OATH, ...asked);
  const slow = [putPeriod('slow', 60), putPeriod('half', 30), putPeriod('9/slow', 60)];
  token(SELECT_MANAGEMENT, ...slow, SELECT_OATH, put('h', 0x11), LIST, '00a40001');
  const known = ['slow', '60/slow', '61/slow', '6/slow', '30/half', 'half', '60/9/slow', '9/slow'];
  const more = [...known, '60/h', '0/h', '60/slo', '60/slowx', '/slow', 'h'];
  const { remains } = subject.bench;
  talk(subject, remains, SELECT_OATH, ...more.map((name) => calculate(name, 3n)), LIST);
  for (const name of more) {
    talk(subject, remains, SELECT_OATH, command('00050000', nameOf(name), nameOf('45/new')), LIST);
    talk(subject, remains, SELECT_OATH, command('00020000', nameOf(name)), LIST);
    talk(subject, remains, SELECT_OATH, command('00050000', nameOf('h'), nameOf(name)), LIST);
  }
};

/** A name that does not say its period, in the last slot of a full house. */
const lastSlot: Script = (subject) => {
  const others = Array.from({ length: 31 }, (_, index) => put(`${index}`));
  talk(subject, WITHOUT_CLOCK, SELECT_OATH, ...others, SELECT_MANAGEMENT, putPeriod('slow', 60));
  const { remains } = subject.bench;
  const more = [calculate('60/slow', 1n), calculate('61/slow', 1n), put('60/slow'), put('new')];
  talk(subject, remains, SELECT_OATH, LIST, ...more);
  talk(subject, remains, SELECT_OATH, command('00020000', nameOf('60/slow')), put('new'));
};

/** Without a clock: the last step of the year 9999, and the one behind it. */
const lastSteps: Script = (subject) => {
  const last = 253_402_300_799n;
  for (const [name, period] of [
    ['1/each', 1n],
    ['half', 30n],
    ['7/odd', 7n],
  ] as const) {
    const asked = [last / period + 1n, last / period].map((step) => calculate(name, step));
    talk(subject, WITHOUT_CLOCK, SELECT_OATH, put(name), ...asked);
  }
};

/** Steps of a credential that only takes later ones, with and without a clock. */
const increasing: Script = (subject) => {
  const far = 5n + STEPS_AHEAD_MAX;
  const steps = [5n, 4n, 5n, 6n, far + 2n, far + 1n, far, far + 1n, 2n ** 63n, 0n, far + 2n];
  const asked = steps.map((step) => calculate('only', step));
  for (const type of [0x21, 0x22]) {
    talk(subject, WITHOUT_CLOCK, SELECT_OATH, put('only', type, INCREASING), ...asked, LIST);
    talk(subject, subject.bench.remains, SELECT_OATH, ...asked, command('00a40001', stepOf(1n)));
    talk(subject, subject.bench.remains, SELECT_OATH, command('00020000', nameOf('only')), LIST);
  }
  const step = BigInt(NOON / 30);
  const near = [0n, 1n, -1n, 2n, 0n].map((offset) => calculate('only', step + offset));
  const clock = command('80030000', NOON.toString(16).padStart(16, '0'));
  const start = { words: ERASED, clock: NOON };
  talk(
    subject,
    start,
    SELECT_MANAGEMENT,
    clock,
    SELECT_OATH,
    put('only', 0x21, INCREASING),
    ...near,
  );
  const token = powerOn(subject);
  for (const at of [0, 1, 2, 3, 4, 5]) {
    for (const how of ['refused', 'lost', 'partial'] as const) {
      subject.fail({ call: 'flashWrite', at, how });
      token.exchange(hex(SELECT_OATH));
      token.exchange(hex(calculate('only', step + 1n + BigInt(at))));
      subject.fail(null);
    }
  }
};

const mac = (key: string, challenge: string) =>
  createHmac('sha1', hex(key)).update(hex(challenge)).digest('hex');

/** An access code that is set, proved, missed, changed and removed, over power-offs. */
const access: Script = (subject) => {
  const [key, other] = ['a5'.repeat(16), '5a'.repeat(16)];
  const setCode = (code: string) =>
    command(
      '00030000',
      tlv(0x73, `21${code}`),
      tlv(0x74, HOST_CHALLENGE),
      tlv(0x75, mac(code, HOST_CHALLENGE)),
    );
  talk(subject, WITHOUT_CLOCK, SELECT_OATH, put('a'), setCode(key), LIST, SELECT_OATH, LIST);
  for (const [proof, next] of [
    [other, setCode(other)],
    [key, setCode(other)],
    [key, LIST],
    [other, command('00030000', '7300')],
    [other, LIST],
  ] as const) {
    const token = powerOn(subject);
    const greeting = toHex(token.exchange(hex(SELECT_OATH)));
    const response = tlv(0x75, mac(proof, greeting.slice(34, 50)));
    const commands = [command('00a30000', response, tlv(0x74, HOST_CHALLENGE)), next, LIST];
    for (const bytes of commands) token.exchange(hex(bytes));
  }
};

/** Slots that answer challenges, or are accounts; written, asked, replaced and emptied. */
const slots: Script = (subject) => {
  const program = (slot: number, data: string) =>
    command(slot === 1 ? '00010100' : '00010300', data);
  const ask = (slot: number, data: string) =>
    command(slot === 1 ? '00013000' : '00013800', data.padEnd(128, '0'));
  const questions = [1, 2].flatMap((slot) => [ask(slot, '4801'), ask(slot, 'ff'.repeat(64))]);
  const written = [
    configuration(),
    configuration({ flags: 0x22 }),
    configuration({ flags: 0x40 }),
    '00'.repeat(58),
  ];
  for (const first of written) {
    for (const second of written) {
      const commands = [program(1, first), ...questions, program(2, second), ...questions];
      talk(subject, WITHOUT_CLOCK, SELECT_OTP, ...commands, '00030000', SELECT_OATH, LIST);
      talk(subject, subject.bench.remains, SELECT_OTP, ...questions, program(1, second));
    }
  }
};

/** Uses the first account and both slots of a token whose keys may not open, and proves a code. */
export function useForeignRecords(subject: Subject, remains: Remains): void {
  const [code, later] = [calculate('a:b', 8n), calculate('a:b', 9n, true)];
  const rename = command('00050000', nameOf('a:b'), nameOf('c:d'));
  const proof = command('00a30000', tlv(0x75, '00'.repeat(20)), tlv(0x74, HOST_CHALLENGE));
  talk(subject, remains, SELECT_OATH, LIST, code, later, rename, LIST, code);
  talk(subject, remains, SELECT_OATH, command('00a40001', stepOf(8n)), proof, LIST);
  const questions = ['3000', '3800'].map((slot) => command(`0001${slot}`, '48'.repeat(64)));
  talk(subject, remains, SELECT_OTP, ...questions, SELECT_OATH, rename, put('a:b'), code);
}

export const APPLET_SCRIPTS: Readonly<Record<string, Script>> = {
  'applet names': names,
  lastSlot,
  increasing,
  lastSteps,
  access,
  slots,
};
