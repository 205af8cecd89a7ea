/**
 * The reference histories: what a token lives through while the power may go at any moment. They
 * begin with an empty flash or with one that a token has filled.
 */
import type { Action, Policy } from '../model/model.ts';

/** 2026-11-21T12:00:00Z. */
export const NOON = 1795262400;

export interface History {
  readonly id: string;
  readonly title: string;
  /** Done before the recording begins: what makes the flash that the history starts with. */
  readonly past: readonly Action[];
  /** Done over and over then, until the next record needs the page that the log began with. */
  readonly untilFull?: Action;
  readonly steps: readonly Action[];
}

const serial = (text: string): Action => ({ kind: 'serial', serial: text });
const clock = (seconds: number): Action => ({ kind: 'clock', seconds });
const totp = (name: string): Action => ({ kind: 'put', name, counter: null });
const hotp = (name: string, counter = 0n): Action => ({ kind: 'put', name, counter });
const remove = (name: string): Action => ({ kind: 'delete', name });
const press = (name: string): Action => ({ kind: 'press', name });
const ownClock = (seconds: number): Action => ({ kind: 'own clock', seconds });
const setPin = (to: string): Action => ({ kind: 'set PIN', to });
const setPuk = (to: string): Action => ({ kind: 'set PUK', to });
const verify = (pin: string): Action => ({ kind: 'verify', pin });
const unblock = (puk: string, to: string): Action => ({ kind: 'unblock', puk, to });
const changePuk = (puk: string, to: string): Action => ({ kind: 'change PUK', puk, to });
const setPolicy = (pin: string, to: Policy): Action => ({ kind: 'set policy', pin, to });
const PUK = '16180339';
const put = (name: string, counter: bigint | null, touch = false): Action => ({
  kind: 'oath put',
  name,
  counter,
  touch,
});
const calculate = (name: string): Action => ({ kind: 'calculate', name });
const setCode = (to: string | null): Action => ({ kind: 'set code', to });
const setAdmin = (to: string): Action => ({ kind: 'set admin key', to });
const answer = (key: string): Action => ({ kind: 'answer', key });
const changeAdmin = (key: string, to: string): Action => ({ kind: 'change admin key', key, to });
const times = (count: number, action: Action): Action[] => Array<Action>(count).fill(action);

/** A name of 64 characters, which makes the largest credential. */
const large = (name: string) => name.padEnd(64, '.');
const FULL_HOUSE = Array.from({ length: 32 }, (_, index) => large(`account ${index}`));

