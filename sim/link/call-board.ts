/**
 * A board on which a call of the firmware takes no time, and which keeps what the world gave in its
 * course: the same call with the same gifts on the same flash writes the same bytes.
 */
import type { Board } from '../../host/board.ts';

/** What the world gave the firmware during one call. */
export interface Given {
  /** Seconds since 1970 on the token's clock; null: the clock has lost its time. */
  readonly timeSeconds: number | null;
  /** Milliseconds since power-on. */
  readonly uptimeMilliseconds: number;
  /** All random bytes that were drawn, one draw after the other. */
  readonly entropy: Uint8Array;
}

const NOTHING: Given = { timeSeconds: null, uptimeMilliseconds: 0, entropy: new Uint8Array() };

export class CallBoard implements Board {
  readonly #board: Board;
  #given = NOTHING;
  #timeSeconds: number | null = null;
  #drawn: number[] = [];
  #isRepeated = false;
  #poweredOnAt = 0;

  /** @param board has the flash and the device key; and, of calls that are made and not repeated, the rest */
  constructor(board: Board) {
    this.#board = board;
  }

  /** Power-on: uptime begins again, since waits after wrong PINs are counted by it. */
  powerOn(): void {
    this.#poweredOnAt = this.#board.uptime();
  }

  /** A call begins. @param given what an earlier call got, to repeat it; default: what there is now */
  begin(given?: Given): void {
    this.#isRepeated = given !== undefined;
    this.#given = given ?? {
      timeSeconds: this.#board.clockRead(),
      uptimeMilliseconds: (this.#board.uptime() - this.#poweredOnAt) >>> 0,
      entropy: NOTHING.entropy,
    };
    this.#timeSeconds = this.#given.timeSeconds;
    this.#drawn = [];
  }

  /** The call has ended. @returns what it was given */
  end(): Given {
    return { ...this.#given, entropy: Uint8Array.from(this.#drawn) };
  }

  flashRead(address: number, target: Uint8Array): void {
    this.#board.flashRead(address, target);
  }

  flashWrite(address: number, word: number): void {
    this.#board.flashWrite(address, word);
  }

  flashErase(page: number): void {
    this.#board.flashErase(page);
  }

  clockRead(): number | null {
    return this.#timeSeconds;
  }

  clockWrite(seconds: number): void {
    this.#timeSeconds = seconds;
    this.#board.clockWrite(seconds);
  }

  uptime(): number {
    return this.#given.uptimeMilliseconds;
  }

  /** A repeated call that draws more than the first one gets zeros: it differs already. */
  entropy(target: Uint8Array): void {
    if (this.#isRepeated) {
      const { entropy } = this.#given;
      target.fill(0);
      target.set(entropy.subarray(this.#drawn.length, this.#drawn.length + target.length));
    } else {
      this.#board.entropy(target);
    }
    this.#drawn.push(...target);
  }

  deviceKey(target: Uint8Array): void {
    this.#board.deviceKey(target);
  }

  present(): void {
    this.#board.present();
  }
}
