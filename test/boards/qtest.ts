/** QEMU's test protocol: reads and writes the memory of the chip, a line each way. */
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export class Qtest {
  readonly #socket: Socket;
  readonly #waiting: ((line: string) => void)[] = [];

  private constructor(socket: Socket) {
    this.#socket = socket;
    const lines = createInterface({ input: socket });
    lines.on('error', () => socket.destroy());
    lines.on('line', (line) => {
      if (!line.startsWith('IRQ')) this.#waiting.shift()?.(line);
    });
    socket.on('error', () => socket.destroy());
  }

  /** For QEMU's command line; emulation itself goes on as without. */
  static arguments(folder: string): string[] {
    const path = `unix:${join(folder, 'qtest')},server=on,wait=off`;
    return ['-accel', 'tcg', '-qtest', path, '-qtest-log', 'none'];
  }

  static async open(folder: string): Promise<Qtest> {
    const socket = connect(join(folder, 'qtest'));
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    return new Qtest(socket);
  }

  async #ask(line: string): Promise<string> {
    const answer = await new Promise<string>((resolve) => {
      this.#waiting.push(resolve);
      this.#socket.write(`${line}\n`);
    });
    if (!answer.startsWith('OK')) throw new Error(`${line}: ${answer}`);
    return answer.slice(3);
  }

  async readWord(address: number): Promise<number> {
    return Number(await this.#ask(`readl ${address}`));
  }

  async writeWord(address: number, word: number): Promise<void> {
    await this.#ask(`writel ${address} ${word >>> 0}`);
  }

  async read(address: number, length: number): Promise<Uint8Array> {
    return Uint8Array.from(
      Buffer.from((await this.#ask(`read ${address} ${length}`)).slice(2), 'hex'),
    );
  }

  close(): void {
    this.#socket.destroy();
  }
}
