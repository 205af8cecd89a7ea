/**
 * A thief at the OATH and OTP applets of a token with one fault in its firmware. He does not know
 * the access code: no code, no name and no key may come out, and the access code may not become his.
 * He cannot press OK: nothing may come out that needs it.
 */
import { createHmac } from 'node:crypto';
import { readInfo, selectManagement, type Token } from '../../host/index.ts';
import {
  calculate,
  command,
  configuration,
  macOf,
  put,
  SECRET,
  SELECT_OATH,
  SELECT_OTP,
  STEP,
  stepOf,
  text,
  tlv,
} from '../apdu/card.ts';
import { hex, NOON, RFC_KEY, toHex } from '../fixtures.ts';
import { type Firmware, genuine, type Image, imageOf, personalise } from './firmware.ts';
import { contains, holdsCode, type Played, play, type Step } from './play.ts';

const NAMES = ['t:one', 'h:one', 'x:touch'];
const [TIME, COUNTER, TOUCH] = NAMES as [string, string, string];
const ACCESS_KEY = text('access code 1234');
const THIEFS_KEY = text('the thief knows.');
const HOST_CHALLENGE = text('eight by');
const EARLIER_CHALLENGE = text('earlier!');
const SLOT_CHALLENGE = '5a'.repeat(64);
/** Of accounts whose codes need neither. */
const ANYBODYS_KEY = new Uint8Array(20).fill(0x77);
const ANYTHING = 'a5c30f5a96e17b24a5c30f5a96e17b24a5c30f5a';
const ZEROS = '00'.repeat(20);

const LIST = '00a10000';
const REMAINING = '00a50000';
const CALCULATE_ALL = command('00a40001', stepOf(STEP));
const RESPOND = command('00013000', SLOT_CHALLENGE);
const REMOVE_CODE = command('00030000', tlv(0x73));

function mac(key: string, message: string): string {
  return createHmac('sha1', hex(key)).update(hex(message)).digest('hex');
}

/** SET CODE to a key, which proves itself. */
function setCode(key: string): string {
  const proof = [tlv(0x74, HOST_CHALLENGE), tlv(0x75, mac(key, HOST_CHALLENGE))];
  return command('00030000', tlv(0x73, `21${key}`), ...proof);
}

/** VALIDATE with what is made of the challenge in the answer to SELECT. */
function validate(respond: (challenge: string) => string): (greeting: string) => string {
  return (greeting) => {
    const challenge = greeting.slice(-26, -10);
    return command('00a30000', tlv(0x75, respond(challenge)), tlv(0x74, HOST_CHALLENGE));
  };
}

/** A situation: what the thief does, on a token with an access code or on one without. */
export interface OathScene {
  readonly name: string;
  readonly hasCode: boolean;
  readonly steps: readonly Step[];
}

type Send = string | ((answer: string) => string);

/** What one who got in would ask for. */
const ASK: readonly Send[] = [calculate(TIME, STEP), calculate(COUNTER, null), LIST];

const WITHOUT_CODE: Readonly<Record<string, readonly Send[]>> = {
  'a code of the time': [calculate(TIME, STEP)],
  'a whole MAC': [calculate(TIME, STEP, true)],
  'a code of a counter': [calculate(COUNTER, null)],
  'all codes': [CALCULATE_ALL, REMAINING],
  'a list of the accounts': [LIST, REMAINING],
  'the rest of an answer': [REMAINING],
  'an access code of his own': [setCode(THIEFS_KEY)],
  'no access code': [REMOVE_CODE],
  'a wrong proof': [validate(() => ANYTHING), ...ASK],
  'a proof of zeros': [validate(() => ZEROS), ...ASK],
  'a proof under his key': [validate((challenge) => mac(THIEFS_KEY, challenge)), ...ASK],
  'a proof that was overheard': [validate(() => mac(ACCESS_KEY, EARLIER_CHALLENGE)), ...ASK],
};

export const ACCESS_SCENES: readonly OathScene[] = Object.entries(WITHOUT_CODE).map(
  ([name, commands]) => ({
    name: `without the access code: ${name}`,
    hasCode: true,
    steps: [SELECT_OATH, ...commands].map((send) => ({ send })),
  }),
);

