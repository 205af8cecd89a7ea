/** Lives a reference history once, without a cut, and keeps what it does to the flash. */
import { selectManagement, type Token } from '../../host/index.ts';
import { codeOf, perform } from '../model/driver.ts';
import {
  type Action,
  after,
  describeModel,
  type Model,
  NEW_TOKEN,
  stages,
} from '../model/model.ts';
import { type Bench, BLANK, ERASED, type Operation, PAGE_WORDS, type Remains } from './bench.ts';
import { type History, NOON } from './histories.ts';
import { modelOf, nameOf, readImage, sealedWords } from './image-reader.ts';

/** An operation within a recorded history. */
export interface RecordedOperation extends Operation {
  /** Tokens that may be found after a cut here, as their owner knows them. */
  readonly allowed: readonly Model[];
  /** The token from the beginning of the step to its end, as its owner knows it. */
  readonly between: readonly Model[];
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

/** Does actions one after the other, each of which the token must answer as the model does. */
class Life {
  readonly #bench: Bench;
  readonly #journal: Operation[] | null;
  #token: Token;
  model: Model = NEW_TOKEN;
  /** How often the device key had been read when the last action began. */
  keyReads = 0;

  constructor(bench: Bench, remains: Remains, journal: Operation[] | null) {
    this.#bench = bench;
    this.#journal = journal;
    this.#token = bench.powerOn(remains, journal);
    selectManagement(this.#token);
  }

  take(action: Action): void {
    if (mustWait(this.model)) {
      this.#token = this.#bench.powerOnAgain(this.#journal);
      selectManagement(this.#token);
    }
    this.keyReads = this.#bench.keyReads;
    const refusal = perform(this.#token, action, this.model);
    if (refusal !== null && refusal !== 'PIN_WRONG') throw new Error(`${action.kind}: ${refusal}`);
    if (action.kind === 'battery out') this.#bench.clock = null;
    if (action.kind === 'own clock') this.#bench.codeMinute = 0;
    this.model = after(this.model, action);
  }
}

/** Wrong PINs in a row before the token makes one wait; the wait is over ten minutes after power-on. */
const FREE_TRIES = 3;

/** Whether a try would come too early, unless power is cycled. */
export function mustWait({ pin, puk }: Model): boolean {
  return Math.max(pin?.failed ?? 0, puk?.failed ?? 0) > FREE_TRIES;
}

/** Lives the past of a history and returns what it left; nothing of it is recorded. */
export function live(
  bench: Bench,
  { past, untilFull }: History,
): { remains: Remains; model: Model } {
  if (past.length === 0) return { remains: { words: ERASED, clock: NOON }, model: NEW_TOKEN };
  const life = new Life(bench, { words: ERASED, clock: NOON }, null);
  for (const action of past) life.take(action);
  while (untilFull && hasRoom(bench)) life.take(untilFull);
  return { remains: bench.remains, model: life.model };
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
  const words = start.words.slice();
  const life = new Life(bench, start, journal);
  life.model = startModel;
  const keep = (action: Action | null, between: readonly Model[]) => {
    const fresh = journal.slice(operations.length).map((operation) => ({
      ...operation,
      action,
      // The owner may take back a time for which codes were shown.
      codeMinute: action?.kind === 'own clock' ? 0 : operation.codeMinute,
      first: firstPossible(bench, operation, action, between, life.keyReads),
    }));
    operations.push(...withAllowed(words, fresh, between));
    keepSealed(words, sealed);
  };
  keep(null, [startModel]);
  for (const action of history.steps) {
    const between = stages(life.model, action);
    life.take(action);
    keep(action, between);
  }
  return { history, start, operations, sealed, end: { remains: bench.remains, model: life.model } };
}

/**
 * Adds to each operation what may be found after a cut there: what the image says before and after
 * it, as the independent reader reads it, in the words of the model. Where the image is on its way
 * (keys are being destroyed), any stage from the last one reached. Applies them to `words`.
 * @param operations  with the first stage that may be found, whatever the image says
 */
function withAllowed(
  words: Int32Array,
  operations: readonly (Operation & { action: Action | null; first: number })[],
  between: readonly Model[],
): RecordedOperation[] {
  const texts = between.map(describeModel);
  const textNow = () => {
    const reading = readImage(words);
    return reading.damage.length > 0 ? '' : describeModel(modelOf(reading));
  };
  const isReset = operations[0]?.action?.kind === 'reset';
  const destroys = isReset || (between[0]!.puk !== null && between.at(-1)!.puk === null);
  let reached = 0;
  return operations.map((operation) => {
    const before = textNow();
    if (operation.word === null) words.fill(BLANK, operation.at, operation.at + PAGE_WORDS);
    else words[operation.at] = operation.word;
    const behind = textNow();
    const known = !destroys && texts.includes(before) && texts.includes(behind);
    reached = Math.max(reached, texts.indexOf(before));
    const allowed = between.filter((_, stage) => {
      if (stage < operation.first) return false;
      return known ? texts[stage] === before || texts[stage] === behind : stage >= reached;
    });
    return { ...operation, allowed, between };
  });
}

/**
 * The first stage that may be found after a cut at an operation: the last one when its code has
 * been on the display already, the counted try when a PIN may have been compared already.
 */
function firstPossible(
  bench: Bench,
  { codesShown, keyReads }: Operation,
  action: Action | null,
  between: readonly Model[],
  keyReadsBefore: number,
): number {
  const [before, next] = between;
  if (action?.kind === 'press' && before!.accounts[action.name] != null) {
    const code = codeOf(action.name, before!.accounts[action.name]!);
    if (bench.codes.slice(0, codesShown).includes(code)) return between.length - 1;
  }
  const countsTry = next !== undefined && failedTries(next) > failedTries(before!);
  return countsTry && keyReads > keyReadsBefore ? 1 : 0;
}

function failedTries({ pin, puk, admin }: Model): number {
  return (pin?.failed ?? 0) + (puk?.failed ?? 0) + (admin?.failed ?? 0);
}

function keepSealed(words: Int32Array, sealed: Map<number, string>): void {
  for (const found of readImage(words).records) {
    if (found.identity < 0x20 || found.identity >= 0x40 || found.deleted) continue;
    for (const word of sealedWords(words, found)) sealed.set(word, nameOf(found));
  }
}
