/**
 * The power-cut laboratory. A point is a recorded history, an operation of it at which power goes,
 * what that operation leaves behind, and, at depth 2, an operation of the recovery at which power
 * goes again, with what that leaves. At every point the firmware is powered on over what remained;
 * what it then is must be what its owner may expect.
 *
 * Points have names: `H2:op137:outfffff3ff:rec12:outfirst16`. Operations count from 0; a write's
 * outcome is the word it left, an erase's a pattern of test/power/outcomes.ts.
 *
 * What remained is computed from the recorded operations, which the virtual board confirms
 * (bench.test.ts). The examination after power-on is done once for each state of flash and memory:
 * the firmware has no other input, so it would end the same.
 */
import { describeModel, type Model } from '../model/model.ts';
import { type Bench, newBench, type Operation, type Remains } from './bench.ts';
import { examine, type Finding, lost } from './examine.ts';
import { historyOf, secretsOf } from './histories.ts';
import { outcomeNames, outcomeWords, type Width } from './outcomes.ts';
import { type RecordedOperation, type Recording, record } from './recording.ts';
import type { Survival } from './survival.ts';

export interface Failure {
  readonly point: string;
  readonly problems: readonly string[];
}

/** What was done, in numbers that can be added. */
export interface Tally {
  operations: number;
  pointsDepth1: number;
  pointsDepth2: number;
  /** Different states of flash and memory after power-on. */
  states: number;
  failures: Failure[];
}

/** How much of a history is tried. */
export interface Extent {
  readonly first: Width;
  /** Of the recovery; null goes to depth 1 only. */
  readonly second: Width | null;
  /** First outcomes whose recovery is cut; default: all of `first`. */
  readonly firstOfDepth2?: Width;
  /** Tries one operation of so many; default 1, all. */
  readonly stride?: number;
  /** Is asked before each operation; false ends the exploration. */
  readonly goOn?: () => boolean;
  /** Is told what was found at each point of depth 1. */
  readonly survival?: Survival;
}

export class Laboratory {
  readonly #bench: Bench;
  readonly #recordings = new Map<string, Recording>();
  readonly #findings = new Map<number, Finding>();

  /** @param wasm another build of the firmware; default: the one of this package */
  constructor(wasm?: BufferSource) {
    this.#bench = newBench(wasm);
  }

  recording(id: string): Recording {
    const known = this.#recordings.get(id);
    if (known) return known;
    const recording = record(this.#bench, historyOf(id));
    this.#recordings.set(id, recording);
    return recording;
  }

  /** Tries the points of a history. */
  explore(id: string, extent: Extent): Tally {
    const recording = this.recording(id);
    const { stride = 1, goOn = () => true } = extent;
    const tally = { operations: 0, pointsDepth1: 0, pointsDepth2: 0, states: 0, failures: [] };
    this.#findings.clear();
    const words = recording.start.words.slice();
    for (const [index, operation] of recording.operations.entries()) {
      if (index % stride === 0) {
        if (!goOn()) break;
        tally.operations++;
        this.#cutAt(recording, index, words, extent, tally);
      }
      words.set(outcomeWords(operation, words, fullOutcome(operation)), operation.at);
    }
    tally.states = this.#findings.size;
    return tally;
  }

  #cutAt(
    recording: Recording,
    index: number,
    words: Int32Array,
    { first, second, firstOfDepth2 = first, survival }: Extent,
    tally: Tally,
  ): void {
    const operation = recording.operations[index]!;
    const whole = fullOutcome(operation);
    const wholeWords = leave(words, operation, whole);
    const again = new Set(second ? outcomeNames(operation, words, firstOfDepth2) : []);
    for (const name of outcomeNames(operation, words, first)) {
      const point = `${recording.history.id}:op${index}:out${name}`;
      const remains = { words: leave(words, operation, name), clock: operation.clock };
      const recovery: Operation[] = [];
      tally.pointsDepth1++;
      const finding = this.#judge(point, recording, operation, remains, tally, recovery);
      survival?.note(operation, wholeWords, name === whole, finding);
      if (second && again.has(name)) {
        this.#cutRecovery(point, recording, operation, remains, recovery, second, tally);
      }
    }
  }

