/** Lives of an admin key: set, proved, missed, changed, blocked, and gone with the rest. */
import { concat } from '../../host/apdu.ts';
import {
  authenticateAdmin,
  changeAdminKey,
  eraseToken,
  getChallenge,
  selectManagement,
  setAdminKey,
  setPin,
  type Token,
  verifyPin,
} from '../../host/index.ts';
import { hex } from '../fixtures.ts';
import { answerTo } from '../pin/admin.ts';
import {
  attempt,
  digits,
  EMPTY,
  keyOf,
  lookAt,
  personalise,
  powerOn,
  type Script,
  type Secrets,
  tell,
} from './life.ts';

/** The admin keys of a run; in the secrets as a key is. */
export const adminKeysOf = (secrets: Secrets) =>
  [keyOf(secrets, 24), keyOf({ ...secrets, keySeed: secrets.keySeed + 7 }, 24)] as const;

export function answer(token: Token, key: Uint8Array): void {
  attempt(() => authenticateAdmin(token, answerTo(getChallenge(token), key)));
}

export function change(token: Token, key: Uint8Array, to: Uint8Array): void {
  attempt(() => changeAdminKey(token, answerTo(getChallenge(token), key), to));
}

const adminLife: Script = (subject, secrets) => {
  const [first, second] = adminKeysOf(secrets);
  const pin = digits(secrets.pin);
  let token = powerOn(subject, EMPTY);
  attempt(() => setAdminKey(token, first));
  personalise(token, [{ name: 'h', type: 'hotp', key: keyOf(secrets) }]);
  answer(token, first);
  token.exchange(hex('00820082'));
  setAdminKey(token, first);
  attempt(() => setAdminKey(token, second));
  for (let round = 0; round < 12; round++) answer(token, first);
  tell(token);
  answer(token, second);
  token.exchange(hex('00820082'));
  change(token, second, second);
  tell(token);
  change(token, first, second);
  answer(token, first);
  answer(token, second);
  const challenge = getChallenge(token);
  for (let time = 0; time < 2; time++) {
    attempt(() => authenticateAdmin(token, answerTo(challenge, second)));
  }
  getChallenge(token);
  selectManagement(token);
  attempt(() => authenticateAdmin(token, answerTo(challenge, second)));
  setPin(token, pin);
  token = powerOn(subject);
  answer(token, second);
  attempt(() => verifyPin(token, pin));
  answer(token, first);
  lookAt(token);
  eraseToken(token);
  attempt(() => setAdminKey(token, second));
  answer(token, second);
  setPin(token, pin);
  eraseToken(token);
  setPin(token, pin);
  attempt(() => setAdminKey(token, first));
  verifyPin(token, pin);
  attempt(() => setAdminKey(token, first));
  tell(powerOn(subject));
};

/** Answers that are wrong in one byte, each forgiven; then five in a row, and what is asked after. */
const adminBlocked: Script = (subject, secrets) => {
  const [first, second] = adminKeysOf(secrets);
  let token = powerOn(subject, EMPTY);
  personalise(token, []);
  setAdminKey(token, first);
  for (let at = 0; at < 8; at++) {
    const wrong = answerTo(getChallenge(token), first);
    wrong[at]! ^= 1 << at;
    attempt(() => authenticateAdmin(token, wrong));
    answer(token, first);
  }
  for (let tries = 0; tries < 6; tries++) {
    answer(token, second);
    token.exchange(hex('00820082'));
    tell(token);
    if (tries % 2 === 0) token = powerOn(subject);
  }
  answer(token, first);
  change(token, first, second);
  setPin(token, digits(secrets.pin));
  attempt(() => verifyPin(token, digits(secrets.pin)));
  eraseToken(token);
  tell(token);
};

/** What the commands refuse before they look at a secret. */
const adminRefusals: Script = (subject, secrets) => {
  const [first] = adminKeysOf(secrets);
  const token = powerOn(subject, EMPTY);
  personalise(token, []);
  setAdminKey(token, first);
  for (const command of [
    ...['0084000008', '0084000108', '0084010008', '008400000101', '0082008307', '0082018208'],
    ...['00820082081122334455667700', '0082008207', '00820083', '00820182', '0024028201aa'],
  ]) {
    token.exchange(hex(command));
    tell(token);
  }
  for (const length of [0, 8, 23, 24, 25, 31, 32, 33]) {
    for (const header of ['00240082', '00240182', '00820082']) {
      getChallenge(token);
      token.exchange(concat(hex(header), length === 0 ? [] : [length], new Uint8Array(length)));
      tell(token);
    }
  }
};

export const ADMIN_SCRIPTS: Readonly<Record<string, Script>> = {
  adminLife,
  adminBlocked,
  adminRefusals,
};