export const HISTORIES: readonly History[] = [
  {
    id: 'H1',
    title: 'a token is personalised',
    past: [],
    steps: [serial('CUT-000417'), clock(NOON), hotp('bank:me', 7n), totp('mail:me')],
  },
  {
    id: 'H2',
    title: 'two counters are used across the end of their tallies',
    past: [serial('CUT-2'), clock(NOON), hotp('a:one'), hotp('b:two', 2n ** 32n - 3n)].concat(
      times(20, press('a:one')),
      times(22, press('b:two')),
    ),
    steps: [...times(6, press('a:one')), ...times(4, press('b:two')), press('a:one')],
  },
  {
    id: 'H3',
    title: 'an account is deleted whose records lie on one page, and another takes its place',
    past: [serial('CUT-3'), clock(NOON), hotp('kept'), totp('doomed'), press('kept')],
    steps: [remove('doomed'), hotp('heir'), press('heir'), press('kept')],
  },
  {
    id: 'H4',
    title: 'a counter account is deleted whose records lie on several pages',
    past: [serial('CUT-4'), clock(NOON), hotp('kept'), hotp('doomed')].concat(
      times(30, press('doomed')),
      ...Array.from({ length: 3 }, () => times(30, press('kept'))),
      times(24, press('doomed')),
      times(80, press('kept')),
    ),
    steps: [remove('doomed'), totp('heir'), remove('heir'), hotp('last', 5n), press('last')],
  },
  {
    id: 'H5',
    title: 'a token with 32 of the largest accounts goes on working',
    past: [serial('CUT-5'), clock(NOON), ...FULL_HOUSE.map((name) => hotp(name))].concat(
      FULL_HOUSE.slice(0, 3).flatMap((name) => times(24, press(name))),
    ),
    steps: [
      ...FULL_HOUSE.slice(0, 3).map(press),
      clock(NOON),
      remove(FULL_HOUSE[7]!),
      hotp(large('heir'), 1n),
      press(large('heir')),
    ],
  },
  {
    id: 'H6',
    title: 'the log comes round to its first page',
    past: [serial('CUT-6'), clock(NOON), hotp('kept'), totp('mail')],
    untilFull: press('kept'),
    steps: [...times(40, press('kept')), remove('mail'), totp('heir')],
  },
  {
    id: 'H7',
    title: 'a PIN is set, missed, given and changed',
    past: [serial('CUT-7'), clock(NOON), hotp('a:one')],
    steps: [
      setPuk(PUK),
      setPin('271828'),
      verify('000001'),
      verify('271828'),
      press('a:one'),
      { kind: 'change PIN', pin: '271828', to: '314159' },
      totp('b:two'),
    ],
  },
  {
    id: 'H8',
    title: 'a PIN is blocked, and unblocked with the PUK',
    past: [serial('CUT-8'), hotp('a:one'), setPuk(PUK), setPin('271828')].concat(
      times(6, verify('000001')),
    ),
    steps: [
      ...times(2, verify('000001')),
      unblock('99999991', '314159'),
      unblock(PUK, '314159'),
      press('a:one'),
    ],
  },
  {
    id: 'H9',
    title: 'the tries of a PUK run out, and every key is destroyed',
    past: [serial('CUT-9'), hotp('a:one'), setPuk(PUK), setPin('271828')].concat(
      times(8, unblock('99999991', '314159')),
    ),
    steps: [...times(2, unblock('99999991', '314159')), hotp('c:new'), press('c:new')],
  },
  {
    id: 'H10',
    title: 'codes are shown, the battery is out, the owner sets the clock back and forth',
    past: [serial('CUT-10'), clock(NOON), totp('a:one'), setPuk(PUK), setPin('271828')],
    steps: [
      verify('271828'),
      press('a:one'),
      { kind: 'battery out' },
      ownClock(NOON + 86_400),
      press('a:one'),
      ownClock(NOON - 86_400),
      press('a:one'),
      ownClock(NOON),
    ],
  },
  {
    id: 'H11',
    title: 'accounts come, change their names and go over the OATH applet',
    past: [serial('CUT-11'), clock(NOON), hotp('a:one'), totp('b:two')],
    steps: [
      put('c:three', 7n, true),
      calculate('c:three'),
      calculate('b:two'),
      { kind: 'rename', name: 'a:one', to: 'a:one#1' },
      calculate('a:one#1'),
      put('b:two', 3n),
      put('c:three', null),
      { kind: 'oath delete', name: 'a:one#1' },
    ],
  },
  {
    id: 'H12',
    title: 'an access code and the keys of two slots are set, changed and removed',
    past: [serial('CUT-12'), clock(NOON), hotp('a:one'), setCode('first')],
    steps: [
      setCode('second'),
      setCode(null),
      { kind: 'program', slot: 0, to: 'one' },
      { kind: 'program', slot: 1, to: 'two' },
      { kind: 'program', slot: 0, to: 'another' },
      { kind: 'program', slot: 1, to: null },
      setCode('third'),
      calculate('a:one'),
    ],
  },
  {
    id: 'H13',
    title: 'everything is reset, and begins anew',
    past: [serial('CUT-13'), clock(NOON), hotp('a:one'), totp('b:two'), setCode('word')].concat(
      { kind: 'program', slot: 0, to: 'one' },
      setPuk(PUK),
      setPin('271828'),
    ),
    steps: [{ kind: 'reset' }, put('c:new', 0n), calculate('c:new')],
  },
  {
    id: 'H14',
    title: 'a token becomes a card, its admin key is changed, missed, blocked, and all is reset',
    past: [serial('CUT-14'), clock(NOON), hotp('a:one')],
    steps: [
      setAdmin('default'),
      answer('default'),
      changeAdmin('default', 'own'),
      answer('wrong'),
      changeAdmin('wrong', 'thief'),
      changeAdmin('own', 'other'),
      setPin('271828'),
      ...times(5, answer('own')),
      press('a:one'),
      { kind: 'reset' },
      setAdmin('default'),
    ],
  },
  {
    id: 'H15',
    title: 'the PUK is changed, the PIN is asked for before each code, is removed and comes back',
    past: [serial('CUT-15'), clock(NOON), hotp('a:one'), setPuk(PUK), setPin('271828')],
    steps: [
      setPolicy('271828', 'each code'),
      press('a:one'),
      calculate('a:one'),
      changePuk('99999991', '27182818'),
      changePuk(PUK, '27182818'),
      { kind: 'change PIN', pin: '271828', to: '314159' },
      unblock('27182818', '161803'),
      setPolicy('000001', 'off'),
      setPolicy('161803', 'once'),
      setPolicy('161803', 'off'),
      press('a:one'),
      setPin('577215'),
    ],
  },
];

/** Each of the PINs, PUKs and admin keys that may have been set in a history. */
export function secretsOf({ past, steps }: History): {
  pins: string[];
  puks: string[];
  adminKeys: string[];
} {
  const actions = [...past, ...steps];
  const pins = actions.flatMap((action) =>
    action.kind === 'set PIN' || action.kind === 'change PIN' || action.kind === 'unblock'
      ? [action.to]
      : [],
  );
  const puks = actions.flatMap((action) =>
    action.kind === 'set PUK' || action.kind === 'change PUK' ? [action.to] : [],
  );
  const adminKeys = actions.flatMap((action) =>
    action.kind === 'set admin key' || action.kind === 'change admin key' ? [action.to] : [],
  );
  return { pins: [...new Set(pins)], puks: [...new Set(puks)], adminKeys: [...new Set(adminKeys)] };
}

export function historyOf(id: string): History {
  const history = HISTORIES.find((candidate) => candidate.id === id);
  if (!history) throw new RangeError(`history ${id}: unknown`);
  return history;
}
