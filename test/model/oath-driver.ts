/** Does to a token what the model's actions say that go over the OATH and OTP applets. */
import { createHmac } from 'node:crypto';
import { concat, encodeTlv, readTlvs } from '../../host/apdu.ts';
import { selectManagement, type Token, TokenError, verifyPin } from '../../host/index.ts';
import { codeOf, DIGITS, digitsOf, GET_INFO, goTo, keyOf, mustBeLocked } from './driver.ts';
import { type Action, LAST_COUNTER, type Model, type OathAction } from './model.ts';

const OATH = [0xa0, 0x00, 0x00, 0x05, 0x27, 0x21, 0x01];
const OTP = [0xa0, 0x00, 0x00, 0x05, 0x27, 0x20, 0x01];
const CHALLENGE_TAG = 0x74;
const RESPONSE_TAG = 0x75;
const NAME = 0x71;
const KEY = 0x73;
const PROPERTY_TOUCH = [0x78, 0x02];
const COUNTER = 0x7a;
const CLOCK_TAG = 0x84;
/** What a host asks for when the token has no clock to bound it. */
const SOME_STEP = 59_842_080n;

const KINDS: readonly Action['kind'][] = [
  'oath put',
  'oath delete',
  'rename',
  'calculate',
  'set code',
  'program',
  'reset',
];

export function isOathAction(action: Action): action is OathAction {
  return KINDS.includes(action.kind);
}

/** Proves what has to be proved and acts; the management applet is selected again then. */
export function actOverOath(token: Token, action: OathAction, model: Model): void {
  const time = action.kind === 'calculate' ? timeOf(token) : null;
  try {
    actSelected(token, action, model, time);
  } catch (error) {
    // After a power cut nothing more is asked of this token.
    if (error instanceof TokenError) selectManagement(token);
    throw error;
  }
  selectManagement(token);
}

function actSelected(token: Token, action: OathAction, model: Model, time: bigint | null): void {
  const greeting = select(token, action.kind === 'program' ? OTP : OATH);
  if (action.kind === 'reset') {
    token.send(Uint8Array.of(0x00, 0x04, 0xde, 0xad));
    return;
  }
  if (model.pin) verifyPin(token, new TextEncoder().encode(model.pin.digits));
  if (action.kind === 'program') program(token, action);
  else {
    if (model.code !== null) validate(token, greeting, model.code);
    actValidated(token, action, model, time);
  }
}

function select(token: Token, aid: readonly number[]): Uint8Array {
  return token.send(concat([0x00, 0xa4, 0x04, 0x00, aid.length], aid));
}

function send(token: Token, instruction: number, ...data: readonly Uint8Array[]): Uint8Array {
  const body = concat(...data);
  return token.send(concat([0x00, instruction, 0x00, 0x00, body.length], body));
}

const bytesOf = (text: string) => new TextEncoder().encode(text);
const hmac = (key: Uint8Array, message: Uint8Array) =>
  createHmac('sha1', key).update(message).digest();
/** The access code that stands for a word. */
export const accessKey = (word: string) => hmac(bytesOf('access'), bytesOf(word)).subarray(0, 16);
/** The key of a slot that stands for a word. */
export const slotKey = (word: string) => hmac(bytesOf('slot'), bytesOf(word));

function validate(token: Token, greeting: Uint8Array, code: string): void {
  const at = greeting.length - 3 - 8;
  const challenge = greeting.subarray(at, at + 8);
  const key = accessKey(code);
  const mine = bytesOf('host-own');
  const answer = send(
    token,
    0xa3,
    encodeTlv(RESPONSE_TAG, hmac(key, challenge)),
    encodeTlv(CHALLENGE_TAG, mine),
  );
  if (!Buffer.from(answer.subarray(2)).equals(hmac(key, mine))) {
    throw new Error('the token does not prove the access code');
  }
}

function actValidated(
  token: Token,
  action: Exclude<OathAction, { kind: 'reset' | 'program' }>,
  model: Model,
  time: bigint | null,
): void {
  if (action.kind === 'oath put') put(token, action);
  else if (action.kind === 'oath delete') send(token, 0x02, nameTlv(action.name));
  else if (action.kind === 'rename') send(token, 0x05, nameTlv(action.name), nameTlv(action.to));
  else if (action.kind === 'set code') setCode(token, action.to);
  else calculate(token, action.name, model, time);
}

