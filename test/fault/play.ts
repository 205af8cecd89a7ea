/** Plays a scene on a token that may have a fault, and looks for codes in what comes out of it. */
import { hotp, type Key, type Token } from '../../host/index.ts';
import { macOf } from '../apdu/card.ts';
import { hex, RFC_KEY, toHex } from '../fixtures.ts';
import { type Firmware, type Image, imageOf, pass, powerCycle, powerOn } from './firmware.ts';

/** What is done to a token; a command, in hex, may be made of the answer to the one before it. */
export type Step =
  | { readonly send: string | ((answer: string) => string) }
  /** Asks for the answer of a command that waits. */
  | { readonly collect: true }
  | { readonly press: Key }
  | { readonly waitSeconds: number }
  | { readonly powerCycle: true };

/** What came of a scene. */
export interface Played {
  /** In hex, in order; `waits` for one that waits for a key. */
  readonly answers: readonly string[];
  /** Codes on the display, one for each key that left one there. */
  readonly shown: readonly string[];
  readonly image: Image;
}

export function play(firmware: Firmware, image: Image, steps: readonly Step[]): Played {
  const answers: string[] = [];
  const shown: string[] = [];
  const take = (answer: Uint8Array | null) => answers.push(answer ? toHex(answer) : 'waits');
  const act = (token: Token, step: Exclude<Step, { powerCycle: true }>) => {
    if ('waitSeconds' in step) pass(firmware, step.waitSeconds);
    else if ('collect' in step) take(token.collect());
    else if ('send' in step) {
      const { send } = step;
      take(token.submit(hex(typeof send === 'string' ? send : send(answers.at(-1) ?? ''))));
    } else {
      token.press(step.press);
      if (token.code !== null) shown.push(token.code);
    }
  };
  try {
    let token = powerOn(firmware, image);
    for (const step of steps) {
      if ('powerCycle' in step) token = powerCycle(firmware);
      else act(token, step);
    }
  } catch {
    // A trap, a broken flash contract, an endless loop: the token stops.
  }
  return { answers, shown, image: imageOf(firmware) };
}

// --- codes ------------------------------------------------------------------------------------

/** The four bytes of a MAC that make a code, as CALCULATE gives them (RFC 4226 §5.3), in hex. */
export function truncated(mac: string): string {
  const at = 2 * Number.parseInt(mac.slice(-1), 16);
  const bits = Number.parseInt(mac.slice(at, at + 8), 16) & 0x7fffffff;
  return bits.toString(16).padStart(8, '0');
}

/** Whether these bytes, in hex, stand in an answer. */
export function contains(answer: string, bytes: string): boolean {
  for (let at = answer.indexOf(bytes); at >= 0; at = answer.indexOf(bytes, at + 1)) {
    if (at % 2 === 0) return true;
  }
  return false;
}

const COUNTERS = 60;
const CODES = Array.from({ length: COUNTERS }, (_, counter) => ({
  digits: hotp(RFC_KEY, counter),
  mac: macOf(BigInt(counter)).toString('hex'),
}));

/** The counters whose codes came out, in order. */
export function countersOf({ answers, shown }: Played): number[] {
  const inAnswers = answers.flatMap((answer) =>
    CODES.flatMap(({ mac }, counter) => (holdsCode(answer, mac) ? [counter] : [])),
  );
  const onDisplay = shown.map((code) => CODES.findIndex(({ digits }) => digits === code));
  return [...inAnswers, ...onDisplay.filter((counter) => counter >= 0)];
}

/** Whether an answer has a MAC in it, or the code that is made of it. */
export function holdsCode(answer: string, mac: string): boolean {
  return contains(answer, mac) || contains(answer, truncated(mac));
}
