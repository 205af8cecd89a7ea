/** Keys go in and never come out: every instruction, in every applet, in every state. */
import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Token } from '../../host/index.ts';
import { hex, NOON, testBoard, toHex } from '../fixtures.ts';
import {
  calculate,
  card,
  command,
  configuration,
  nameOf,
  SELECT_MANAGEMENT,
  SELECT_OATH,
  SELECT_OTP,
  STEP,
  stepOf,
  tlv,
} from './card.ts';

const KEY = Uint8Array.from({ length: 20 }, (_, place) => (place * 73 + 11) & 0xff);
const ACCESS = Uint8Array.from({ length: 16 }, (_, place) => (place * 59 + 7) & 0xff);
const PIN_BLOCK = '323731383238ffffffffffffffffffff';
const SET_PIN = `0024018010${PIN_BLOCK}`;
const VERIFY = `0020008010${PIN_BLOCK}`;
const CHALLENGE = '0102030405060708';
const PROOF = createHmac('sha1', ACCESS).update(hex(CHALLENGE)).digest('hex');
const SET_CODE = command(
  '00030000',
  tlv(0x73, `21${toHex(ACCESS)}`),
  tlv(0x74, CHALLENGE),
  tlv(0x75, PROOF),
);

/** The start of each key, in every form in which it could leave: as it is, and under HMAC's pads. */
const TRACES = [KEY, ACCESS].flatMap((key) =>
  [0x00, 0x36, 0x5c].map((pad) => toHex(key.subarray(0, 6).map((byte) => byte ^ pad))),
);

/** The flash of a token with accounts of every kind under one key, and that key in a slot. */
function personalised(...last: readonly string[]): Uint8Array {
  const reader = card(NOON);
  const account = (name: string, type: string, ...more: readonly string[]) =>
    command('00010000', nameOf(name), tlv(0x73, `${type}08${toHex(KEY)}`), ...more);
  reader.do(SELECT_OTP, command('00010100', configuration({ key: KEY })), SELECT_OATH);
  reader.do(account('t', '21'), account('h', '12'), account('u', '23', '7803'), ...last);
  return reader.flash.image;
}

interface State {
  readonly image: Uint8Array;
  /** Sent after SELECT. */
  readonly rights?: readonly string[];
  readonly waits?: boolean;
}

const STATES: Readonly<Record<string, State>> = {
  'without PIN or access code': { image: personalised() },
  'with a PIN, locked': { image: personalised(SET_PIN) },
  'with a PIN, unlocked': { image: personalised(SET_PIN), rights: [VERIFY] },
  'with an access code, not proved': { image: personalised(SET_CODE) },
  'with an access code, just set': { image: personalised(), rights: [SET_CODE] },
  'while a command waits': { image: personalised(), waits: true },
};

const APPLETS = { OATH: SELECT_OATH, OTP: SELECT_OTP, management: SELECT_MANAGEMENT };
const PARAMETERS = ['0000', '0001', '0180', '3000', 'dead'];
const BODIES = ['', nameOf('t'), nameOf('t') + stepOf(STEP), '00'.repeat(64)];

/** All answers to an instruction of a token in this state. */
function answersTo(instruction: number, { image, rights = [], waits }: State, select: string) {
  const { board } = testBoard(image, NOON);
  let all = '';
  const token = new Token(board);
  const send = (bytes: string) => {
    all += `${toHex(token.submit(hex(bytes)) ?? new Uint8Array())} `;
  };
  const number = instruction.toString(16).padStart(2, '0');
  for (const cla of ['00', '80']) {
    for (const parameters of PARAMETERS) {
      send(select);
      for (const right of rights) send(right);
      for (const body of BODIES) {
        if (waits) send(calculate('u', STEP));
        send(command(`${cla}${number}${parameters}`, body));
        send('00c00000');
      }
    }
  }
  return all;
}

describe('the keys of a token', () => {
  const cases = Object.keys(STATES).flatMap((state) =>
    Object.keys(APPLETS).map((applet) => [state, applet] as const),
  );

  it.each(cases)('are in no answer, %s, applet: %s', (state, applet) => {
    let done = 0;
    for (let instruction = 0; instruction < 256; instruction++) {
      const select = APPLETS[applet as keyof typeof APPLETS];
      const answers = answersTo(instruction, STATES[state]!, select);
      done += answers.split('9000 ').length - 1;
      expect(TRACES.filter((trace) => answers.includes(trace))).toEqual([]);
    }
    expect(done).toBeGreaterThan(256);
  });
});
