/**
 * A life in which a token is asked for everything it can be asked for, well and badly, step by step:
 * each export, each command, each refusal. Every step is one call into the core, or very few.
 */
import { concat } from '../../host/apdu.ts';
import {
  changePin,
  deleteCredential,
  eraseToken,
  type Key,
  type NewCredential,
  putCredential,
  readInfo,
  selectManagement,
  setClock,
  setPin,
  setPinPolicy,
  setPuk,
  TokenError,
  unblockPin,
  verifyPin,
  writeSerialNumber,
} from '../../host/index.ts';
import { NOON } from '../fixtures.ts';
import { ADMIN_LIFE } from './admin-life.ts';
import { ACCOUNTS, type Body } from './body.ts';
import { OATH_LIFE } from './oath-life.ts';
import { QR_LIFE } from './qr-life.ts';

export interface Step {
  readonly title: string;
  readonly act: (body: Body) => void;
  /** The code of the refusal that is expected; default: none. */
  readonly refused?: string;
}

/** Takes a step; a body that answers otherwise than the step says is an error. */
export function take(step: Step, body: Body): void {
  let refused: string | undefined;
  try {
    step.act(body);
  } catch (error) {
    if (!(error instanceof TokenError)) throw error;
    refused = error.code;
  }
  if (refused !== step.refused) {
    throw new Error(`${step.title}: ${refused ?? 'done'}, not ${step.refused ?? 'done'}`);
  }
}

// --- the steps --------------------------------------------------------------------------------

const digits = (text: string) => new TextEncoder().encode(text);
const on = (title: string, act: (body: Body) => void, refused?: string): Step =>
  refused === undefined ? { title, act } : { title, act, refused };
const sends = (title: string, bytes: number[], refused?: string) =>
  on(title, ({ token }) => void token.send(Uint8Array.from(bytes)), refused);
const press = (...keys: Key[]) =>
  keys.map((key) => on(`presses ${key}`, ({ token }) => token.press(key)));
const tick = (seconds: number) =>
  on(`${seconds} s later`, ({ clock, token }) => {
    clock.advance(seconds);
    token.tick();
  });
const select = on('selects management', ({ token }) => selectManagement(token));
const powerOn = on('powers on', (body) => body.powerOn());
const put = (index: number, change: Partial<NewCredential> = {}, refused?: string) =>
  on(
    `puts account ${index}`,
    ({ token, owner: { seeds } }) =>
      void putCredential(token, { ...ACCOUNTS[index]!, key: seeds[index]!.bytes, ...change }),
    refused,
  );
const verify = (which: 'pin' | 'newPin' | 'wrongPin', refused?: string) =>
  on(`verifies ${which}`, ({ token, owner }) => verifyPin(token, digits(owner[which])), refused);
const deaf = (isDeaf: boolean) =>
  on(`the flash takes ${isDeaf ? 'no' : 'every'} write`, (body) => {
    body.isDeaf = isDeaf;
  });
/** Powers on on a board whose device key differs from the right one by `change`. */
const onBoard = (change: number) => [
  on(`is put on board ${change}`, (body) => {
    body.deviceKey = body.owner.deviceKey.map((byte) => byte ^ change);
  }),
  powerOn,
];
const logOut = sends('logs out', [0x00, 0x20, 0xff, 0x80]);

/** A command that puts account 0, spoilt. */
const spoilt = (title: string, spoil: (command: Uint8Array) => Uint8Array, refused: string) =>
  on(
    title,
    ({ token, owner: { seeds } }) => {
      const key = seeds[0]!.bytes;
      const data = concat([0x71, 1, 0x7a, 0x73, 2 + key.length, 0x21, 6], key, [0x80, 2, 0, 30]);
      token.send(spoil(concat([0x80, 0x02, 0, 0, data.length], data)));
    },
    refused,
  );

/** Turns the wheel to each digit of a PIN and takes it. */
function enter(which: 'pin' | 'newPin' | 'wrongPin'): Step {
  return on(`enters ${which} with the keys`, ({ token, owner }) => {
    for (const digit of owner[which]) {
      for (let turn = 0; turn < Number(digit); turn++) token.press('up');
      token.press('ok');
    }
  });
}

const personalised: readonly Step[] = [
  on('is not booted', (body) => body.load()),
  powerOn,
  sends('nothing is selected', [0x80, 0x10, 0, 0], 'CONDITIONS_NOT_SATISFIED'),
  select,
  sends('an unknown instruction', [0x80, 0x77, 0, 0], 'UNKNOWN_INSTRUCTION'),
  sends('an unknown class', [0x90, 0x02, 0, 0], 'UNKNOWN_CLASS'),
  on('writes the serial', ({ token }) => writeSerialNumber(token, 'SEC-000417')),
  on('sets the clock', ({ token }) => setClock(token, NOON)),
  spoilt('cut short', (command) => command.slice(0, -3), 'WRONG_LENGTH'),
  spoilt('too few digits', (c) => c.map((byte, at) => (at === 11 ? 5 : byte)), 'WRONG_DATA'),
  spoilt('a wrong parameter', (c) => c.map((b, at) => (at === 3 ? 1 : b)), 'WRONG_PARAMETERS'),
  spoilt('a wrong class', (c) => c.map((byte, at) => (at === 0 ? 0x90 : byte)), 'UNKNOWN_CLASS'),
  deaf(true),
  put(0, {}, 'WRITE_FAILED'),
  deaf(false),
  powerOn,
  select,
  deaf(true),
  on('sets a PIN', ({ token, owner }) => setPin(token, digits(owner.pin)), 'WRITE_FAILED'),
  deaf(false),
  powerOn,
  select,
  ...ACCOUNTS.map((_, index) => put(index)),
  put(0, {}, 'NAME_EXISTS'),
  on('reads what there is', ({ token }) => void readInfo(token)),
];

