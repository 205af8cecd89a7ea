/** Keeps a card in a reader: plugs it in, and again whenever the reader has been away. */
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { LinkError } from './errors.ts';
import { type Card, serveReader } from './vpcd.ts';

/** vpcd's port of its first slot; the second one has the next number. */
export const READER_PORT = 35_963;
const RETRY_MILLISECONDS = 100;

export interface ReaderOptions {
  /** A line to the reader; null when there is none now. */
  connect(): Promise<Duplex | null>;
  readonly card: Card;
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
  /** Ends it: the card is pulled out. */
  readonly signal: AbortSignal;
  /** Told when the card is in, and when it has no reader, at the start too. */
  onChange(isIn: boolean): void;
}

/**
 * Plugs the card in until `signal`.
 * @throws what the card or `connect` throws
 */
export async function stayInReader(options: ReaderOptions): Promise<void> {
  const { card, signal, onChange } = options;
  let isIn: boolean | null = null;
  while (!signal.aborted) {
    const stream = await options.connect();
    if (isIn !== (stream !== null)) onChange(stream !== null);
    isIn = stream !== null;
    if (stream !== null) await serve(stream, card, signal);
    await options.sleep(RETRY_MILLISECONDS, signal);
  }
}

async function serve(stream: Duplex, card: Card, signal: AbortSignal): Promise<void> {
  const pullOut = () => stream.destroy();
  signal.addEventListener('abort', pullOut, { once: true });
  if (signal.aborted) pullOut();
  try {
    await serveReader(stream, card);
  } finally {
    signal.removeEventListener('abort', pullOut);
  }
}

/** Host names that no computer answers to, now or ever. */
const UNKNOWN = ['ENOTFOUND', 'EINVAL'];

/**
 * A TCP connection to a reader.
 * @param signal ends the attempt, and the connection
 * @returns null when nobody listens
 * @throws LinkError HOST_UNKNOWN
 */
export function connectTcp(
  host: string,
  port: number,
  signal: AbortSignal,
): Promise<Socket | null> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true, signal });
    socket.once('connect', () => resolve(socket));
    socket.once('error', ({ code }: NodeJS.ErrnoException) => {
      if (!UNKNOWN.includes(code ?? '')) resolve(null);
      else reject(new LinkError('HOST_UNKNOWN', `there is no host ${host}`, 'check --host'));
    });
  });
}
