/** Scripts that are run twice, with different secrets, to see what these leave behind. */
import {
  changePin,
  eraseToken,
  putCredential,
  selectManagement,
  setAdminKey,
  setPin,
  setPuk,
  type Token,
  unblockPin,
  verifyPin,
} from '../../host/index.ts';
import { hex } from '../fixtures.ts';
import { ACCOUNT_SCRIPTS } from './account-scripts.ts';
import { adminKeysOf, answer, change } from './admin-scripts.ts';
import { attempt, digits, EMPTY, keyOf, personalise, powerOn, type Script } from './life.ts';
import { PIN_SCRIPTS } from './pin-scripts.ts';
import { QR_SCRIPTS } from './qr-scripts.ts';
import type { Failure } from './subject.ts';

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

/**
 * The admin key, in commands and on flash that fail; only keys differ, since challenges do with what
 * is on flash.
 */
const cardLife: Script = (subject, secrets) => {
  const [first, second] = adminKeysOf(secrets);
  const token = powerOn(subject, EMPTY);
  personalise(token, []);
  attempt(() => setAdminKey(token, first));
  for (const key of [second, first, second]) {
    answer(token, key);
    token.press('up');
    change(token, key, second);
    token.press('up');
  }
  for (const at of [0, 1, 2, 3]) {
    for (const call of ['deviceKey', 'flashWrite'] as const) {
      const each = powerOn(subject);
      subject.fail({ call, at, how: 'refused' });
      change(each, second, second);
      each.tick();
      subject.fail(null);
    }
  }
};

export const LEFTOVER_SCRIPTS: Readonly<Record<string, Script>> = {
  accounts: ACCOUNT_SCRIPTS.accounts!,
  pinLife: PIN_SCRIPTS.pinLife!,
  cardLife,
  locking,
  brokenOff,
  qrCodes: QR_SCRIPTS.live!,
};
