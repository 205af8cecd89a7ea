/**
 * What must be true of a token after any power cut, once it was powered on again: it says what its
 * flash says, nothing is left over, it settles, and it goes on working.
 */
import { selectManagement, type Token } from '../../host/index.ts';
import { observe, perform } from '../model/driver.ts';
import {
  type Action,
  ADMIN_TRIES,
  after,
  describeModel,
  type Model,
  PIN_TRIES,
  PUK_TRIES,
  SLOTS,
} from '../model/model.ts';
import { type Bench, BLANK, type Operation } from './bench.ts';
import { type ImageReading, lastCodeMinuteOf, modelOf, readImage } from './image-reader.ts';

/** Identities of which only the last record may be on flash; FORMAT.md, "Deletion". */
const SEALED: readonly number[] = [
  ...[0x03, 0x04, 0x08, 0x09, 0x0a, 0x0b],
  ...Array.from({ length: 32 }, (_, slot) => 0x20 + slot),
];

/** What a token is found to be after power-on. */
export interface Finding {
  /** `describeModel` of what it says about itself; empty when it refuses to. */
  readonly state: string;
  /** The PIN that opens it, or will once the PUK has unblocked it; null when there is none, or no way to it. */
  readonly pin: string | null;
  /** The PUK that it takes, when there are several that may be; null else. */
  readonly puk: string | null;
  /** The word of the admin key that it takes answers under; null when there is none, or it is blocked. */
  readonly adminKey: string | null;
  /** The accounts that it says it has. */
  readonly accounts: readonly string[];
  /** Accounts of whose sealed keys there are words on flash. */
  readonly sealedKeys: readonly string[];
  /** The latest minute for which its flash says that a code was shown. */
  readonly codeMinute: number;
  /** What is wrong, each in a sentence. */
  readonly problems: readonly string[];
}

/** What the examiner knows and the token does not tell. */
export interface Known {
  /** Words of sealed keys → the account they belong to. */
  readonly sealed: ReadonlyMap<number, string>;
  /** Every PIN and PUK that may have been set. */
  readonly pins: readonly string[];
  readonly puks: readonly string[];
  /** Every admin key that may have been set. */
  readonly adminKeys: readonly string[];
}

/** Examines the token that has just been powered on at a bench; power is cycled in between. */
export function examine(bench: Bench, token: Token, known: Known): Finding {
  const { sealed, pins, puks } = known;
  if (token.fault) return lost(`the token refuses everything: ${token.fault.code}`);
  const observed = observe(token);
  const state = describeModel(observed);
  const codeMinute = lastCodeMinuteOf(readImage(bench.words));
  const sealedKeys = new Set<string>();
  for (const word of bench.words) {
    if (word === BLANK || word === 0) continue;
    const name = sealed.get(word);
    if (name !== undefined) sealedKeys.add(name);
  }
  const problems = [...imageProblems(bench, observed), ...settlingProblems(bench, state)];
  const puk = puks.length > 1 ? findPuk(bench, observed, puks) : null;
  const pin = findPin(bench, observed, pins, puk ?? puks[0]);
  const adminKey = findAdminKey(bench, observed, known.adminKeys);
  if (observed.admin && observed.admin.failed < ADMIN_TRIES && adminKey === null) {
    problems.push('it takes answers under no admin key that was ever set');
  }
  if (puks.length > 1 && observed.puk && observed.puk.failed < PUK_TRIES && puk === null) {
    problems.push('it takes no PUK that was ever set');
  }
  if (pin === null && canBeFound(observed)) {
    problems.push('no PIN opens it that was ever set');
  } else {
    problems.push(...goingOnProblems(bench, withSecrets(observed, pin, puk ?? puks[0] ?? '')));
  }
  const accounts = Object.keys(observed.accounts);
  return { state, pin, puk, adminKey, accounts, sealedKeys: [...sealedKeys], codeMinute, problems };
}

function withSecrets(observed: Model, pin: string | null, puk: string): Model {
  return {
    ...observed,
    pin: observed.pin && { ...observed.pin, digits: pin ?? '' },
    puk: observed.puk && { ...observed.puk, digits: puk },
  };
}

/** Whether there is a PIN, and tries of it or a PUK that gives them back. */
function canBeFound({ pin, puk }: Model): boolean {
  if (pin === null) return false;
  return pin.failed < PIN_TRIES || (puk !== null && puk.failed < PUK_TRIES);
}

/** Tries the PINs on a token that is powered on anew for each, over the flash as it stands. */
function findPin(
  bench: Bench,
  observed: Model,
  pins: readonly string[],
  puk: string | undefined,
): string | null {
  if (!canBeFound(observed)) return null;
  const { remains } = bench;
  // A blocked one does not tell which PIN is in force: the PUK gives the tries back, on this copy.
  if (observed.pin!.failed >= PIN_TRIES) forgivePin(bench.powerOn(remains), puk ?? '');
  const found = findTaken(bench, observed, pins, (pin) => ({ kind: 'verify', pin }));
  bench.powerOn(remains);
  return found;
}

/** RESET RETRY COUNTER that leaves the PIN as it is (P1 01), which the host library does not offer. */
function forgivePin(token: Token, puk: string): void {
  const block = Buffer.alloc(16, 0xff);
  block.write(puk);
  selectManagement(token);
  token.exchange(Uint8Array.of(0x00, 0x2c, 0x01, 0x80, block.length, ...block));
}

