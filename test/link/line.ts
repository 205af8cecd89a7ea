/** A line in memory, with a reader's end: what vpcd sends, and what the card answers. */
import { Duplex } from 'node:stream';
import { encodeFrame, FrameReader } from '../../sim/link/frames.ts';

/** The reader's end of a line. */
export class ReaderEnd {
  /** The card's end. */
  readonly card: Duplex;
  readonly #frames = new FrameReader();
  readonly #answers: Uint8Array[] = [];
  readonly #waiting: ((answer: Uint8Array) => void)[] = [];

  constructor() {
    const take = (piece: Uint8Array) => this.#take(piece);
    this.card = new Duplex({
      read: () => {},
      write: (piece: Uint8Array, _, done) => {
        take(piece);
        done();
      },
    });
  }

  #take(piece: Uint8Array): void {
    for (const answer of this.#frames.push(piece)) {
      const next = this.#waiting.shift();
      if (next) next(answer);
      else this.#answers.push(answer);
    }
  }

  send(...payloads: readonly (readonly number[] | Uint8Array)[]): void {
    this.card.push(Buffer.concat(payloads.map((payload) => encodeFrame(Uint8Array.from(payload)))));
  }

  /** The next frame from the card. */
  answer(): Promise<Uint8Array> {
    const answer = this.#answers.shift();
    if (answer) return Promise.resolve(answer);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Frames that nobody has asked for yet. */
  get unread(): number {
    return this.#answers.length;
  }

  /** The reader closes the line. */
  end(): void {
    this.card.push(null);
  }
}
