/**
 * What a mutant of token.wasm is held against. A killer runs the same on the genuine firmware, once,
 * and on a mutant, which must do the same: each event as it comes. What throws is killed too: a
 * trap, a broken contract of the flash, a code that is not the model's, fuel that runs out.
 */

import { selectManagement, type Token } from '../../host/index.ts';
import { perform } from '../model/driver.ts';
import { after } from '../model/model.ts';
import { type Operation, PAGE_WORDS, type Remains } from '../power/bench.ts';
import { HISTORIES, type History } from '../power/histories.ts';
import { NARROW, outcomeNames, outcomeWords } from '../power/outcomes.ts';
import { live, mustWait, record } from '../power/recording.ts';
import { ACCOUNT_SCRIPTS } from './account-scripts.ts';
import { ADMIN_SCRIPTS } from './admin-scripts.ts';
import { APPLET_SCRIPTS } from './applets.ts';
import { forgedRuns } from './forged-runs.ts';
import { LEFTOVER_SCRIPTS } from './leftover-scripts.ts';

import { leftoversKiller } from './leftovers.ts';
import { bootOver, powerOn, type Runs, SECRETS } from './life.ts';
import { PIN_SCRIPTS } from './pin-scripts.ts';
import { QR_SCRIPTS } from './qr-scripts.ts';
import { shortScripts } from './short-scripts.ts';
import { type Failure, Subject, Witness } from './subject.ts';

export interface Killer<Examined = Subject> {
  readonly name: string;
  /** Throws when this is not the genuine firmware. */
  run(subject: Examined): void;
}

/** All killers of a firmware, in the order in which they are worth trying. */
export function killersFor(genuine: WebAssembly.Module): Killer[] {
  const subject = new Subject(genuine);
  const runs: [string, (subject: Subject) => void][] = [
    ...scriptRuns(),
    ...forgedRuns(subject),
    ...historyRuns(subject),
    ...failureRuns(subject),
    ...unreadableRuns(subject),
  ];
  return [
    ...runs.map(([name, run]) => comparing(subject, name, run)),
    ...Object.keys(LEFTOVER_SCRIPTS).map((script) => leftoversKiller(subject, script)),
  ];
}

/** A killer that compares the events of a run with those of the genuine firmware. */
function comparing(genuine: Subject, name: string, run: (subject: Subject) => void): Killer {
  const kept = new Witness(null);
  genuine.begin(kept);
  run(genuine);
  const events = kept.finish();
  return {
    name,
    run: (subject) => {
      const witness = new Witness(events);
      subject.begin(witness);
      run(subject);
      witness.finish();
    },
  };
}

function scriptRuns(): Runs {
  const scripts = {
    ...ACCOUNT_SCRIPTS,
    ...PIN_SCRIPTS,
    ...ADMIN_SCRIPTS,
    ...APPLET_SCRIPTS,
    ...QR_SCRIPTS,
  };
  return Object.entries(scripts).map(([name, script]) => [
    name,
    (subject) => script(subject, SECRETS),
  ]);
}

// --- histories and power cuts -----------------------------------------------------------------

/** The reference histories, and power-on after cuts in them. */
function historyRuns(genuine: Subject): Runs {
  return HISTORIES.flatMap((history) => {
    genuine.begin(new Witness(null));
    const start = live(genuine.bench, history);
    const cuts = cutsOf(genuine, history);
    return [
      [`history ${history.id}`, (subject) => relive(subject, history, start)],
      [
        `cuts of ${history.id}`,
        (subject) => {
          for (const remains of cuts) bootOver(subject, remains);
        },
      ],
    ] satisfies Runs;
  });
}

/** Does the steps of a history; the past is the genuine firmware's. */
function relive(subject: Subject, { steps }: History, start: ReturnType<typeof live>): void {
  let { model } = start;
  let token = subject.powerOn(start.remains);
  selectManagement(token);
  for (const action of steps) {
    if (mustWait(model)) {
      token = subject.powerOn(subject.bench.remains);
      selectManagement(token);
    }
    perform(token, action, model);
    model = after(model, action);
  }
}

