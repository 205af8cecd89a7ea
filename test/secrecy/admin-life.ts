/**
 * The part of a token's life in which it is a smart card. A challenge lies in the answer of the
 * command that draws it, so the command that answers it follows within its step.
 */
import {
  authenticateAdmin,
  changeAdminKey,
  deleteCredential,
  eraseToken,
  getChallenge,
  putCredential,
  readSmartCard,
  selectManagement,
  setAdminKey,
} from '../../host/index.ts';
import { answerTo } from '../pin/admin.ts';
import type { Body } from './body.ts';
import type { Step } from './life.ts';

/** 0 for the first admin key of an owner, 1 for the second. */
type Which = 0 | 1;

function on(title: string, act: (body: Body) => void, refused?: string): Step {
  return refused === undefined ? { title, act } : { title, act, refused };
}

const deaf = (isDeaf: boolean) =>
  on(`the flash takes ${isDeaf ? 'no' : 'every'} write`, (body) => {
    body.isDeaf = isDeaf;
  });
const powerOn = [
  on('powers on', (body) => body.powerOn()),
  on('selects management', ({ token }) => selectManagement(token)),
];
const set = (refused?: string) =>
  on('sets an admin key', ({ token, owner }) => setAdminKey(token, owner.adminKeys[0]!), refused);
const answer = (which: Which, refused?: string) =>
  on(
    `answers with admin key ${which}`,
    ({ token, owner }) =>
      authenticateAdmin(token, answerTo(getChallenge(token), owner.adminKeys[which]!)),
    refused,
  );
const change = (which: Which, to: Which, refused?: string) =>
  on(
    `changes admin key ${which} to ${to}`,
    ({ token, owner: { adminKeys } }) => {
      const proof = answerTo(getChallenge(token), adminKeys[which]!);
      changeAdminKey(token, proof, adminKeys[to]!);
    },
    refused,
  );
const onBoard = (change: number) => [
  on(`is put on board ${change}`, (body) => {
    body.deviceKey = body.owner.deviceKey.map((byte) => byte ^ change);
  }),
  ...powerOn,
];

/** Begins with a token that has a serial number and no PIN, and ends with one that is erased. */
export const ADMIN_LIFE: readonly Step[] = [
  ...powerOn,
  // A master key stays, so that a flash that is deaf then is one to the admin key; the display does
  // not, which would read an account over what a command has left behind.
  on('puts an account', ({ token, owner }) => {
    putCredential(token, { name: 'a:card', key: owner.seeds[0]!.bytes, digits: 8 });
  }),
  on('deletes it', ({ token }) => deleteCredential(token, 0)),
  deaf(true),
  set('WRITE_FAILED'),
  deaf(false),
  ...powerOn,
  answer(0, 'CONDITIONS_NOT_SATISFIED'),
  set(),
  set('CONDITIONS_NOT_SATISFIED'),
  on('says which card it is', ({ token }) => void readSmartCard(token)),
  answer(0),
  answer(1, 'PIN_WRONG'),
  change(1, 1, 'PIN_WRONG'),
  deaf(true),
  change(0, 1, 'WRITE_FAILED'),
  deaf(false),
  ...powerOn,
  change(0, 1),
  answer(0, 'PIN_WRONG'),
  answer(1),
  ...onBoard(0xa5),
  answer(1, 'PIN_WRONG'),
  ...onBoard(0),
  answer(1),
  on('is erased', ({ token }) => eraseToken(token)),
  ...powerOn,
];