const used: readonly Step[] = [
  ...press('right', 'left', 'down', 'ok', 'ok', 'right', 'left'),
  tick(1),
  tick(31),
  ...press('down', 'ok', 'down', 'ok'),
  tick(1),
  ...press('down', 'up', 'up'),
  on('deletes the account on the display', ({ token }) => deleteCredential(token, 3)),
  put(3),
  tick(30),
  ...press('up', 'up', 'up'),
];

const withPin: readonly Step[] = [
  on('sets a PUK', ({ token, owner }) => setPuk(token, digits(owner.puk))),
  on('sets a PIN', ({ token, owner }) => setPin(token, digits(owner.pin))),
  on(
    'sets it twice',
    ({ token, owner }) => setPin(token, digits(owner.newPin)),
    'CONDITIONS_NOT_SATISFIED',
  ),
  put(0, { name: 'e:locked' }, 'NOT_ALLOWED'),
  verify('wrongPin', 'PIN_WRONG'),
  verify('pin'),
  ...press('up', 'down', 'down', 'ok'),
  tick(1),
  logOut,
  verify('pin'),
  select,
  verify('pin'),
  powerOn,
  ...press('ok', 'up', 'ok', 'left', 'ok', 'left', 'left'),
  ...press('ok'),
  enter('wrongPin'),
  ...press('down', 'ok'),
  ...press('ok'),
  enter('pin'),
  ...press('left', 'left'),
  on('takes every digit back, and leaves', ({ token }) => {
    for (let digit = 0; digit < 11; digit++) token.press('left');
  }),
  ...press('ok'),
  enter('pin'),
  ...press('down', 'ok'),
  ...press('ok', 'down', 'ok'),
  tick(40),
  ...press('up'),
  powerOn,
  ...press('ok'),
  enter('pin'),
  powerOn,
  select,
];

const changed: readonly Step[] = [
  on(
    'changes the PIN with a wrong one',
    ({ token, owner }) => changePin(token, digits(owner.wrongPin), digits(owner.newPin)),
    'PIN_WRONG',
  ),
  on('changes the PIN', ({ token, owner }) =>
    changePin(token, digits(owner.pin), digits(owner.newPin)),
  ),
  on('asks for it at each code', ({ token, owner }) =>
    setPinPolicy(token, 'each-code', digits(owner.newPin)),
  ),
  ...press('ok'),
  enter('newPin'),
  ...press('down', 'ok'),
  tick(1),
  tick(31),
  verify('newPin'),
  ...press('down', 'ok'),
  on(
    'unblocks it with a wrong PUK',
    ({ token, owner }) => unblockPin(token, digits(owner.newPuk), digits(owner.pin)),
    'PIN_WRONG',
  ),
  on('unblocks it', ({ token, owner }) => unblockPin(token, digits(owner.puk), digits(owner.pin))),
  on('unblocks it and keeps it', ({ token, owner }) => {
    const block = new Uint8Array(16).fill(0xff);
    block.set(digits(owner.puk));
    token.send(concat([0x00, 0x2c, 0x01, 0x80, 16], block));
  }),
  on('changes the PUK', ({ token, owner }) => {
    const blocks = new Uint8Array(32).fill(0xff);
    blocks.set(digits(owner.puk));
    blocks.set(digits(owner.newPuk), 16);
    token.send(concat([0x00, 0x24, 0x00, 0x81, 32], blocks));
  }),
  verify('pin'),
  deaf(true),
  verify('pin', 'WRITE_FAILED'),
  deaf(false),
  powerOn,
  select,
];

const wrongBoard: readonly Step[] = [
  ...onBoard(0xa5),
  select,
  verify('pin', 'PIN_WRONG'),
  ...onBoard(0),
  select,
  on('switches the PIN off', ({ token, owner }) => setPinPolicy(token, 'off', digits(owner.pin))),
  ...onBoard(0xa5),
  ...press('up', 'up', 'ok'),
  ...onBoard(0),
  ...press('down', 'ok'),
  select,
  on('is erased', ({ token }) => eraseToken(token)),
  powerOn,
];

/** The whole life, from a board that has never been on. */
export const LIFE: readonly Step[] = [
  ...personalised,
  ...used,
  ...withPin,
  ...changed,
  ...wrongBoard,
  ...ADMIN_LIFE,
  ...OATH_LIFE,
  ...QR_LIFE,
];