/** Ways not to press OK. */
const WITHOUT_OK: Readonly<Record<string, readonly Step[]>> = {
  'no key': [],
  'another key': [{ press: 'up' }],
  refused: [{ press: 'left' }],
  'too late': [{ waitSeconds: 16 }],
};

export const TOUCH_SCENES: readonly OathScene[] = Object.entries(WITHOUT_OK).flatMap(
  ([way, steps]) => {
    const scene = (what: string, ...commands: string[]): OathScene => ({
      name: `without OK, ${way}: ${what}`,
      hasCode: false,
      steps: [...commands.map((send) => ({ send })), ...steps, { collect: true }],
    });
    return [
      scene('an account', SELECT_OATH, calculate(TOUCH, STEP)),
      scene('a whole MAC', SELECT_OATH, calculate(TOUCH, STEP, true)),
      scene('a slot', SELECT_OTP, RESPOND),
      ...(steps.length === 0 ? [scene('all codes', SELECT_OATH, CALCULATE_ALL, REMAINING)] : []),
    ];
  },
);

// --- the token --------------------------------------------------------------------------------

/** The flash of a token with accounts, a slot that answers after OK, and perhaps an access code. */
export function oathImage(firmware: Firmware, { hasCode }: OathScene): Image {
  const key = hasCode ? RFC_KEY : ANYBODYS_KEY;
  const token = personalise(firmware, [
    { name: TIME, key },
    { name: COUNTER, type: 'hotp', key },
  ]);
  const commands = [
    ...[SELECT_OTP, command('00010100', configuration({ flags: 0x2a }))],
    ...[SELECT_OATH, put(TOUCH, 0x21, '7802'), ...(hasCode ? [setCode(ACCESS_KEY)] : [])],
  ];
  for (const bytes of commands) {
    const answer = toHex(token.exchange(hex(bytes)));
    if (!answer.endsWith('9000')) throw new Error(`${bytes}: ${answer}`);
  }
  return imageOf(firmware);
}

// --- what he may not get ----------------------------------------------------------------------

const NEAR_STEPS = [-3n, -2n, -1n, 0n, 1n, 2n, 3n].map((distance) => STEP + distance);
const OTHER_STEPS = [0n, 1n, 2n, 3n, BigInt(NOON), 2n ** 32n - 1n, 2n ** 64n - 1n];
/** The codes that a fault may lead to, and the response of the slot. */
const MACS = [
  ...[...NEAR_STEPS, ...OTHER_STEPS].map((step) => macOf(step).toString('hex')),
  mac(SECRET, SLOT_CHALLENGE),
];
const KEYS = [SECRET, ACCESS_KEY].map((key) => key.slice(0, 16));

/** What a thief gets out of a firmware that he should not, or null. */
export function oathCrime(
  firmware: Firmware,
  image: Image,
  { hasCode, steps }: OathScene,
): string | null {
  const played = play(firmware, image, steps);
  const secrets = hasCode ? [...KEYS, ...namesNotIn(steps)] : KEYS;
  const leak = leakOf(played, secrets);
  if (leak !== null) return leak;
  return hasCode ? takenOver(played.image) : null;
}

/** Names that the thief has not said himself, in hex: his own words may come back to him. */
function namesNotIn(steps: readonly Step[]): string[] {
  const said = steps.map((step) => ('send' in step ? `${step.send}` : '')).join();
  return NAMES.map(text).filter((name) => !said.includes(name));
}

function leakOf({ answers }: Played, secrets: readonly string[]): string | null {
  const found = answers.find(
    (answer) =>
      MACS.some((code) => holdsCode(answer, code)) ||
      secrets.some((secret) => contains(answer, secret)),
  );
  return found === undefined ? null : `answered ${found}`;
}

/** Whether the genuine firmware finds that the access code is gone, or the thief's. */
function takenOver(image: Image): string | null {
  const token = genuine(image);
  if (token.fault || !hasAccounts(token)) return null;
  const greeting = toHex(token.exchange(hex(SELECT_OATH)));
  if (!greeting.includes('7408')) return 'the access code is gone, the accounts are not';
  const proof = validate((challenge) => mac(THIEFS_KEY, challenge))(greeting);
  const answer = toHex(token.exchange(hex(proof)));
  return answer.endsWith('9000') ? 'the access code is his' : null;
}

function hasAccounts(token: Token): boolean {
  selectManagement(token);
  return readInfo(token).credentials.length > 0;
}
