/** Short scripts for each thing that writes, to be run again and again on a board that fails. */
import { concat } from '../../host/apdu.ts';
import {
  changePin,
  deleteCredential,
  eraseToken,
  putCredential,
  setAdminKey,
  setClock,
  setPin,
  setPuk,
  type Token,
  unblockPin,
  verifyPin,
} from '../../host/index.ts';
import { hex } from '../fixtures.ts';
import type { Remains } from '../power/bench.ts';
import { NOON } from '../power/histories.ts';
import { adminKeysOf, answer, change } from './admin-scripts.ts';
import {
  attempt,
  block,
  digits,
  EMPTY,
  keyOf,
  lookAt,
  personalise,
  powerOn,
  SECRETS,
} from './life.ts';
import type { Subject } from './subject.ts';

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
  const mistaken = start((token) => {
    setPuk(token, puk!);
    setPin(token, pin!);
    attempt(() => verifyPin(token, other!));
  });
  const [first, second] = adminKeysOf(SECRETS);
  const card = start((token) => {
    personalise(token, [{ name: 'h', type: 'hotp', key }]);
    setAdminKey(token, first);
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
    'a PIN that is forgiven': {
      start: mistaken,
      act: (_, token) => {
        token.exchange(concat(hex('002c018010'), block(puk!)));
      },
    },
    'the clock': { start: owned, act: trying((token) => setClock(token, NOON), lookAt) },
    'a first admin key': { start: owned, act: trying((token) => setAdminKey(token, first)) },
    'another admin key': { start: card, act: trying((token) => change(token, first, second)) },
    'a wrong answer': { start: card, act: trying((token) => answer(token, second)) },
    'an end': { start: locked, act: trying(eraseToken) },
  };
}
