/**
 * Random histories: an owner who does anything in any order, with power going at any moment, held
 * against the model. After every step the flash is read by the independent reader and must say what
 * the model says; after every power-on the token must say it too.
 */
import { selectManagement, type Token } from '../../host/index.ts';
import { PowerCut } from '../../sim/board/index.ts';
import { type Bench, mix, type Operation, PAGE_WORDS, type Remains } from '../power/bench.ts';
import { NOON } from '../power/histories.ts';
import {
  type ImageReading,
  lastCodeMinuteOf,
  modelOf,
  nameOf,
  readImage,
  sealedWords,
} from '../power/image-reader.ts';
import { mustWait } from '../power/recording.ts';
import { observe, perform } from './driver.ts';
import {
  type Action,
  describeModel,
  type Model,
  PIN_TRIES,
  type Policy,
  SLOTS,
  stages,
} from './model.ts';

export interface WalkOptions {
  readonly steps: number;
  /** Whether power is cut at some steps. */
  readonly cuts: boolean;
}

/** What happened on a walk; the figures of a run are their sum. */
export interface WalkTally {
  steps: number;
  refusals: number;
  cuts: number;
  cutsInRecovery: number;
}

/** A flash to begin with, and what its owner knows of it. */
export interface WalkStart {
  readonly remains: Remains;
  readonly model: Model;
}

/** One step in so many has its power cut, if it writes as often as that. */
const CUT_EVERY = 4;
/** No walk sets this one. */
const WRONG_PIN = '000001';
const WRONG_PUK = '99999991';
const POLICIES: readonly Policy[] = ['off', 'once', 'each code', 'each code'];

/** Identities of credentials, FORMAT.md. */
const CREDENTIALS = { first: 0x20, last: 0x3f };

/** How to find out which of several secrets a token has; a blocked one takes none. */
const PROBES: readonly {
  secretOf(model: Model): string | undefined;
  actionWith(secret: string): Action;
}[] = [
  {
    secretOf: ({ pin }) => (pin && pin.failed < PIN_TRIES ? pin.digits : undefined),
    actionWith: (pin) => ({ kind: 'verify', pin }),
  },
  {
    secretOf: ({ puk }) => puk?.digits,
    actionWith: (puk) => ({ kind: 'change PUK', puk, to: puk }),
  },
  {
    secretOf: ({ admin }) => admin?.digits,
    actionWith: (key) => ({ kind: 'answer', key }),
  },
];

export class Walk {
  readonly #bench: Bench;
  readonly #next: (below: number) => number;
  readonly #tally: WalkTally = { steps: 0, refusals: 0, cuts: 0, cutsInRecovery: 0 };
  /** Accounts that were there a step ago → the words of their sealed keys. */
  readonly #sealed = new Map<string, Int32Array>();
  #model: Model;
  #token: Token;
  #names = 0;

