/**
 * A token: press its keys, let its time pass, read its display, send it commands.
 *
 * What a token can do beyond that, personalisation above all, are commands; host/management.ts
 * words them.
 */
import type { Board } from './board.ts';
import { type Core, loadCore } from './core.ts';
import { TokenError } from './errors.ts';

/** The five keys. */
export type Key = 'up' | 'down' | 'left' | 'right' | 'ok';

const KEYS: Readonly<Record<Key, number>> = { up: 1, down: 2, left: 3, right: 4, ok: 5 };
const FRAME_BYTES = (128 * 64) / 8;
const STATUS_DONE = 0x9000;
const REFUSED = -1;
const PENDING = -2;
/** Asks for the answer to a command that waits for a key. */
const NO_COMMAND = 0;
/** A screen that shows a QR code: a name, these words, and what the code says. */
const QR_SCREEN = /^.*\nQR code\n(.*)$/s;
/** The second line of a screen that shows a code: two groups of three or four digits. */
const CODE_LINE = /^.*\n(\d{3,4}) (\d{3,4})\n/;

export function isKey(text: string): text is Key {
  return Object.hasOwn(KEYS, text);
}

export class Token {
  readonly #core: Core;
  readonly #bootStatus: number;

  /**
   * Powers a token up. It may come up unfit: see `fault`.
   * @param source a board, or a core that is bound to one already
   * @param wasm   the firmware for a board; default: the one this package carries
   */
  constructor(source: Board | Core, wasm?: BufferSource | WebAssembly.Module) {
    this.#core = 'exports' in source ? source : loadCore(source, wasm);
    this.#bootStatus = this.#core.exports.boot();
  }

  /** Why the token refuses everything since power-on: damaged flash, failed self-test; or null. */
  get fault(): TokenError | null {
    return this.#bootStatus === 0 ? null : TokenError.fromStatusWord(this.#bootStatus);
  }

  /** `major.minor.patch` of the firmware. */
  get firmwareVersion(): string {
    const packed = this.#core.exports.firmwareVersion();
    return `${packed >> 16}.${(packed >> 8) & 0xff}.${packed & 0xff}`;
  }

  /** Presses a key. */
  press(key: Key): void {
    if (!isKey(key)) throw new RangeError(`key: expected up, down, left, right or ok, got ${key}`);
    this.#core.exports.press(KEYS[key]);
  }

  /** Lets the display follow the time; at least once a second on a running token. */
  tick(): void {
    this.#core.exports.tick();
  }

  /** The screen as lines of text. */
  get text(): string {
    const { exports, memory } = this.#core;
    const start = exports.screenText();
    return new TextDecoder().decode(memory.slice(start, start + exports.screenTextLength()));
  }

  /** A copy of the screen: 128 x 64 pixels, 16 bytes a row, most significant bit left, 1 = lit. */
  get frame(): Uint8Array {
    const start = this.#core.exports.frame();
    return this.#core.memory.slice(start, start + FRAME_BYTES);
  }

  /** The code on the display, read off it, or null when it shows none. */
  get code(): string | null {
    const match = CODE_LINE.exec(this.text);
    return match ? `${match[1]}${match[2]}` : null;
  }

  /** The text of the QR code on the display, or null when it shows none. */
  get qrText(): string | null {
    return QR_SCREEN.exec(this.text)?.[1] ?? null;
  }

  /** The longest command that fits the token's buffer, in bytes. */
  get longestCommand(): number {
    return this.#core.exports.bufferLength();
  }

  /**
   * Sends a command APDU that is answered at once.
   * @returns the whole answer, status word included
   * @throws RangeError when the command is longer than `longestCommand`
   * @throws TokenError KEY_NEEDED when the token waits for a key; it goes on waiting
   */
  exchange(command: Uint8Array): Uint8Array {
    const answer = this.submit(command);
    if (answer === null) throw new TokenError('KEY_NEEDED', 'the token waits for its OK key');
    return answer;
  }

  /**
   * Sends a command APDU that may have to wait for a key. One that waits is given up for the next.
   * @returns the whole answer; null while the token waits: `collect` has it after a press or a tick
   * @throws RangeError when the command is longer than `longestCommand`
   */
  submit(command: Uint8Array): Uint8Array | null {
    if (command.length > this.longestCommand) {
      throw new RangeError(
        `command: expected at most ${this.longestCommand} bytes, got ${command.length}`,
      );
    }
    const { exports, memory } = this.#core;
    memory.set(command, exports.buffer());
    return this.#answer(exports.exchange(command.length));
  }

  /** The answer to the command that waited for a key; null while it still does. */
  collect(): Uint8Array | null {
    return this.#answer(this.#core.exports.exchange(NO_COMMAND));
  }

  #answer(length: number): Uint8Array | null {
    if (length === PENDING) return null;
    if (length === REFUSED) throw new TokenError('NOT_BOOTED', 'the token is not powered up');
    const buffer = this.#core.exports.buffer();
    return this.#core.memory.slice(buffer, buffer + length);
  }

  /**
   * Sends a command APDU and takes the status word off the answer.
   * @throws TokenError for every status word but 9000
   */
  send(command: Uint8Array): Uint8Array {
    const answer = this.exchange(command);
    const statusWord = (answer.at(-2)! << 8) | answer.at(-1)!;
    if (statusWord !== STATUS_DONE) throw TokenError.fromStatusWord(statusWord);
    return answer.subarray(0, -2);
  }
}
