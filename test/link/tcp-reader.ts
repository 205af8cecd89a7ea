/** vpcd's end of the link on a loopback port: listens, and sends a card what a test tells it to. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { encodeFrame, FrameReader } from '../../sim/link/frames.ts';

export class TcpReader {
  readonly #server: Server;
  readonly #cards: Socket[] = [];
  readonly #waiting: ((socket: Socket) => void)[] = [];

  private constructor(server: Server) {
    this.#server = server;
    server.on('connection', (socket) => {
      socket.setNoDelay(true);
      socket.on('error', () => {});
      const next = this.#waiting.shift();
      if (next) next(socket);
      else this.#cards.push(socket);
    });
  }

  /** @param port 0 for any free one */
  static async listen(port = 0): Promise<TcpReader> {
    const server = createServer().listen(port, '127.0.0.1');
    await once(server, 'listening');
    return new TcpReader(server);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** The next card that is plugged in. */
  async card(): Promise<PluggedCard> {
    const waiting = this.#cards.shift();
    return new PluggedCard(
      waiting ?? (await new Promise<Socket>((resolve) => this.#waiting.push(resolve))),
    );
  }

  async close(): Promise<void> {
    this.#server.close();
    await once(this.#server, 'close');
  }
}

/** A card, seen from the reader. */
export class PluggedCard {
  readonly #socket: Socket;
  readonly #frames = new FrameReader();
  readonly #answers: Uint8Array[] = [];
  #wake: () => void = () => {};
  /** Resolves when the card has been pulled out. */
  readonly gone: Promise<void>;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (piece) => {
      this.#answers.push(...this.#frames.push(piece));
      this.#wake();
    });
    this.gone = new Promise((resolve) => {
      socket.once('close', () => {
        resolve();
        this.#wake();
      });
    });
  }

  send(payload: Uint8Array | readonly number[]): void {
    this.#socket.write(encodeFrame(Uint8Array.from(payload)));
  }

  /** The next answer; null when the card is gone instead. */
  async answer(): Promise<Uint8Array | null> {
    while (this.#answers.length === 0 && !this.#socket.destroyed) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#answers.shift() ?? null;
  }

  /** Sends a command in hex. @returns the answer in hex; null when the card is gone */
  async transmit(command: string): Promise<string | null> {
    this.send(Buffer.from(command, 'hex'));
    const answer = await this.answer();
    return answer === null ? null : Buffer.from(answer).toString('hex');
  }

  /** The reader hangs up. */
  hangUp(): void {
    this.#socket.destroy();
  }
}
