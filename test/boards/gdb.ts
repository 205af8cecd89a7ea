/** As much of the gdb remote protocol as a breakpoint needs. */
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';

export class Gdb {
  readonly #socket: Socket;
  #received = '';
  #wake: (() => void) | null = null;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (bytes) => {
      this.#received += bytes.toString('latin1');
      this.#wake?.();
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#wake?.());
  }

  /** For QEMU's command line. */
  static arguments(folder: string): string[] {
    const chardev = `socket,id=gdb,path=${join(folder, 'gdb')},server=on,wait=off`;
    return ['-chardev', chardev, '-gdb', 'chardev:gdb'];
  }

  /** The chip stands still from here on, until `goOn`. */
  static async open(folder: string): Promise<Gdb> {
    const socket = connect(join(folder, 'gdb'));
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    return new Gdb(socket);
  }

  #send(packet: string): void {
    const sum = [...packet].reduce((total, letter) => (total + letter.charCodeAt(0)) & 0xff, 0);
    this.#socket.write(`$${packet}#${sum.toString(16).padStart(2, '0')}`);
  }

  /** The next packet; null when the chip is gone. */
  async #receive(): Promise<string | null> {
    for (;;) {
      const match = /\$([^#]*)#../.exec(this.#received);
      if (match) {
        this.#received = this.#received.slice(match.index + match[0].length);
        this.#socket.write('+');
        return match[1]!;
      }
      if (this.#socket.destroyed) return null;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Stops the chip whenever it gets to an instruction of two bytes. */
  async breakAt(address: number): Promise<void> {
    this.#send(`Z0,${address.toString(16)},2`);
    if ((await this.#receive()) !== 'OK') throw new Error('gdb: no breakpoint');
  }

  /** Changes the program, or memory. */
  async write(address: number, bytes: Uint8Array): Promise<void> {
    const hex = Buffer.from(bytes).toString('hex');
    this.#send(`M${address.toString(16)},${bytes.length.toString(16)}:${hex}`);
    if ((await this.#receive()) !== 'OK') throw new Error('gdb: nothing is written there');
  }

  goOn(): void {
    this.#send('c');
  }

  /** Waits for a breakpoint. @returns false when the chip is gone */
  async stopped(): Promise<boolean> {
    return (await this.#receive()) !== null;
  }

  /** From a breakpoint on, which is passed. */
  async step(): Promise<void> {
    this.#send('s');
    await this.#receive();
  }
}
