/** Lives of PINs and PUKs: what may be set, how wrong ones are counted, waited for and forgiven. */
import { concat } from '../../host/apdu.ts';
import {
  changePin,
  eraseToken,
  putCredential,
  setPin,
  setPinPolicy,
  setPuk,
  unblockPin,
  verifyPin,
} from '../../host/index.ts';
import { hex } from '../fixtures.ts';
import {
  attempt,
  block,
  digits,
  EMPTY,
  keyOf,
  lookAt,
  personalise,
  powerOn,
  type Script,
  tell,
} from './life.ts';

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
    ['124124', '1241241', '12412412', '12412413', '424242', '4242424', '098765', '901235'],
    // The list of assembly/memory.ts.
    ['112233', '332211', '223344', '445566', '123321', '321123', '111222', '100001'],
    ['147258', '258369', '159753', '159357', '789456', '456123', '147852', '142536'],
    // Beside it.
    ['112232', '332210', '100000', '147259', '142537'],
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

/** A PIN that is given once, for all codes and new accounts until power-off. */
const oncePerPowerOn: Script = (subject, secrets) => {
  const pin = digits(secrets.pin);
  const token = powerOn(subject, EMPTY);
  const hotp = { type: 'hotp', key: keyOf(secrets) } as const;
  personalise(token, [
    { ...hotp, name: 'h' },
    { ...hotp, name: 'i' },
  ]);
  setPin(token, pin);
  setPinPolicy(token, 'once', pin);
  const unlocked = powerOn(subject);
  verifyPin(unlocked, pin);
  lookAt(unlocked);
  putCredential(unlocked, { ...hotp, name: 'j' });
  lookAt(unlocked);
};

export const PIN_SCRIPTS: Readonly<Record<string, Script>> = {
  pinLife,
  pinRules,
  oncePerPowerOn,
  waiting,
  manyTries,
  destruction,
};
