/**
 * A token as a smart card. Commands come from a reader, key presses from whoever holds the token; a
 * command that needs a key waits for it, while time goes on.
 */
import type { Key, Token } from '../../host/token.ts';
import type { FileBoard } from '../board/token-file.ts';
import { bytesOf } from '../bytes.ts';
import { ANSWER_TO_RESET } from './answer-to-reset.ts';
import { type Call, Caller, type Outcome } from './caller.ts';
import type { Card } from './vpcd.ts';

const WRONG_LENGTH = Uint8Array.of(0x67, 0x00);

export interface CardEvents {
  /** Told of every call, before its answer leaves: a log of it can be played again. */
  onCall?(call: Call, outcome: Outcome): void;
  /** A command waits for OK; the display says for what. */
  onTouchWanted?(): void;
  /** The wait is over: OK was pressed, the time is up, or the reader wants something else. */
  onTouchOver?(): void;
}

export class TokenCard implements Card {
  readonly answerToReset = bytesOf(ANSWER_TO_RESET);
  readonly #caller: Caller;
  readonly #events: CardEvents;
  /** Gives the command that waits for a key its answer. */
  #settle: ((answer: Uint8Array | null) => void) | null = null;

  constructor(board: FileBoard, events: CardEvents = {}) {
    this.#caller = new Caller(board);
    this.#events = events;
  }

  /** The token, for its display and its fault; null when it has no power. */
  get token(): Token | null {
    return this.#caller.token;
  }

  get isWaiting(): boolean {
    return this.#settle !== null;
  }

  powerOn(): void {
    this.powerOff();
    this.#perform({ call: 'power-on' });
  }

  powerOff(): void {
    this.#caller.powerOff();
    this.#finish(null);
  }

  async transmit(command: Uint8Array): Promise<Uint8Array | null> {
    this.#finish(null);
    if (this.token === null) this.powerOn();
    if (command.length > this.token!.longestCommand) return WRONG_LENGTH;
    const { answer } = this.#perform({ call: 'exchange', command });
    // It may hold a PIN or a key.
    command.fill(0);
    if (answer !== null) return answer;
    return new Promise((resolve) => {
      this.#settle = resolve;
      this.#events.onTouchWanted?.();
    });
  }

  /** Presses a key, if there is power. */
  press(key: Key): void {
    this.#passTime({ call: 'press', key });
  }

  /** A second has passed. */
  tick(): void {
    this.#passTime({ call: 'tick' });
  }

  #passTime(call: Call): void {
    if (this.token === null) return;
    this.#perform(call);
    if (this.#settle === null) return;
    const { answer } = this.#perform({ call: 'collect' });
    if (answer !== null) this.#finish(answer);
  }

  #perform(call: Call): Outcome {
    const outcome = this.#caller.perform(call);
    this.#events.onCall?.(call, outcome);
    return outcome;
  }

  #finish(answer: Uint8Array | null): void {
    const settle = this.#settle;
    if (settle === null) return;
    this.#settle = null;
    settle(answer);
    this.#events.onTouchOver?.();
  }
}
