/**
 * What a power cut leaves behind, told as a table: what the owner was doing, what was being written
 * when power went, and what the token was found to be afterwards. Filled from the points of a run.
 */
import { table } from '../evidence/table.ts';
import { type Action, describeModel, type Model, type Secret } from '../model/model.ts';
import type { Finding } from './examine.ts';
import { readImage } from './image-reader.ts';
import type { RecordedOperation } from './recording.ts';

const PAGE_WORDS = 256;
const HEADER_WORDS = 5;
const COMMITTED = 3;

/** What the owner was doing, in the order of a token's life. */
const DOINGS: Readonly<Record<Action['kind'] | 'power-on', string>> = {
  'power-on': 'switches it on',
  serial: 'writes the serial number',
  clock: 'sets or corrects the clock',
  'own clock': 'sets the clock with the PIN',
  'battery out': 'takes the battery out',
  put: 'adds an account',
  delete: 'deletes an account',
  press: 'looks at a code',
  'set PUK': 'sets the PUK',
  'set PIN': 'sets the PIN',
  verify: 'gives a PIN',
  'change PIN': 'changes the PIN',
  unblock: 'gives the PUK',
  'change PUK': 'changes the PUK',
  'set policy': 'says when the PIN is asked for, or removes it',
  'oath put': 'puts an account, or another in its place, over OATH',
  'oath delete': 'deletes an account over OATH',
  rename: 'renames an account',
  calculate: 'lets a host have a code',
  'set code': 'sets, changes or removes the access code',
  program: 'configures or empties a slot',
  reset: 'resets everything',
  'set admin key': 'makes it a card with an admin key',
  answer: 'answers a challenge of the card',
  'change admin key': 'changes the admin key',
};

/** A row: what was found, for the word not or partly written, and for the whole word. */
interface Found {
  readonly partly: Set<string>;
  readonly wholly: Set<string>;
  points: number;
}

/** Rows as plain data: doing, written, found when not or partly written, found when whole, points. */
export type SurvivalRow = readonly [string, string, string, string, number];

export class Survival {
  readonly #rows = new Map<string, Found>();

  /**
   * Notes one point.
   * @param words   the flash with the operation done
   * @param isWhole whether the operation had been done when power went
   */
  note(operation: RecordedOperation, words: Int32Array, isWhole: boolean, finding: Finding): void {
    const key = `${operation.action?.kind ?? 'power-on'}\t${writtenAt(operation, words)}`;
    const found = this.#rows.get(key) ?? { partly: new Set(), wholly: new Set(), points: 0 };
    this.#rows.set(key, found);
    found[isWhole ? 'wholly' : 'partly'].add(changeOf(operation.between, finding));
    found.points++;
  }