/** Likewise the PUKs, each of which is changed to itself. */
function findPuk(bench: Bench, observed: Model, puks: readonly string[]): string | null {
  if (observed.puk === null || observed.puk.failed >= PUK_TRIES) return null;
  return findTaken(bench, observed, puks, (puk) => ({ kind: 'change PUK', puk, to: puk }));
}

/** Likewise the admin keys. */
function findAdminKey(bench: Bench, observed: Model, keys: readonly string[]): string | null {
  if (observed.admin === null || observed.admin.failed >= ADMIN_TRIES) return null;
  return findTaken(bench, observed, keys, (key) => ({ kind: 'answer', key }));
}

function findTaken(
  bench: Bench,
  observed: Model,
  secrets: readonly string[],
  actionWith: (secret: string) => Action,
): string | null {
  const { remains } = bench;
  const found = secrets.find((secret) => {
    const token = bench.powerOn(remains);
    observe(token);
    return perform(token, actionWith(secret), observed) === null;
  });
  bench.powerOn(remains);
  return found ?? null;
}

/** The finding for a token that could not be examined. */
export function lost(problem: string): Finding {
  const nothing = {
    pin: null,
    puk: null,
    adminKey: null,
    accounts: [],
    sealedKeys: [],
    codeMinute: 0,
  };
  return { state: '', ...nothing, problems: [problem] };
}

/** The image passes the independent reader, says the same, and holds nothing that is not in use. */
function imageProblems(bench: Bench, observed: Model): string[] {
  const reading = readImage(bench.words);
  if (reading.damage.length > 0) return reading.damage.map((text) => `image: ${text}`);
  const problems = leftovers(reading);
  const state = describeModel(modelOf(reading));
  if (state !== describeModel(observed)) problems.push(`the image says: ${state}`);
  return problems;
}

/** Pages that are neither blank nor in use, and records of what was deleted or superseded. */
function leftovers({ pages, records, live }: ImageReading): string[] {
  const untidy = pages.flatMap((state, page) =>
    state === 'free' || state === 'in use' ? [] : [`page ${page} is ${state} after power-on`],
  );
  const removed = records.filter(
    (record) =>
      record.valid &&
      (!live.has(record.identity) ||
        (SEALED.includes(record.identity) && live.get(record.identity) !== record)),
  );
  const identities = new Set(removed.map(({ identity }) => identity.toString(16)));
  return [...untidy, ...[...identities].map((identity) => `removed record ${identity} is there`)];
}

/** A second power-on finds nothing to do and the same token. */
function settlingProblems(bench: Bench, state: string): string[] {
  const journal: Operation[] = [];
  const again = describeModel(observe(bench.powerOnAgain(journal)));
  const problems = again === state ? [] : [`a second power-on finds: ${again}`];
  if (journal.length > 0) problems.push(`a second power-on changes flash ${journal.length} times`);
  return problems;
}

/** One more of everything that an owner can do, and then off and on again. */
function goingOnProblems(bench: Bench, observed: Model): string[] {
  let model = observed;
  const token = bench.powerOnAgain();
  observe(token);
  try {
    for (const action of furtherActions(observed, bench.clock)) {
      const refusal = perform(token, action, model);
      if (refusal !== null) return [`${action.kind} afterwards: ${refusal}`];
      model = after(model, action);
    }
    const state = describeModel(observe(bench.powerOnAgain()));
    const reading = readImage(bench.words);
    if (state === describeModel(model) && reading.damage.length === 0) return [];
    return [`after more use: ${state}, image: ${reading.damage.join()}`];
  } catch (error) {
    return [`more use: ${(error as Error).message}`];
  }
}

function furtherActions(
  { serial, accounts, pin, puk, code }: Model,
  clock: number | null,
): Action[] {
  const names = Object.keys(accounts);
  const counting = names.filter((name) => accounts[name] !== null).slice(0, 2);
  const isFull = names.length === SLOTS;
  const actions: Action[] = [
    ...counting.map((name): Action => ({ kind: 'press', name })),
    // A running clock is set to what it says: more would not be free.
    { kind: pin ? 'own clock' : 'clock', seconds: clock ?? 1795262400 },
    { kind: 'put', name: 'afterwards', counter: 3n },
    { kind: 'press', name: 'afterwards' },
    // A host that does not know the access code gets no code.
    ...(code === null ? [{ kind: 'calculate', name: 'afterwards' } as const] : []),
    { kind: 'delete', name: isFull ? 'afterwards' : (names[0] ?? 'afterwards') },
  ];
  if (isFull) actions.unshift({ kind: 'delete', name: names[0]! });
  if (pin && pin.failed >= PIN_TRIES) {
    actions.unshift({ kind: 'unblock', puk: puk?.digits ?? '', to: '135724' });
  }
  if (serial === null) actions.unshift({ kind: 'serial', serial: 'LATE-1' });
  return actions.filter((action) => !isFull || !isPressOf(action, names[0]!));
}

function isPressOf(action: Action, name: string): boolean {
  return action.kind === 'press' && action.name === name;
}
