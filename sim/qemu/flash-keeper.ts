/**
 * Keeps a token image that an emulated chip has in its own flash: brings the file up to date before
 * anything leaves the board.
 */
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import type { Qtest } from './qtest.ts';

export class FlashKeeper {
  readonly #qtest: Qtest;
  readonly #address: number;
  readonly #file: number;
  /** What the file holds. */
  #kept: Uint8Array;
  /** Saves come one after the other. */
  #before: Promise<void> = Promise.resolve();

  private constructor(qtest: Qtest, address: number, file: number, kept: Uint8Array) {
    this.#qtest = qtest;
    this.#address = address;
    this.#file = file;
    this.#kept = kept;
  }

  /**
   * @param address  where in the chip the image lies, already
   * @param path     its file
   */
  static open(qtest: Qtest, address: number, path: string): FlashKeeper {
    return new FlashKeeper(
      qtest,
      address,
      openSync(path, 'r+'),
      Uint8Array.from(readFileSync(path)),
    );
  }

  /** What is on the flash by now is in the file when this resolves. */
  save(): Promise<void> {
    const saved = this.#before.then(() => this.#save());
    this.#before = saved.catch(() => {});
    return saved;
  }

  async #save(): Promise<void> {
    const now = await this.#qtest.read(this.#address, this.#kept.length);
    const isOther = (byte: number, at: number) => byte !== this.#kept[at];
    const first = now.findIndex(isOther);
    if (first < 0) return;
    const end = now.findLastIndex(isOther) + 1;
    // In one piece, so that there is no state of the file that the flash never had.
    writeSync(this.#file, now, first, end - first, first);
    this.#kept = now;
  }

  /** The serial line, on which nothing is heard before the image has what was written for it. */
  guard(socket: Socket): Duplex {
    return new GuardedLine(socket, () => this.save());
  }

  /** After the last save. */
  close(): void {
    closeSync(this.#file);
  }
}

class GuardedLine extends Duplex {
  readonly #socket: Socket;
  /** What is heard stays in its order. */
  #before: Promise<void> = Promise.resolve();

  constructor(socket: Socket, save: () => Promise<void>) {
    super();
    this.#socket = socket;
    socket.on('data', (bytes) => {
      this.#before = this.#before
        .then(save)
        .then(() => void this.push(bytes))
        .catch((error: Error) => void this.destroy(error));
    });
    for (const end of ['close', 'error']) socket.on(end, () => this.destroy());
  }

  override _read(): void {}

  override _write(
    bytes: Uint8Array,
    _: BufferEncoding,
    done: (error?: Error | null) => void,
  ): void {
    this.#socket.write(bytes, done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#socket.destroy();
    done(error);
  }
}
