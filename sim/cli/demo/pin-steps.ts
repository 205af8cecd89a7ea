/** The steps of the tour about the PIN: by command what a host does, by keys what a person does. */
import { decodeBase32 } from '../../../host/base32.ts';
import { totp } from '../../../host/otp.ts';
import { setPin, setPinPolicy, setPuk, unblockPin } from '../../../host/pin.ts';
import { enterPin } from '../../board/enter-pin.ts';
import { PowerCut } from '../../board/flash.ts';
import { delaySeconds, pinStatusOf } from '../pin/tries.ts';
import { screenLines } from '../token-session.ts';
import { type Account, demand, type Step } from './step.ts';
import type { Tour } from './tour.ts';

const digits = (text: string) => new TextEncoder().encode(text);

/** The secrets of a token that lives for a second. */
export const DEMO_PIN = digits('271828');
export const DEMO_NEW_PIN = digits('141421');
export const DEMO_WRONG_PIN = digits('314159');
export const DEMO_PUK = digits('16180339');

/** Of a wrong try: the first write spends it, the second is the verdict. */
const VERDICT_OPERATION = 1;

async function setBoth({ token }: Tour): Promise<Account> {
  pinStatusOf(token);
  setPuk(token, DEMO_PUK);
  setPin(token, DEMO_PIN);
  const { policy, triesLeft, hasPuk, pukTriesLeft } = pinStatusOf(token);
  demand(policy === 'each-code' && hasPuk, 'the token has not both');
  return {
    sent: 'CHANGE REFERENCE DATA: PUK, then PIN',
    received: `${triesLeft} tries, ${pukTriesLeft} of the PUK`,
  };
}

async function wakeLocked(tour: Tour): Promise<Account> {
  tour.powerOn();
  return { sent: 'power off, power on', received: refusalShown(tour, 'PIN NEEDED') };
}

async function tryWrongPin(tour: Tour): Promise<Account> {
  enterPin(tour.token, DEMO_WRONG_PIN);
  const received = refusalShown(tour, 'WRONG PIN');
  demand(triesLeft(tour) === 7, `${triesLeft(tour)} tries are left, not 7`);
  return { sent: 'with its keys: six digits, done', received };
}

async function tryRightPin(tour: Tour): Promise<Account> {
  enterPin(tour.token, DEMO_PIN);
  const code = codeOfSeed(tour);
  demand(triesLeft(tour) === 8, `${triesLeft(tour)} tries are left, not 8`);
  return { sent: 'the same way', received: `${code}, 8 tries again` };
}

async function cutPower(tour: Tour): Promise<Account> {
  tour.powerOn();
  tour.board!.flash.cutPower({ operation: VERDICT_OPERATION });
  demand(losesPower(tour), 'the power stayed on');
  tour.powerOn();
  const left = triesLeft(tour);
  demand(left === 7, `${left} tries are left: the power cut gave the try back`);
  return { sent: 'power cut before it says "wrong"', received: `on again: ${left} tries left` };
}

function losesPower({ token }: Tour): boolean {
  try {
    enterPin(token, DEMO_WRONG_PIN);
    return false;
  } catch (error) {
    if (error instanceof PowerCut) return true;
    throw error;
  }
}

async function block(tour: Tour): Promise<Account> {
  let waitedSeconds = 0;
  let tries = 0;
  for (let left = triesLeft(tour); left > 0; left--, tries++) {
    const waitSeconds = delaySeconds(pinStatusOf(tour.token), 'PIN');
    await tour.advance(waitSeconds);
    waitedSeconds += waitSeconds;
    enterPin(tour.token, DEMO_WRONG_PIN);
    refusalShown(tour, 'WRONG PIN');
  }
  enterPin(tour.token, DEMO_PIN);
  refusalShown(tour, 'PIN BLOCKED');
  return {
    sent: `${tries} more wrong ones, ${waitedSeconds} s of waits`,
    received: 'PIN BLOCKED, for the right one too',
  };
}

async function unblock(tour: Tour): Promise<Account> {
  pinStatusOf(tour.token);
  unblockPin(tour.token, DEMO_PUK, DEMO_NEW_PIN);
  tour.powerOn();
  enterPin(tour.token, DEMO_NEW_PIN);
  return {
    sent: 'RESET RETRY COUNTER: PUK, new PIN',
    received: `${codeOfSeed(tour)} with the new PIN`,
  };
}

async function remove(tour: Tour): Promise<Account> {
  pinStatusOf(tour.token);
  setPinPolicy(tour.token, 'off', DEMO_NEW_PIN);
  tour.powerOn();
  return { sent: 'SET POLICY off', received: `${codeOfSeed(tour)} without a PIN, the same seed` };
}

export const PIN_STEPS: readonly Step[] = [
  { name: 'pin', title: 'set a PIN', run: setBoth },
  { name: 'locked', title: 'look again', run: wakeLocked },
  { name: 'wrong-pin', title: 'enter a wrong PIN', run: tryWrongPin },
  { name: 'right-pin', title: 'enter the right PIN', run: tryRightPin },
  { name: 'power-cut', title: 'cheat with the plug', run: cutPower },
  { name: 'block', title: 'guess till it blocks', run: block },
  { name: 'unblock', title: 'unblock it', run: unblock },
  { name: 'pin-off', title: 'take the PIN off', run: remove },
];

export function triesLeft({ token }: Tour): number {
  return pinStatusOf(token).triesLeft;
}

/** What the display says instead of a code. */
export function refusalShown(tour: Tour, wanted: string): string {
  const [, said = '', more = ''] = screenLines(tour.token);
  demand(tour.code === null, 'the display shows a code');
  demand(said === wanted, `the display says ${said}, not ${wanted}`);
  return `${said}, ${more}`;
}

/** The code on the display, which must be that of the seed. */
export function codeOfSeed(tour: Tour): string {
  const { code, seedText } = tour;
  demand(code !== null, `the display shows no code: ${screenLines(tour.token)[1]}`);
  const expected = totp(decodeBase32(seedText), { time: tour.clock.read()! });
  demand(code === expected, 'the display shows another code than its seed gives');
  return `${code.slice(0, 3)} ${code.slice(3)}`;
}