  /** Cuts power again at every operation of a recovery; `remains` is what it began with. */
  #cutRecovery(
    point: string,
    recording: Recording,
    operation: RecordedOperation,
    remains: Remains,
    recovery: readonly Operation[],
    width: Width,
    tally: Tally,
  ): void {
    const { words } = remains;
    for (const [index, step] of recovery.entries()) {
      for (const name of outcomeNames(step, words, width)) {
        const left = { words: leave(words, step, name), clock: step.clock };
        tally.pointsDepth2++;
        this.#judge(`${point}:rec${index}:out${name}`, recording, operation, left, tally, null);
      }
      words.set(outcomeWords(step, words, fullOutcome(step)), step.at);
    }
  }

  /** Powers on over what remained and keeps what is wrong; fills `recovery` with what it writes. */
  #judge(
    point: string,
    recording: Recording,
    operation: RecordedOperation,
    remains: Remains,
    tally: Tally,
    recovery: Operation[] | null,
  ): Finding {
    const finding = this.#find(remains, recovery, recording);
    const problems = problemsOf(finding, operation);
    if (problems.length > 0) tally.failures.push({ point, problems });
    return finding;
  }

  #find(remains: Remains, recovery: Operation[] | null, recording: Recording): Finding {
    try {
      const token = this.#bench.powerOn(remains, recovery);
      const key = this.#bench.stateKey;
      const known = this.#findings.get(key);
      if (known) return known;
      const finding = examine(this.#bench, token, {
        sealed: recording.sealed,
        ...secretsOf(recording.history),
      });
      this.#findings.set(key, finding);
      return finding;
    } catch (error) {
      return lost(`at power-on or after: ${(error as Error).message}`);
    }
  }

  /**
   * What is wrong when power goes at an operation, or after the last one, and this remains,
   * allowed by FORMAT.md or not.
   */
  judge(id: string, index: number, remains: Remains): string[] {
    const recording = this.recording(id);
    this.#findings.clear();
    const finding = this.#find(remains, null, recording);
    const { operations, end } = recording;
    return problemsOf(
      finding,
      operations[index] ?? { allowed: [end.model], action: null, codeMinute: 0 },
    );
  }

  /** One point by its name: what was found, and what remained for it. */
  replay(point: string): { remains: Remains; finding: Finding; problems: string[] } {
    const { id, cuts } = parsePoint(point);
    const recording = this.recording(id);
    const [first, second] = cuts;
    const operation = recording.operations[first!.operation]!;
    const { start, operations } = recording;
    let remains = remainsOf(start, operations, first!.operation, first!.outcome);
    const recovery: Operation[] = [];
    this.#findings.clear();
    let finding = this.#find(remains, recovery, recording);
    if (second) {
      remains = remainsOf(remains, recovery, second.operation, second.outcome);
      finding = this.#find(remains, null, recording);
    }
    return { remains, finding, problems: problemsOf(finding, operation) };
  }
}

/** Takes the name of a point apart. */
export function parsePoint(point: string) {
  const match = /^(H\d+):op(\d+):out(\w+)(?::rec(\d+):out(\w+))?$/.exec(point);
  if (!match) throw new RangeError(`point ${point}: expected H1:op2:out… or H1:op2:out…:rec3:out…`);
  const [, id, operation, outcome, recovery, outcomeOfRecovery] = match;
  const cuts = [{ operation: Number(operation), outcome: outcome! }];
  if (recovery) cuts.push({ operation: Number(recovery), outcome: outcomeOfRecovery! });
  return { id: id!, cuts };
}

/** What a finding has wrong with it for a cut at this operation. */
function problemsOf(
  finding: Finding,
  { allowed, action, codeMinute }: Pick<RecordedOperation, 'allowed' | 'action' | 'codeMinute'>,
): string[] {
  const problems = [...finding.problems];
  const isAllowed = (model: Model) =>
    describeModel(model) === finding.state &&
    (finding.pin === null || finding.pin === model.pin?.digits) &&
    (finding.puk === null || finding.puk === model.puk?.digits) &&
    (finding.adminKey === null || finding.adminKey === model.admin?.digits);
  if (!allowed.some(isAllowed)) {
    const expected = allowed.map(describeModel).join(' | ');
    const { state, pin, puk, adminKey } = finding;
    problems.push(
      `found: ${state}, PIN ${pin}, PUK ${puk}, admin key ${adminKey}; expected: ${expected}`,
    );
  }
  if (finding.state !== '' && finding.codeMinute < codeMinute) {
    problems.push(`codes were shown up to minute ${codeMinute}, flash says ${finding.codeMinute}`);
  }
  const coming =
    action?.kind === 'put' || action?.kind === 'oath put'
      ? [action.name]
      : action?.kind === 'rename'
        ? [action.to]
        : [];
  for (const name of finding.sealedKeys) {
    if (!finding.accounts.includes(name) && !coming.includes(name)) {
      problems.push(`the sealed key of ${name} survives its deletion`);
    }
  }
  return problems;
}

function fullOutcome({ word }: Operation): string {
  return word === null ? 'all' : (word >>> 0).toString(16).padStart(8, '0');
}

function leave(words: Int32Array, operation: Operation, outcome: string): Int32Array {
  const left = words.slice();
  left.set(outcomeWords(operation, words, outcome), operation.at);
  return left;
}

/** What is left when power goes at one of a row of operations. */
function remainsOf(
  start: Remains,
  operations: readonly Operation[],
  index: number,
  outcome: string,
): Remains {
  let words = start.words;
  for (const operation of operations.slice(0, index)) {
    words = leave(words, operation, fullOutcome(operation));
  }
  const operation = operations[index];
  if (!operation) throw new RangeError(`there is no operation ${index}, only ${operations.length}`);
  return { words: leave(words, operation, outcome), clock: operation.clock };
}