/** Operations of a history at which power is cut. */
const CUTS_EACH = 10;

function cutsOf({ bench }: Subject, history: History): Remains[] {
  const { start, operations } = record(bench, history);
  const words = start.words.slice();
  const stride = Math.max(1, Math.ceil(operations.length / CUTS_EACH));
  const cuts: Remains[] = [];
  for (const [index, operation] of operations.entries()) {
    if (index % stride === 0) {
      for (const name of outcomeNames(operation, words, NARROW)) {
        cuts.push({ words: leave(words, operation, name), clock: operation.clock });
      }
    }
    if (operation.word === null) words.fill(-1, operation.at, operation.at + PAGE_WORDS);
    else words[operation.at] = operation.word;
  }
  return cuts;
}

function leave(words: Int32Array, operation: Operation, name: string): Int32Array {
  const left = words.slice();
  left.set(outcomeWords(operation, words, name), operation.at);
  return left;
}

// --- boards that fail -------------------------------------------------------------------------

const FAILURES: readonly Pick<Failure, 'call' | 'how'>[] = [
  { call: 'flashWrite', how: 'refused' },
  { call: 'flashWrite', how: 'lost' },
  { call: 'flashWrite', how: 'partial' },
  { call: 'flashWrite', how: 'fading' },
  { call: 'flashErase', how: 'refused' },
  { call: 'flashErase', how: 'lost' },
  { call: 'flashErase', how: 'partial' },
  { call: 'clockRead', how: 'refused' },
  { call: 'clockWrite', how: 'refused' },
  { call: 'entropy', how: 'refused' },
  { call: 'deviceKey', how: 'refused' },
];

/** Calls of one kind that fail in one script, each in a run of its own, spread over all of them. */
const FAILURES_EACH = 30;

/** Each short script, once for each call of the board that may fail in it. */
function failureRuns(genuine: Subject): Runs {
  return Object.entries(shortScripts(genuine)).map(([name, { start, act }]) => {
    genuine.begin(new Witness(null));
    actWith(genuine, start, act, null);
    const calls = new Map(genuine.calls);
    const failures = FAILURES.flatMap(({ call, how }) => {
      const count = calls.get(call) ?? 0;
      const stride = Math.max(1, count / FAILURES_EACH);
      return Array.from({ length: Math.min(count, FAILURES_EACH) }, (_, index) => {
        return { call, how, at: Math.floor(index * stride) };
      });
    });
    return [
      `failures in ${name}`,
      (subject) => {
        for (const failure of failures) actWith(subject, start, act, failure);
      },
    ] satisfies Runs[number];
  });
}

/** Powers on, does something while a call fails, tries the same again, and powers on once more. */
function actWith(
  subject: Subject,
  start: Remains,
  act: (subject: Subject, token: Token) => void,
  failure: Failure | null,
): void {
  subject.fail(failure);
  const token = powerOn(subject, start);
  act(subject, token);
  act(subject, token);
  if (failure === null) return;
  subject.fail(null);
  bootOver(subject, subject.bench.remains);
}

/** Words of an image that cannot be read, one after the other. */
function unreadableRuns(genuine: Subject): Runs {
  const { remains } = genuine.bench;
  genuine.begin(new Witness(null));
  ACCOUNT_SCRIPTS.accounts!(genuine, SECRETS);
  const { words } = genuine.bench.remains;
  const used = words.findLastIndex((word) => word !== -1);
  return [
    [
      'unreadable words',
      (subject) => {
        for (let at = 0; at <= used; at += at < 40 ? 1 : 7) {
          subject.unreadable = at * 4;
          bootOver(subject, { ...remains, words });
        }
      },
    ],
  ];
}
