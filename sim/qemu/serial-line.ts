/** Whoever is at the other end of a board's serial line: a reader, a port, or this program itself. */
import type { Duplex } from 'node:stream';
import { readTlvs } from '../../host/apdu.ts';
import { encodeFrame, FrameReader } from '../link/frames.ts';

const SELECT_MANAGEMENT = Uint8Array.from(Buffer.from('00a4040008a000000527471117', 'hex'));
const GET_INFO = Uint8Array.of(0x80, 0x10, 0x00, 0x00);
const TAG_SERIAL = 0x81;
const TAG_CLOCK = 0x84;

/** Sends frames over a line, one at a time, and has their answers. */
export class SerialLine {
  readonly #stream: Duplex;
  readonly #frames = new FrameReader();
  readonly #answers: Uint8Array[] = [];
  #wake: (() => void) | null = null;

  constructor(stream: Duplex) {
    this.#stream = stream;
    stream.on('data', (piece: Uint8Array) => {
      this.#answers.push(...this.#frames.push(piece));
      this.#wake?.();
    });
    stream.on('close', () => this.#wake?.());
    stream.on('error', () => stream.destroy());
  }

  send(payload: Uint8Array): void {
    this.sendRaw(encodeFrame(payload));
  }

  /** Bytes that need not be a whole frame. */
  sendRaw(bytes: Uint8Array): void {
    this.#stream.write(bytes);
  }

  /** The next answer. @throws Error when the line breaks, or `signal` is aborted */
  async receive(signal?: AbortSignal): Promise<Uint8Array> {
    const wake = () => this.#wake?.();
    signal?.addEventListener('abort', wake);
    try {
      while (this.#answers.length === 0) {
        if (this.#stream.destroyed) throw new Error('the serial line has ended');
        if (signal?.aborted) throw new Error('no answer on the serial line');
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
      return this.#answers.shift()!;
    } finally {
      signal?.removeEventListener('abort', wake);
    }
  }

  ask(payload: Uint8Array, signal?: AbortSignal): Promise<Uint8Array> {
    this.send(payload);
    return this.receive(signal);
  }

  close(): void {
    this.#stream.destroy();
  }
}

/**
 * The time on the token's own clock. It gives up a command that waits for a key, and locks the token.
 * @returns seconds since 1970; null when the clock is not set, or the token does not say
 */
export async function readClock(line: SerialLine, signal: AbortSignal): Promise<number | null> {
  try {
    // What a reader was told before it went away may still be on the line.
    line.send(SELECT_MANAGEMENT);
    line.send(GET_INFO);
    for (;;) {
      const answer = await line.receive(signal);
      if (answer[0] !== TAG_SERIAL) continue;
      const clock = readTlvs(answer.subarray(0, -2)).get(TAG_CLOCK);
      return clock ? Number(Buffer.from(clock).readBigUInt64BE()) : null;
    }
  } catch {
    return null;
  }
}
