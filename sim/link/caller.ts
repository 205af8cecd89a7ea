/** Makes the calls of a card to its token, each durable before anybody sees its answer. */
import { createHash } from 'node:crypto';
import { firmwareBytes, loadCore } from '../../host/core.ts';
import { type Key, Token } from '../../host/token.ts';
import type { FileBoard } from '../board/token-file.ts';
import { CallBoard, type Given } from './call-board.ts';

/** What can be done to the token in a reader. */
export type Call =
  | { readonly call: 'power-on' }
  | { readonly call: 'exchange'; readonly command: Uint8Array }
  /** Asks for the answer to a command that waits for a key. */
  | { readonly call: 'collect' }
  | { readonly call: 'press'; readonly key: Key }
  | { readonly call: 'tick' };

/** What came of a call, and all it depended on besides the flash. */
export interface Outcome {
  /** The answer to a command; null when there is none, or none yet. */
  readonly answer: Uint8Array | null;
  readonly given: Given;
  /** SHA-256 of the image, in hex, if the call wrote to it; else null. */
  readonly image: string | null;
}

export class Caller {
  readonly #board: FileBoard;
  readonly #world: CallBoard;
  readonly #firmware = new WebAssembly.Module(firmwareBytes());
  #token: Token | null = null;

  constructor(board: FileBoard) {
    this.#board = board;
    this.#world = new CallBoard(board);
  }

  /** The token, or null when it has no power. */
  get token(): Token | null {
    return this.#token;
  }

  powerOff(): void {
    this.#token = null;
  }

  /**
   * Makes a call; all but power-on need a token with power.
   * @param given to repeat an earlier call; default: what clock and chance give now
   */
  perform(call: Call, given?: Given): Outcome {
    const { operations } = this.#board.flash;
    if (call.call === 'power-on') this.#world.powerOn();
    this.#world.begin(given);
    const answer = this.#make(call);
    const got = this.#world.end();
    this.#board.sync();
    const hasWritten = this.#board.flash.operations !== operations;
    return { answer, given: got, image: hasWritten ? hashOf(this.#board.flash.image) : null };
  }

  #make(call: Call): Uint8Array | null {
    if (call.call === 'power-on') {
      // A new instance, not a second boot: nothing that was in memory is left.
      this.#token = new Token(loadCore(this.#world, this.#firmware));
      return null;
    }
    const token = this.#token!;
    if (call.call === 'exchange') return token.submit(call.command);
    if (call.call === 'collect') return token.collect();
    if (call.call === 'press') token.press(call.key);
    else token.tick();
    return null;
  }
}

/** SHA-256 in hex. */
export function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
