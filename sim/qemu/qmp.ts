/** QEMU's machine protocol: one JSON object a line, each command answered in turn. */
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

interface Message {
  readonly return?: unknown;
  readonly error?: { readonly desc: string };
}

export class Qmp {
  readonly #socket: Socket;
  readonly #waiting: Waiting[] = [];

  private constructor(socket: Socket) {
    this.#socket = socket;
    const lines = createInterface({ input: socket });
    lines.on('error', () => socket.destroy());
    lines.on('line', (line) => this.#take(JSON.parse(line)));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      for (const { reject } of this.#waiting.splice(0)) reject(new Error('QEMU has ended'));
    });
  }

  /** @param path  the socket that QEMU listens on */
  static async open(path: string): Promise<Qmp> {
    const socket = connect(path);
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    const qmp = new Qmp(socket);
    await qmp.execute('qmp_capabilities');
    return qmp;
  }

  /** @throws Error with QEMU's own words, or when it has ended */
  execute(command: string, args: object = {}): Promise<unknown> {
    if (this.#socket.destroyed) return Promise.reject(new Error('QEMU has ended'));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#socket.write(`${JSON.stringify({ execute: command, arguments: args })}\n`);
    });
  }

  /** A command of the monitor for people, which can read registers. @returns what it prints */
  async monitor(line: string): Promise<string> {
    return (await this.execute('human-monitor-command', { 'command-line': line })) as string;
  }

  /** Greetings and events are nobody's answer. */
  #take(message: Message): void {
    if (!('return' in message) && !message.error) return;
    const waiting = this.#waiting.shift();
    if (message.error) waiting?.reject(new Error(message.error.desc));
    else waiting?.resolve(message.return);
  }

  close(): void {
    this.#socket.destroy();
  }
}
