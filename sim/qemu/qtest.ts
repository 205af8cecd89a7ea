/** QEMU's test protocol: memory, registers and lines of the chip from outside, a line each way. */
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** A line of the chip that has changed: its number, and whether it is high. */
export type LineWatcher = (line: number, isHigh: boolean) => void;

export class Qtest {
  readonly #socket: Socket;
  readonly #waiting: { resolve(line: string): void; reject(error: Error): void }[] = [];
  #watcher: LineWatcher | null = null;

  private constructor(socket: Socket) {
    this.#socket = socket;
    const lines = createInterface({ input: socket });
    lines.on('error', () => socket.destroy());
    lines.on('line', (line) => this.#take(line));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      for (const { reject } of this.#waiting.splice(0)) reject(new Error('QEMU has ended'));
    });
  }

  /** For QEMU's command line; emulation itself goes on as without. */
  static arguments(folder: string): string[] {
    const path = `unix:${join(folder, 'qtest').replaceAll(',', ',,')},server=on,wait=off`;
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

  #take(line: string): void {
    const [, change, number] = /^IRQ (raise|lower) (\d+)$/.exec(line) ?? [];
    if (change) this.#watcher?.(Number(number), change === 'raise');
    else if (!line.startsWith('IRQ')) this.#waiting.shift()?.resolve(line);
  }

  async #ask(line: string): Promise<string> {
    if (this.#socket.destroyed) throw new Error('QEMU has ended');
    const answer = await new Promise<string>((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#socket.write(`${line}\n`);
    });
    if (!answer.startsWith('OK')) throw new Error(`${line.slice(0, 40)}: ${answer}`);
    return answer.slice(3);
  }

  async readWord(address: number): Promise<number> {
    return Number(await this.#ask(`readl ${address}`));
  }

  async writeWord(address: number, word: number): Promise<void> {
    await this.#ask(`writel ${address} ${word >>> 0}`);
  }

  async read(address: number, length: number): Promise<Uint8Array> {
    const hex = (await this.#ask(`read ${address} ${length}`)).slice(2);
    return Uint8Array.from(Buffer.from(hex, 'hex'));
  }

  async write(address: number, bytes: Uint8Array): Promise<void> {
    const hex = Buffer.from(bytes).toString('hex');
    await this.#ask(`write ${address} ${bytes.length} 0x${hex}`);
  }

  /** Sets a line that goes into a device. */
  async setLine(device: string, line: number, isHigh: boolean): Promise<void> {
    await this.#ask(`set_irq_in ${device} unnamed-gpio-in ${line} ${isHigh ? 1 : 0}`);
  }

  /** Tells of every change of the lines that come out of a device, from now on; one device at most. */
  async watchLines(device: string, watcher: LineWatcher): Promise<void> {
    this.#watcher = watcher;
    await this.#ask(`irq_intercept_out ${device}`);
  }

  close(): void {
    this.#socket.destroy();
  }
}