  get rows(): SurvivalRow[] {
    const order = Object.keys(DOINGS);
    return [...this.#rows]
      .map(([key, { partly, wholly, points }]): [string, string, Found] => {
        const [kind = '', written = ''] = key.split('\t');
        return [kind, written, { partly, wholly, points }];
      })
      .sort(([one], [other]) => order.indexOf(one) - order.indexOf(other))
      .map(([kind, written, { partly, wholly, points }]) => [
        DOINGS[kind as Action['kind']],
        written,
        [...partly].sort().join('; '),
        [...wholly].sort().join('; '),
        points,
      ]);
  }
}

// --- what was being written -------------------------------------------------------------------

const IDENTITIES: readonly (readonly [number, number, string])[] = [
  [0x01, 0x01, 'serial number'],
  [0x02, 0x02, 'clock'],
  [0x03, 0x03, 'key under the PIN'],
  [0x04, 0x04, 'key under the PUK'],
  [0x05, 0x05, 'PIN tries'],
  [0x06, 0x06, 'PUK tries'],
  [0x07, 0x07, 'tries of the admin key'],
  [0x08, 0x08, 'salt and access code'],
  [0x09, 0x0a, 'key of a slot'],
  [0x0b, 0x0b, 'admin key'],
  [0x20, 0x3f, 'account'],
  [0x40, 0x5f, 'counter'],
];

function writtenAt({ at, word }: RecordedOperation, words: Int32Array): string {
  if (word === null) return 'an old page (erased)';
  const place = at % PAGE_WORDS;
  if (place < HEADER_WORDS) {
    return place < COMMITTED ? 'a new page: its header' : 'a new page: that it counts';
  }
  const record = readImage(words).records.find(({ at: first, end }) => at >= first && at < end);
  if (!record) return 'a new page: copies of records';
  const { identity, deleted, tally, end } = record;
  const name = IDENTITIES.find(([low, high]) => identity >= low && identity <= high)?.[2];
  const what = `${name ?? 'record'}${deleted ? ': that it is deleted' : ''}`;
  if (at >= end - tally.length) return `${what}: a tally word`;
  return at === end - tally.length - 1 ? `${what}: check word` : `${what}: in front of the check`;
}

// --- what was found ---------------------------------------------------------------------------

/** How the token that was found differs from the one that the owner had before. */
function changeOf(between: readonly Model[], { state, pin, puk, adminKey }: Finding): string {
  const before = between[0]!;
  const alike = between.filter((model) => describeModel(model) === state);
  const found =
    alike.find(
      (model) =>
        (pin === null || model.pin?.digits === pin) &&
        (puk === null || model.puk?.digits === puk) &&
        (adminKey === null || model.admin?.digits === adminKey),
    ) ?? alike[0];
  if (!found) return 'something else';
  const changes = [
    found.serial !== before.serial && 'serial number there',
    found.clockSetAt !== before.clockSetAt && 'clock set',
    ...accountChanges(before.accounts, found.accounts),
    ...secretChanges('PIN', before.pin, found.pin),
    found.eachCode !== before.eachCode &&
      (found.eachCode ? 'a PIN for each code' : 'no PIN for each code'),
    ...secretChanges('PUK', before.puk, found.puk),
    ...secretChanges('admin key', before.admin, found.admin),
    found.code !== before.code && (found.code === null ? 'code gone' : 'code there'),
    ...[0, 1].map((slot) => slotChange(before.responders[slot]!, found.responders[slot]!)),
  ].filter(Boolean);
  return changes.length > 0 ? changes.join(', ') : 'as before';
}

function accountChanges(before: Model['accounts'], found: Model['accounts']): string[] {
  const changes = new Set<string>();
  for (const name of Object.keys(found)) {
    if (!(name in before)) changes.add('account there');
    else if (found[name] !== before[name]) changes.add('counter one up');
  }
  for (const name of Object.keys(before)) if (!(name in found)) changes.add('account gone');
  return [...changes];
}

function slotChange(before: string | null, found: string | null): string | false {
  return found !== before && (found === null ? 'slot empty' : 'slot in use');
}

function secretChanges(name: string, before: Secret | null, found: Secret | null): string[] {
  if (!before || !found) return before === found ? [] : [`${name} ${found ? 'there' : 'gone'}`];
  return [
    found.digits !== before.digits ? `new ${name}` : '',
    found.failed > before.failed ? `a ${name} try spent` : '',
    found.failed < before.failed ? `${name} tries given back` : '',
  ].filter(Boolean);
}

// --- the document -----------------------------------------------------------------------------

const HEAD = `# What a power cut leaves behind

Written by \`npm run evidence\` from its run over the power cuts. The owner does something; power goes while
a word of flash is written, or a page erased, and any subset of the bits may have changed; this is what
the token is at the next power-on, over all points of the run. "As before" means that nothing of it has
happened. A try is spent before a PIN is looked at, and a counter is up before its code is seen: those
are never taken back.
`;

export function survivalDocument(rows: readonly SurvivalRow[]): string {
  const cells = rows.map(([doing, written, partly, wholly, points]) => [
    doing,
    written,
    partly,
    wholly,
    points.toLocaleString('en-US'),
  ]);
  const head = ['The owner', 'Being written', 'Not, or partly written', 'Written', 'Points'];
  return `${HEAD}\n${table(head, cells)}`;
}