  /** @param seed  the same walk for the same seed and start */
  constructor(bench: Bench, seed: number, { remains, model }: WalkStart) {
    let draws = 0;
    this.#next = (below) => (mix(seed, draws++) >>> 0) % below;
    this.#bench = bench;
    this.#model = model;
    bench.watchesCodes = true;
    this.#token = bench.powerOn(remains);
    this.#names = Object.keys(model.accounts).length;
    selectManagement(this.#token);
  }

  /** Takes all the steps; throws an Error that says at which step what was wrong. */
  run({ steps, cuts }: WalkOptions): WalkTally {
    for (let step = 0; step < steps; step++) {
      const action = this.#chooseAction();
      try {
        this.#take(action, cuts && this.#next(CUT_EVERY) === 0);
        this.#compareImage();
      } catch (error) {
        const { kind } = action;
        throw new Error(`step ${step}, ${kind}: ${(error as Error).message}`, { cause: error });
      }
      this.#tally.steps++;
    }
    this.#powerOn();
    this.#compareToken([this.#model]);
    return this.#tally;
  }

  // --- choosing ---------------------------------------------------------------------------------

  #chooseAction(): Action {
    const { accounts, pin } = this.#model;
    const names = Object.keys(accounts);
    const name = names[this.#next(names.length || 1)];
    const choice = this.#next(24);
    if (choice >= 22) return this.#chooseSecretAction();
    if (pin !== null && pin.failed >= PIN_TRIES) return this.#chooseBlocked();
    if (pin !== null && choice === 15) {
      return { kind: 'verify', pin: pin.failed < 4 ? WRONG_PIN : pin.digits };
    }
    if (pin === null && choice === 15 && this.#next(32) === 0) {
      return { kind: 'set PIN', to: this.#newPin() };
    }
    if (choice > 15) return this.#chooseOathAction(names, name);
    if (choice === 0) return { kind: 'serial', serial: `W-${this.#next(1000)}` };
    if (choice === 1) return this.#chooseClock();
    if (name !== undefined && choice < 11) return { kind: 'press', name };
    if (name !== undefined && choice < 13) return { kind: 'delete', name };
    const taken = name !== undefined && this.#next(8) === 0;
    return { kind: 'put', name: taken ? name : this.#newName(), counter: this.#firstCounter() };
  }

  /** On a token that takes no PIN. */
  #chooseBlocked(): Action {
    const { puk } = this.#model;
    if (puk === null || this.#next(2) === 0) return { kind: 'serial', serial: 'W-BLOCKED' };
    return { kind: 'unblock', puk: puk.digits, to: this.#newPin() };
  }

  /** With PIN, PUK and admin key; wrong ones as long as many tries are left. */
  #chooseSecretAction(): Action {
    const { pin, puk } = this.#model;
    const choice = this.#next(pin === null ? 4 : 8);
    const isWrong = this.#next(4) === 0;
    if (choice < 2) return this.#chooseAdminAction();
    if (choice < 4) {
      if (puk === null) return { kind: 'set PUK', to: this.#newPuk() };
      const given = isWrong && puk.failed < 4 ? WRONG_PUK : puk.digits;
      return choice === 2 && pin !== null
        ? { kind: 'unblock', puk: given, to: this.#newPin() }
        : { kind: 'change PUK', puk: given, to: this.#newPuk() };
    }
    const given = isWrong && pin!.failed < 4 ? WRONG_PIN : pin!.digits;
    if (choice < 6) return { kind: 'change PIN', pin: given, to: this.#newPin() };
    return { kind: 'set policy', pin: given, to: POLICIES[this.#next(POLICIES.length)]! };
  }

  #chooseAdminAction(): Action {
    const { admin, serial } = this.#model;
    const to = `key ${this.#next(100)}`;
    // A card is known by its serial number.
    if (serial === null) return { kind: 'serial', serial: 'W-CARD' };
    if (admin === null) return { kind: 'set admin key', to };
    const key = this.#next(4) === 0 && admin.failed < 3 ? 'wrong' : admin.digits;
    return this.#next(2) === 0 ? { kind: 'answer', key } : { kind: 'change admin key', key, to };
  }

  /** No PIN that begins like this is one of those that a token refuses as too common. */
  #newPin(): string {
    return `27182${this.#next(1000)}`;
  }

  #newPuk(): string {
    return `161803${this.#next(90) + 10}`;
  }

  /** Time passes; then the clock is set to what it says, or its battery is out, or its owner moves it. */
  #chooseClock(): Action {
    const { clock } = this.#bench;
    const { pin, clockSetAt } = this.#model;
    const known = clock ?? NOON;
    const isSet = clock !== null && clockSetAt !== null;
    if (!isSet && pin === null) return { kind: 'clock', seconds: known };
    if (!isSet || (pin !== null && this.#next(2) === 0)) {
      return { kind: 'own clock', seconds: known + this.#next(172_800) - 86_400 };
    }
    this.#bench.clock = known + this.#next(86_400);
    if (this.#next(4) === 0) return { kind: 'battery out' };
    return { kind: 'clock', seconds: this.#bench.clock };
  }

  #chooseOathAction(names: readonly string[], name: string | undefined): Action {
    const { code } = this.#model;
    const choice = this.#next(16);
    if (choice === 0) return { kind: 'set code', to: code === null ? `word ${this.#names}` : null };
    if (choice === 1) {
      const to = this.#next(2) === 0 ? null : `word ${this.#next(100)}`;
      return { kind: 'program', slot: this.#next(2) === 0 ? 0 : 1, to };
    }
    if (choice === 2 && this.#next(8) === 0) return { kind: 'reset' };
    if (name !== undefined && choice < 6) return { kind: 'rename', name, to: this.#rename(name) };
    if (name !== undefined && choice < 11) return { kind: 'calculate', name };
    if (name !== undefined && choice === 11) return { kind: 'oath delete', name };
    const isTaken = names.length > 0 && this.#next(3) === 0;
    const counter = this.#next(2) === 0 ? null : this.#next(2 ** 31);
    return {
      kind: 'oath put',
      name: isTaken ? name! : this.#newName(),
      counter: counter === null ? null : BigInt(counter),
      touch: this.#next(3) === 0,
    };
  }

  /** The same account by another name, at times by its own. */
  #rename(name: string): string {
    const count = this.#next(1000);
    return name.includes('.')
      ? name.replace(/(#\d+)?\.+$/, `#${count}`).padEnd(40 + this.#next(25), '.')
      : name.replace(/#.*|$/, `#${count}`);
  }

  #newName(): string {
    const name = `account ${this.#names++}`;
    return this.#next(4) === 0 ? name.padEnd(64, '.') : name;
  }

  #firstCounter(): bigint | null {
    return [null, 0n, 0n, 2n ** 32n - 2n, 2n ** 64n - 3n][this.#next(5)]!;
  }

  // --- acting -----------------------------------------------------------------------------------

  #take(action: Action, isCut: boolean): void {
    const before = this.#model;
    const between = stages(before, action);
    const next = between.at(-1)!;
    if (mustWait(before)) this.#powerOn();
    if (isCut) this.#armCut(200);
    try {
      const refusal = perform(this.#token, action, before);
      this.#bench.cutPower(0, null);
      const isFull = refusal === 'FULL' && hasNoRoom(readImage(this.#bench.words), action);
      const expected = isFull ? refusal : expectedRefusal(before, action);
      if (refusal !== expected) throw new Error(`answered ${refusal}, expected ${expected}`);
      if (refusal !== null) this.#tally.refusals++;
      this.#model = isFull ? withTriesBack(before) : next;
      if (action.kind === 'battery out') this.#bench.clock = null;
    } catch (error) {
      if (!(error instanceof PowerCut)) throw error;
      this.#tally.cuts++;
      this.#recover();
      this.#compareToken(between);
    }
    // The owner may take back a time for which codes were shown, also when the PIN was given for
    // something else before.
    const isOwners = action.kind === 'clock' && this.#model.pin !== null;
    if (action.kind === 'own clock' || isOwners) this.#bench.codeMinute = 0;
  }

  /** Powers on until it is not cut short. */
  #recover(): void {
    for (let cut = this.#next(2) === 0; cut; cut = this.#next(3) === 0) {
      this.#armCut(100);
      try {
        this.#powerOn();
        this.#bench.cutPower(0, null);
        return;
      } catch (error) {
        if (!(error instanceof PowerCut)) throw error;
        this.#tally.cutsInRecovery++;
      }
    }
    this.#powerOn();
  }

  #powerOn(): void {
    this.#token = this.#bench.powerOnAgain();
    if (this.#token.fault) throw new Error(`after power-on: ${this.#token.fault.code}`);
    selectManagement(this.#token);
  }

  /** Cuts power at one of the coming operations, the near ones more often than the far ones. */
  #armCut(within: number): void {
    const operation = this.#next(2) === 0 ? this.#next(4) : this.#next(within);
    const pattern = this.#next(4);
    const salt = this.#next(2 ** 31);
    this.#bench.cutPower(operation, (asked, words) => cutShort(asked, words, pattern, salt));
  }

  // --- comparing --------------------------------------------------------------------------------

  /** The token says one of these; the model goes on from it. */
  #compareToken(allowed: readonly Model[]): void {
    const observed = observe(this.#token);
    const state = describeModel(observed);
    const alike = allowed.filter((model) => describeModel(model) === state);
    if (alike.length === 0) {
      const expected = allowed.map(describeModel).join(' | ');
      throw new Error(`the token says: ${state}; expected: ${expected}`);
    }
    this.#model = this.#tellApart(alike);
  }

  /** Of models that differ in secrets only, of which no token tells: the one whose it takes. */
  #tellApart(alike: readonly Model[]): Model {
    const found = PROBES.reduce((left, { secretOf, actionWith }) => {
      const secrets = new Set(left.map(secretOf));
      if (secrets.size < 2) return left;
      const taken = [...secrets].find((secret) => this.#takes(actionWith(secret!)));
      return left.filter((model) => secretOf(model) === taken);
    }, alike);
    if (found.length === 0) throw new Error('the token takes none of the secrets that it may have');
    return found[0]!;
  }

  /** Whether the token takes a secret; it is as it was afterwards. */
  #takes(action: Action): boolean {
    const { remains, codeMinute } = this.#bench;
    if (mustWait(this.#model)) this.#powerOn();
    const isTaken = perform(this.#token, action, this.#model) === null;
    this.#bench.powerOn(remains);
    this.#bench.codeMinute = codeMinute;
    this.#powerOn();
    return isTaken;
  }

  /** The image says what the model says, and holds nothing of what was deleted. */
  #compareImage(): void {
    const reading = readImage(this.#bench.words);
    const state = describeModel(modelOf(reading));
    const expected = describeModel(this.#model);
    if (reading.damage.length > 0) throw new Error(`image: ${reading.damage.join()}`);
    if (state !== expected) throw new Error(`the image says: ${state}; expected: ${expected}`);
    if (reading.pages.some((page) => page !== 'free' && page !== 'in use')) {
      throw new Error(`image: pages are ${reading.pages.join()}`);
    }
    const { codeMinute } = this.#bench;
    if (lastCodeMinuteOf(reading) < codeMinute) {
      throw new Error(`a code was shown for minute ${codeMinute} and is not on record`);
    }
    this.#compareSealed(reading);
  }

  /** Learns the sealed keys that came, looks for those that went. */
  #compareSealed({ live }: ImageReading): void {
    const { words } = this.#bench;
    const present = new Set<string>();
    for (const [identity, found] of live) {
      if (identity < CREDENTIALS.first || identity > CREDENTIALS.last) continue;
      const name = nameOf(found);
      present.add(name);
      const sealed = sealedWords(words, found);
      const before = this.#sealed.get(name);
      if (before && before[0] !== sealed[0] && before.some((word) => words.includes(word))) {
        throw new Error(`an earlier sealed key of ${name} survives`);
      }
      this.#sealed.set(name, sealed);
    }
    for (const [name, sealed] of this.#sealed) {
      if (present.has(name)) continue;
      if (sealed.some((word) => words.includes(word))) {
        throw new Error(`the sealed key of ${name} survives its deletion`);
      }
      this.#sealed.delete(name);
    }
  }
}

/** Words that there are for records which are not the token's own; FORMAT.md, "Capacity". */
const CAPACITY_WORDS = 2701;
const FIRST_OTHER = 0x09;
/** Words that an action may need at the most, what it replaces not counted. */
const MOST_WORDS: Partial<Record<Action['kind'], number>> = {
  put: 84,
  'oath put': 84,
  rename: 16,
  program: 13,
  'set admin key': 12,
};

/** Whether what an action brings may have had no room. */
function hasNoRoom({ live }: ImageReading, { kind }: Action): boolean {
  const others = [...live.values()].filter(({ identity }) => identity >= FIRST_OTHER);
  const words = others.reduce((sum, { at, end }) => sum + end - at, 0);
  return words + (MOST_WORDS[kind] ?? 0) > CAPACITY_WORDS;
}

/** The PIN was given for what had no room. */
function withTriesBack(model: Model): Model {
  return model.pin ? { ...model, pin: { ...model.pin, failed: 0 } } : model;
}

function expectedRefusal({ serial, accounts }: Model, action: Action): string | null {
  if (givesWrongSecret(action)) return 'PIN_WRONG';
  if (action.kind === 'serial') return serial === null ? null : 'CONDITIONS_NOT_SATISFIED';
  if (action.kind === 'rename' && action.to in accounts) return 'CONDITIONS_NOT_SATISFIED';
  if (action.kind === 'oath put' && action.name in accounts) return null;
  if (action.kind !== 'put' && action.kind !== 'oath put') return null;
  if (action.name in accounts) return 'NAME_EXISTS';
  return Object.keys(accounts).length === SLOTS ? 'FULL' : null;
}

function givesWrongSecret(action: Action): boolean {
  const given = [
    'pin' in action && action.pin,
    'puk' in action && action.puk,
    'key' in action && action.key,
  ];
  return given.some((secret) => secret === WRONG_PIN || secret === WRONG_PUK || secret === 'wrong');
}

/** What a cut leaves: nothing, everything, any bits, or everything up to some word. */
function cutShort(
  { at, word }: Operation,
  words: Int32Array,
  pattern: number,
  salt: number,
): Int32Array {
  const left = words.slice(at, at + (word === null ? PAGE_WORDS : 1));
  const taken = (index: number) => {
    if (pattern < 2) return -pattern;
    return pattern === 2 ? mix(salt, index) : index < salt % PAGE_WORDS ? -1 : 0;
  };
  for (const [index, before] of left.entries()) {
    const changing = before ^ (word ?? -1);
    left[index] = before ^ (changing & taken(index));
  }
  return left;
}
