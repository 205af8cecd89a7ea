/** Keeps a card in a reader: plugs it in, and again whenever the reader has been away. */
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { LinkError } from './errors.ts';

/** vpcd's port of its first slot; the second one has the next number. */
export const READER_PORT = 35_963;
const RETRY_MILLISECONDS = 100;

export interface ReaderOptions {
  /** A line to the reader; null when there is none now. */
  connect(): Promise<Duplex | null>;
  /** Lets a reader use the card until its line ends. */
  serve(reader: Duplex): Promise<void>;
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
  /** Ends it: the card is pulled out. */
  readonly signal: AbortSignal;
  /** Told when the card is in, and when it has no reader, at the start too. */
  onChange(isIn: boolean): void;
}

/**
 * Plugs the card in until `signal`.
 * @throws what `connect` or `serve` throws
 */
export async function stayInReader(options: ReaderOptions): Promise<void> {
  const { signal, onChange } = options;
  let isIn: boolean | null = null;
  while (!signal.aborted) {
    const stream = await options.connect();
    if (isIn !== (stream !== null)) onChange(stream !== null);
    isIn = stream !== null;
    if (stream !== null) await serve(stream, options);
    await options.sleep(RETRY_MILLISECONDS, signal);
  }
}

async function serve(stream: Duplex, { serve, signal }: ReaderOptions): Promise<void> {
  const pullOut = () => stream.destroy();
  signal.addEventListener('abort', pullOut, { once: true });
  if (signal.aborted) pullOut();
  try {
    await serve(stream);
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
    // Node's own `signal` leaves a listener behind for every attempt that fails.
    const socket = connect({ host, port, noDelay: true });
    const giveUp = () => socket.destroy();
    signal.addEventListener('abort', giveUp);
    if (signal.aborted) giveUp();
    socket.once('connect', () => resolve(socket));
    socket.once('close', () => {
      signal.removeEventListener('abort', giveUp);
      resolve(null);
    });
    socket.once('error', ({ code }: NodeJS.ErrnoException) => {
      if (!UNKNOWN.includes(code ?? '')) return;
      reject(new LinkError('HOST_UNKNOWN', `there is no host ${host}`, 'check --host'));
    });
  });
}
