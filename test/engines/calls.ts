/** The exports of otp.wasm called over a line (host/mcu/calls/calls.h), wherever the other end is. */
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { Command } from './engine.ts';

export class CallLine {
  readonly #out: Writable;
  readonly #answers: AsyncIterator<string>;
  readonly #windowBytes: number;

  /** @param windowBytes  how much may be on its way before its answers have come */
  constructor(answers: Readable, out: Writable, windowBytes: number) {
    this.#answers = createInterface({ input: answers })[Symbol.asyncIterator]();
    this.#out = out;
    this.#windowBytes = windowBytes;
  }

  async run(commands: readonly Command[]): Promise<number[]> {
    const answers: number[] = [];
    let sent = 0;
    while (answers.length < commands.length) {
      let piece = '';
      while (sent < commands.length) {
        const [name, ...args] = commands[sent]!;
        const line = `${[name, ...args.map((value) => value | 0)].join(' ')}\n`;
        if (piece !== '' && piece.length + line.length > this.#windowBytes) break;
        piece += line;
        sent++;
      }
      this.#out.write(piece);
      while (answers.length < sent) answers.push(await this.#answer());
    }
    return answers;
  }

  async #answer(): Promise<number> {
    const { value, done } = await this.#answers.next();
    if (done) throw new Error('the other end of the line is gone');
    if (!/^-?\d+$/.test(value)) throw new Error(`the other end of the line says: ${value}`);
    return Number(value);
  }
}
