/**
 * A thief at a card with one fault in its firmware, who does not know the admin key. What he may not
 * get: his key in its place; a wrong answer that is forgiven; an answer that costs no try.
 */
import {
  authenticateAdmin,
  getChallenge,
  readInfo,
  readSmartCard,
  selectManagement,
  setAdminKey,
} from '../../host/index.ts';
import { hex, RFC_KEY } from '../fixtures.ts';
import { answerTo, KEY, OTHER_KEY } from '../pin/admin.ts';
import { type Firmware, genuine, type Image, imageOf, personalise } from './firmware.ts';
import { act, type Command } from './thief.ts';

const TRIES = 5;
/** Goes when the token is erased, which anyone may do, and which makes it a new card. */
const ACCOUNT = { name: 'a:b', key: RFC_KEY };
const CHALLENGE = hex('0084000008');
const ZEROS = new Uint8Array(24);

/** What is sent to answer a challenge. */
type Answer = (challenge: Uint8Array) => Uint8Array;

/** The challenge in the answer of a token; zeros when there is none in it. */
function challengeIn(answer: Uint8Array): Uint8Array {
  return answer.length === 10 ? answer.slice(0, 8) : new Uint8Array(8);
}

const authenticate =
  (answer: Answer): Command =>
  (last) =>
    Uint8Array.of(0x00, 0x82, 0x00, 0x82, 0x08, ...answer(challengeIn(last)));

const change =
  (answer: Answer): Command =>
  (last) =>
    Uint8Array.of(0x00, 0x24, 0x00, 0x82, 0x20, ...answer(challengeIn(last)), ...OTHER_KEY);

const right: Answer = (challenge) => answerTo(challenge, KEY);

/** What a thief may say: anything, or what a check that is broken would want to hear. */
const GUESSES: Readonly<Record<string, Answer>> = {
  'any answer': () => hex('a5c30f5a96e17b24'),
  'an answer of zeros': () => ZEROS.subarray(0, 8),
  'the challenge itself': (challenge) => challenge,
  'an answer under zeros': (challenge) => answerTo(challenge, ZEROS),
};

/** A situation: what the thief sends, and what one who knows the key would send. */
export interface AdminScene {
  readonly name: string;
  /** Wrong answers that the card has behind it. */
  readonly wrongBefore: number;
  readonly guess: readonly Command[];
  /** Null where right and wrong are no question. */
  readonly right: readonly Command[] | null;
}

const guessing = (name: string, wrongBefore: number, answer: Answer): AdminScene => ({
  name,
  wrongBefore,
  guess: [CHALLENGE, change(answer)],
  right: [CHALLENGE, change(right)],
});

/** Gives the answer that opened the card once more, with another key behind it. */
function replay(): AdminScene {
  let recorded: Uint8Array = ZEROS.subarray(0, 8);
  const listen: Answer = (challenge) => {
    recorded = right(challenge);
    return recorded;
  };
  return {
    name: 'an answer that was overheard',
    wrongBefore: 1,
    guess: [CHALLENGE, authenticate(listen), change(() => recorded)],
    right: null,
  };
}

export const ADMIN_SCENES: readonly AdminScene[] = [
  ...Object.entries(GUESSES).map(([name, answer]) => guessing(name, 1, answer)),
  guessing('an answer to a blocked card', TRIES, GUESSES['any answer']!),
  {
    name: 'a wrong answer without a new key',
    wrongBefore: 1,
    guess: [CHALLENGE, authenticate(GUESSES['any answer']!)],
    right: [CHALLENGE, authenticate(right)],
  },
  replay(),
  {
    name: 'a first key on a card that has one',
    wrongBefore: 1,
    guess: [Uint8Array.of(0x00, 0x24, 0x01, 0x82, 0x18, ...OTHER_KEY)],
    right: null,
  },
];

/** The flash of a card with wrong answers behind it. */
export function cardImage(firmware: Firmware, { wrongBefore }: AdminScene): Image {
  const token = personalise(firmware, [ACCOUNT]);
  setAdminKey(token, KEY);
  for (let tries = 0; tries < wrongBefore; tries++) {
    getChallenge(token);
    token.exchange(hex('0082008208a5c30f5a96e17b24'));
  }
  return imageOf(firmware);
}

/** What the genuine firmware says of what a faulty one has left behind. */
function judge(image: Image): { isThiefs: boolean; triesLeft: number | null } {
  const token = genuine(image);
  if (token.fault) return { isThiefs: false, triesLeft: null };
  selectManagement(token);
  const triesLeft = readSmartCard(token)?.adminTriesLeft ?? null;
  const isErased = readInfo(token).credentials.length === 0;
  if (triesLeft === null || isErased) return { isThiefs: false, triesLeft: null };
  try {
    authenticateAdmin(token, answerTo(getChallenge(token), OTHER_KEY));
    return { isThiefs: true, triesLeft };
  } catch {
    return { isThiefs: false, triesLeft };
  }
}

/** What a thief gets out of a firmware that he should not, or null. */
export function adminCrime(firmware: Firmware, image: Image, scene: AdminScene): string | null {
  const guess = act(firmware, image, scene.guess);
  const { isThiefs, triesLeft } = judge(guess.image);
  if (isThiefs) return 'the key is his';
  const before = TRIES - scene.wrongBefore;
  if (scene.right === null || triesLeft === null || triesLeft === before - 1) return null;
  if (triesLeft > before) return 'a wrong answer is forgiven';
  const owners = act(firmware, image, scene.right);
  return owners.answers === guess.answers
    ? null
    : `a free guess: ${guess.answers} against ${owners.answers}`;
}
