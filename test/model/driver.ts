/** Does to a token what the model's actions say, and reads off it what the model knows. */
import { createHmac } from 'node:crypto';
import { concat, readTlvs } from '../../host/apdu.ts';
import {
  changePin,
  deleteCredential,
  type PinPolicy,
  putCredential,
  readCredential,
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
import { actAsAdmin, isAdminAction } from './admin-driver.ts';
import {
  type Action,
  ADMIN_TRIES,
  LAST_COUNTER,
  type Model,
  PIN_TRIES,
  type Policy,
  PUK_TRIES,
} from './model.ts';
import { actOverOath, isOathAction } from './oath-driver.ts';

export const DIGITS = 8;
const LONGEST_KEY = 128;

const keys = new Map<string, Uint8Array>();

/**
 * The key of an account. Every name has its own, up to a `#`: behind that stands how often it was
 * renamed. Names with dots stand for the largest credentials there are.
 */
export function keyOf(name: string): Uint8Array {
  const stem = name.replace(/#\d*/, '').replace(/\.+/, '.');
  const known = keys.get(stem) ?? makeKey(stem);
  keys.set(stem, known);
  return known;
}

function makeKey(stem: string): Uint8Array {
  const stream = createHmac('sha512', 'oathfob test key').update(stem).digest();
  const length = stem.includes('.') ? LONGEST_KEY : 10 + (stream[0]! % 30);
  return Uint8Array.from({ length }, (_, index) => stream[index % 64]! ^ (index >> 6));
}

/** The HOTP code of RFC 4226 §5.3, by node:crypto. */
export function codeOf(name: string, counter: bigint): string {
  const message = Buffer.alloc(8);
  message.writeBigUInt64BE(counter);
  const mac = createHmac('sha1', keyOf(name)).update(message).digest();
  const number = mac.readUInt32BE(mac.at(-1)! & 15) & 0x7fffffff;
  return String(number % 10 ** DIGITS).padStart(DIGITS, '0');
}

/**
 * Acts on a token whose management applet is selected.
 * @returns null, or the code of the token's refusal
 * @throws Error when a press leaves another code on the display than `model` asks for
 */
export function perform(token: Token, action: Action, model: Model): string | null {
  try {
    act(token, action, model);
    return null;
  } catch (error) {
    if (error instanceof TokenError) return error.code;
    throw error;
  }
}

function act(token: Token, action: Action, model: Model): void {
  // Nothing happens on a token whose battery goes; the bench takes its time away.
  if (action.kind === 'battery out') return;
  if (action.kind === 'serial') writeSerialNumber(token, action.serial);
  else if (action.kind === 'clock') setClock(token, action.seconds);
  else if (action.kind === 'verify') verifyPin(token, digitsOf(action.pin));
  else if (action.kind === 'change PIN') {
    changePin(token, digitsOf(action.pin), digitsOf(action.to));
  } else if (action.kind === 'unblock') {
    unblockPin(token, digitsOf(action.puk), digitsOf(action.to));
  } else if (action.kind === 'change PUK') {
    changePuk(token, digitsOf(action.puk), digitsOf(action.to));
  } else if (action.kind === 'set policy') {
    setPinPolicy(token, POLICIES[action.to], digitsOf(action.pin));
  } else if (isOathAction(action)) {
    actOverOath(token, action, model);
  } else if (action.kind === 'answer' || action.kind === 'change admin key') {
    actAsAdmin(token, action);
  } else {
    const isLater = model.eachCode && action.kind === 'press';
    if (model.pin && !isLater) verifyPin(token, digitsOf(model.pin.digits));
    if (isAdminAction(action)) actAsAdmin(token, action);
    else actUnlocked(token, action, model);
  }
}

const POLICIES: Readonly<Record<Policy, PinPolicy>> = {
  off: 'off',
  once: 'once',
  'each code': 'each-code',
};

/** CHANGE REFERENCE DATA of the PUK, which the host library does not offer. */
function changePuk(token: Token, puk: Uint8Array, to: Uint8Array): void {
  const blocks = new Uint8Array(32).fill(0xff);
  blocks.set(puk);
  blocks.set(to, 16);
  token.send(concat([0x00, 0x24, 0x00, 0x81, blocks.length], blocks));
}

export const digitsOf = (text: string) => new TextEncoder().encode(text);

/** Does what a token does only while it is unlocked. */
function actUnlocked(
  token: Token,
  action: Extract<
    Action,
    { kind: 'put' | 'delete' | 'press' | 'set PIN' | 'set PUK' | 'own clock' }
  >,
  model: Model,
): void {
  if (action.kind === 'own clock') setClock(token, action.seconds);
  else if (action.kind === 'set PIN') setPin(token, digitsOf(action.to));
  else if (action.kind === 'set PUK') setPuk(token, digitsOf(action.to));
  else if (action.kind === 'put') {
    const { name, counter } = action;
    const key = keyOf(name);
    const common = { name, key, digits: DIGITS } as const;
    putCredential(token, counter === null ? common : { ...common, type: 'hotp', counter });
  } else if (action.kind === 'delete') deleteCredential(token, slotOf(token, action.name));
  else press(token, action.name, model);
}

function slotOf(token: Token, name: string): number {
  for (let slot = 0; slot < 32; slot++) {
    if (readCredential(token, slot)?.name === name) return slot;
  }
  throw new Error(`no account ${name} on the token`);
}

/** Goes to an account and presses OK there; its display must show the code of the model's counter. */
function press(token: Token, name: string, model: Model): void {
  const counter = model.accounts[name]!;
  goTo(token, name);
  // Going to another account locks a token that asks for the PIN before each code.
  if (model.eachCode) verifyPin(token, digitsOf(model.pin!.digits));
  token.press('ok');
  if (model.eachCode && counter !== null && counter !== LAST_COUNTER) mustBeLocked(token);
  const isUsedUp = counter === LAST_COUNTER;
  const expected = counter === null ? token.code : isUsedUp ? null : codeOf(name, counter);
  if (token.code !== expected) {
    throw new Error(`${name}: the display shows ${token.code}, not the code of counter ${counter}`);
  }
}

/** After a code, when there is to be a PIN for each: without data VERIFY asks whether one is needed. */
export function mustBeLocked(token: Token): void {
  const answer = token.exchange(Uint8Array.of(0x00, 0x20, 0x00, 0x80));
  if (answer[0] !== 0x63) throw new Error('the token is unlocked for more than one code');
}

/** Turns the display to an account. */
export function goTo(token: Token, name: string): void {
  for (let stop = 0; firstLine(token) !== name; stop++) {
    if (stop > 32) throw new Error(`no account ${name} on the display`);
    token.press('up');
  }
}

function firstLine(token: Token): string {
  return token.text.split('\n', 1)[0]!;
}

const TAG_SECRETS = 0x87;
/** GET INFO of the management applet. */
export const GET_INFO = Uint8Array.of(0x80, 0x10, 0x00, 0x00);
const TAG_SERIAL = 0x81;
const TAG_CREDENTIALS = 0x83;
const TAG_CLOCK_SET_AT = 0x85;
const TAG_PIN = 0x86;
const TAG_CARD = 0x8a;
const EACH_CODE = 2;

/** What a token says about itself; selects its management applet. */
export function observe(token: Token): Model {
  selectManagement(token);
  const fields = readTlvs(token.send(GET_INFO));
  const serial = fields.get(TAG_SERIAL)!;
  const clockSetAt = fields.get(TAG_CLOCK_SET_AT);
  const [policy, pinTries, hasPuk, pukTries] = fields.get(TAG_PIN)!;
  let left = fields.get(TAG_CREDENTIALS)![0]!;
  const accounts: Record<string, bigint | null> = {};
  const touch: string[] = [];
  for (let slot = 0; left > 0 && slot < 32; slot++) {
    const credential = readCredential(token, slot);
    if (credential === null) continue;
    accounts[credential.name] = credential.counter;
    if (credential.touch) touch.push(credential.name);
    left--;
  }
  const adminTries = fields.get(TAG_CARD)?.at(-1);
  const [hasCode = 0, responders = 0] = fields.get(TAG_SECRETS) ?? [];
  return {
    serial: serial.length > 0 ? new TextDecoder().decode(serial) : null,
    clockSetAt: clockSetAt ? Number(Buffer.from(clockSetAt).readBigUInt64BE()) : null,
    accounts,
    pin: policy === 0 ? null : { digits: '', failed: PIN_TRIES - pinTries! },
    eachCode: policy === EACH_CODE,
    puk: hasPuk === 0 ? null : { digits: '', failed: PUK_TRIES - pukTries! },
    touch,
    code: hasCode === 0 ? null : '',
    responders: [responders & 1 ? '' : null, responders & 2 ? '' : null],
    admin: adminTries === undefined ? null : { digits: '', failed: ADMIN_TRIES - adminTries },
  };
}
