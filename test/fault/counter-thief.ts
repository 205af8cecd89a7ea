/**
 * A token with one fault in its firmware whose counters are used, by keys and over the OATH applet.
 * No code may come twice, and none without its counter moved on: whoever reads it off could use it
 * after its owner.
 */
import { readInfo, selectManagement } from '../../host/index.ts';
import { calculate, SELECT_OATH } from '../apdu/card.ts';
import { RFC_KEY } from '../fixtures.ts';
import { type Firmware, genuine, type Image, imageOf, personalise } from './firmware.ts';
import { countersOf, play, type Step } from './play.ts';

const NAME = 'h:one';
const PRESS: Step = { press: 'ok' };
const SELECT: Step = { send: SELECT_OATH };
const CALCULATE: Step = { send: calculate(NAME, null) };
const CALCULATE_MAC: Step = { send: calculate(NAME, null, true) };
const POWER: Step = { powerCycle: true };
/** Counter steps that a record holds; the next one takes a new record. */
const TALLY = 24;

/** A way to get codes, and how many there were before. */
export interface CounterScene {
  readonly name: string;
  readonly used: number;
  readonly steps: readonly Step[];
}

const BY_KEYS = [PRESS, PRESS, POWER, PRESS];
const OVER_OATH = [SELECT, CALCULATE, CALCULATE, POWER, SELECT, CALCULATE];
const WHOLE_MACS = [SELECT, CALCULATE_MAC, CALCULATE_MAC, POWER, SELECT, CALCULATE_MAC];

export const COUNTER_SCENES: readonly CounterScene[] = [
  { name: 'counter codes by keys', used: 3, steps: BY_KEYS },
  { name: 'counter codes by keys, with a new record', used: TALLY - 1, steps: BY_KEYS },
  { name: 'counter codes over the OATH applet', used: 3, steps: OVER_OATH },
  {
    name: 'counter codes over the OATH applet, with a new record',
    used: TALLY - 1,
    steps: OVER_OATH,
  },
  { name: 'whole MACs of counters over the OATH applet', used: 3, steps: WHOLE_MACS },
  {
    name: 'whole MACs of counters over the OATH applet, with a new record',
    used: TALLY - 1,
    steps: WHOLE_MACS,
  },
];

/** The flash of a token whose counter has been used. */
export function counterImage(firmware: Firmware, { used }: CounterScene): Image {
  const token = personalise(firmware, [{ name: NAME, type: 'hotp', key: RFC_KEY }]);
  for (let press = 0; press < used; press++) token.press('ok');
  return imageOf(firmware);
}

/** The next counter, as the genuine firmware says; null when there is none, or it refuses. */
function nextCounter(image: Image): bigint | null {
  const token = genuine(image);
  if (token.fault) return null;
  selectManagement(token);
  return readInfo(token).credentials.find(({ name }) => name === NAME)?.counter ?? null;
}

/** What is wrong with the codes that came out, or null. */
export function counterCrime(
  firmware: Firmware,
  image: Image,
  { used, steps }: CounterScene,
): string | null {
  const played = play(firmware, image, steps);
  const counters = countersOf(played);
  if (counters.length === 0) return null;
  const old = counters.find((counter) => counter < used);
  if (old !== undefined) return `the code of ${old} comes once more`;
  if (new Set(counters).size < counters.length) return `codes of ${counters.join()}`;
  const next = nextCounter(played.image);
  const last = Math.max(...counters);
  return next !== null && next <= last ? `a code of ${last}, and the counter is ${next}` : null;
}