const nameTlv = (name: string) => encodeTlv(NAME, bytesOf(name));

/** The counter of a command has 32 bits: a larger one is not put this way. */
function put(token: Token, action: Extract<Action, { kind: 'oath put' }>): void {
  const { name, counter, touch } = action;
  const type = counter === null ? 0x21 : 0x11;
  const start = new Uint8Array(4);
  new DataView(start.buffer).setUint32(0, Number(counter ?? 0n));
  send(
    token,
    0x01,
    nameTlv(name),
    encodeTlv(KEY, [type, DIGITS], keyOf(name)),
    Uint8Array.from(touch ? PROPERTY_TOUCH : []),
    counter ? encodeTlv(COUNTER, start) : new Uint8Array(),
  );
}

function setCode(token: Token, word: string | null): void {
  if (word === null) {
    send(token, 0x03, encodeTlv(KEY));
    return;
  }
  const key = accessKey(word);
  const challenge = bytesOf('to prove');
  send(
    token,
    0x03,
    encodeTlv(KEY, [0x21], key),
    encodeTlv(CHALLENGE_TAG, challenge),
    encodeTlv(RESPONSE_TAG, hmac(key, challenge)),
  );
}

/** Asks for a code, which must be that of the model's counter, or of the time. */
function calculate(token: Token, name: string, model: Model, time: bigint | null): void {
  const counter = model.accounts[name]!;
  const step = time === null ? SOME_STEP : time / 30n;
  const challenge = Buffer.alloc(8);
  challenge.writeBigUInt64BE(step);
  const data = concat(nameTlv(name), encodeTlv(CHALLENGE_TAG, counter === null ? challenge : []));
  const command = concat([0x00, 0xa2, 0x00, 0x01, data.length], data);
  let answer = token.submit(command);
  if ((answer === null) !== model.touch.includes(name)) throw new Error(`${name}: touch is wrong`);
  if (answer === null) {
    token.press('ok');
    answer = token.collect()!;
  }
  if (answer.length === 2) {
    checkRefusal(token, name, model, Buffer.from(answer).readUInt16BE());
    return;
  }
  if (model.eachCode) mustBeLocked(token);
  const number = new DataView(answer.buffer, answer.byteOffset).getUint32(3);
  const code = String(number % 10 ** DIGITS).padStart(DIGITS, '0');
  if (code !== codeOf(name, counter ?? step)) throw new Error(`${name}: another code came`);
}

/** A code is refused when the counter is used up, or the clock went back: the display says so too. */
function checkRefusal(token: Token, name: string, model: Model, status: number): void {
  const counter = model.accounts[name]!;
  goTo(token, name);
  // What an earlier key had to say goes with the next one.
  token.press('left');
  if (model.eachCode) verifyPin(token, digitsOf(model.pin!.digits));
  if (counter === LAST_COUNTER && status === 0x6985) return;
  // Without a clock the step that was asked for may be before the latest that had a code.
  const isBack = /CLOCK WENT BACK|CLOCK NOT SET/.test(token.text);
  if (counter === null && status === 0x6982 && isBack) return;
  throw new Error(`${name}: answered ${status.toString(16)}, the display says: ${token.text}`);
}

/** The time by the token's own clock, seconds since 1970; null when it does not know. */
function timeOf(token: Token): bigint | null {
  const time = readTlvs(token.send(GET_INFO)).get(CLOCK_TAG);
  return time ? Buffer.from(time).readBigUInt64BE() : null;
}

/** Configures a slot as a configuration program does; all zeros empty it. */
function program(token: Token, { slot, to }: Extract<Action, { kind: 'program' }>): void {
  const data = Buffer.alloc(58);
  if (to !== null) {
    const key = slotKey(to);
    data.set(key.subarray(0, 16), 22);
    data.set(key.subarray(16), 16);
    data.set([0x40, 0x26], 46);
    data.writeUInt16LE(~crc16(data.subarray(0, 50)) & 0xffff, 50);
  }
  token.send(concat([0x00, 0x01, slot === 0 ? 0x01 : 0x03, 0x00, data.length], data));
}

/** CRC-16 of ISO 13239. */
export function crc16(bytes: Uint8Array): number {
  let crc = 0xffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x8408 : crc >>> 1;
  }
  return crc;
}
