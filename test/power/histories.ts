/**
 * The reference histories: what a token lives through while the power may go at any moment. They
 * begin with an empty flash or with one that a token has filled, and are recorded once.
 */
import { selectManagement } from '../../host/index.ts';
import { codeOf, perform } from '../model/driver.ts';
import { type Action, after, type Model, NEW_TOKEN } from '../model/model.ts';
import { type Bench, ERASED, type Operation, PAGE_WORDS, type Remains } from './bench.ts';
import { nameOf, readImage, sealedWords } from './image-reader.ts';

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

/** An operation within a recorded history. */
export interface RecordedOperation extends Operation {
  /** Tokens that may be found after a cut here, as their owner knows them. */
  readonly allowed: readonly Model[];
  /** The step in progress; null for power-on. */
  readonly action: Action | null;
}

export interface Recording {
  readonly history: History;
  readonly start: Remains;
  readonly operations: readonly RecordedOperation[];
  /** Words of sealed keys that were on flash at some time → the account they belong to. */
  readonly sealed: ReadonlyMap<number, string>;
  readonly end: { readonly remains: Remains; readonly model: Model };
}

const serial = (text: string): Action => ({ kind: 'serial', serial: text });
const clock = (seconds: number): Action => ({ kind: 'clock', seconds });
const totp = (name: string): Action => ({ kind: 'put', name, counter: null });
const hotp = (name: string, counter = 0n): Action => ({ kind: 'put', name, counter });
const remove = (name: string): Action => ({ kind: 'delete', name });
const press = (name: string): Action => ({ kind: 'press', name });
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
      clock(NOON + 60),
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
];

export function historyOf(id: string): History {
  const history = HISTORIES.find((candidate) => candidate.id === id);
  if (!history) throw new RangeError(`history ${id}: unknown`);
  return history;
}

/** Lives the past of a history and returns what it left; nothing of it is recorded. */
export function live(
  bench: Bench,
  { past, untilFull }: History,
): { remains: Remains; model: Model } {
  if (past.length === 0) return { remains: { words: ERASED, clock: NOON }, model: NEW_TOKEN };
  const token = bench.powerOn({ words: ERASED, clock: NOON });
  selectManagement(token);
  let model = NEW_TOKEN;
  const take = (action: Action) => {
    const refusal = perform(token, action, model);
    if (refusal !== null) throw new Error(`${action.kind}: ${refusal}`);
    model = after(model, action);
  };
  past.forEach(take);
  while (untilFull && hasRoom(bench)) take(untilFull);
  return { remains: bench.remains, model };
}

/** Words of a counter's record: first word, start value, check, 24 of tally. */
const COUNTER_WORDS = 28;

/** Whether another counter fits, or a page is free that is not the last free one. */
function hasRoom({ words }: Bench): boolean {
  const { pages, records } = readImage(words);
  const { page, end } = records.at(-1)!;
  const room = (page + 1) * PAGE_WORDS - end;
  return room >= COUNTER_WORDS || pages.filter((state) => state === 'free').length > 1;
}

/** Runs a history to its end without a cut and keeps every write and erase of it. */
export function record(bench: Bench, history: History): Recording {
  const { remains: start, model: startModel } = live(bench, history);
  const journal: Operation[] = [];
  const operations: RecordedOperation[] = [];
  const sealed = new Map<number, string>();
  const keepSealed = () => {
    for (const found of readImage(bench.words).records) {
      if (found.identity < 0x20 || found.identity >= 0x40 || found.deleted) continue;
      for (const word of sealedWords(bench.words, found)) sealed.set(word, nameOf(found));
    }
  };
  const token = bench.powerOn(start, journal);
  selectManagement(token);
  let model = startModel;
  const take = (action: Action | null, next: Model) => {
    for (const operation of journal.slice(operations.length)) {
      operations.push({
        ...operation,
        action,
        allowed: allowed(bench, operation, action, model, next),
      });
    }
    model = next;
    keepSealed();
  };
  take(null, model);
  for (const action of history.steps) {
    const refusal = perform(token, action, model);
    if (refusal !== null) throw new Error(`${history.id}, ${action.kind}: ${refusal}`);
    take(action, after(model, action));
  }
  return { history, start, operations, sealed, end: { remains: bench.remains, model } };
}

/** Before or after the step; only after it, when its code has been on the display already. */
function allowed(
  bench: Bench,
  { codesShown }: Operation,
  action: Action | null,
  before: Model,
  next: Model,
): Model[] {
  if (action?.kind !== 'press' || before.accounts[action.name] == null) return [before, next];
  const code = codeOf(action.name, before.accounts[action.name]!);
  return bench.codes.slice(0, codesShown).includes(code) ? [next] : [before, next];
}
