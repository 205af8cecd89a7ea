import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { type App, createApp } from './app.ts';
import type { Certificate } from './certificate.ts';
import { openLibsql } from './store/libsql.ts';
import type { ClockSetting } from './store/records.ts';

export interface ServerOptions {
  /** 0 takes any free port. */
  readonly port: number;
  /** Default 127.0.0.1: nothing outside this machine can reach the server. */
  readonly host?: string | undefined;
  /** A file, or ':memory:' (default), which forgets everything when the server stops. */
  readonly database?: string | undefined;
  /** Serve https with a certificate made for this start. */
  readonly https?: boolean | undefined;
  /** The server's clock from now on; left out, the saved setting goes on (at first: real). */
  readonly clock?: Date | 'real' | undefined;
  /** The machine's milliseconds since 1970; default Date.now. */
  readonly machineMilliseconds?: (() => number) | undefined;
}

export interface RunningServer {
  /** E.g. `http://127.0.0.1:8080`; with https the name is `localhost`, as in the certificate. */
  readonly url: string;
  /** The https certificate in PEM. */
  readonly certificate?: string;
  /** The first user, created with the database. */
  readonly user: { readonly id: string; readonly userPrincipalName: string };
  /**
   * A bearer token of that user for everything, made for this start; it stays valid until a reset.
   * Only its digest is stored.
   */
  readonly accessToken: string;
  readonly app: App;
  /** Lets running requests finish (two seconds at most), then closes sockets and database. */
  close(): Promise<void>;
}

/** What can keep a server from listening. Database faults are `StoreError`, with codes of their own. */
export const LISTEN_FAULTS = {
  PORT_IN_USE: {
    message: 'the port is in use',
    hint: 'stop the other program, or choose another port with --port N (0 takes any free one)',
  },
  PORT_FORBIDDEN: {
    message: 'this user may not listen on that port',
    hint: 'choose a port above 1023 with --port N',
  },
  HOST_UNKNOWN: {
    message: 'this machine has no such address',
    hint: 'listen on 127.0.0.1, or on an address of this machine',
  },
  LISTEN_FAILED: { message: 'the server cannot listen', hint: 'see the cause' },
} as const;

export type ListenFault = keyof typeof LISTEN_FAULTS;

export class ListenError extends Error {
  readonly code: ListenFault;
  readonly hint: string;

  constructor(code: ListenFault, address: string, options?: { cause?: unknown }) {
    super(`${LISTEN_FAULTS[code].message}: ${address}`, options);
    this.name = 'ListenError';
    this.code = code;
    this.hint = LISTEN_FAULTS[code].hint;
  }
}

const FAULT_OF_SOCKET: Readonly<Record<string, ListenFault>> = {
  EADDRINUSE: 'PORT_IN_USE',
  EACCES: 'PORT_FORBIDDEN',
  EADDRNOTAVAIL: 'HOST_UNKNOWN',
  ENOTFOUND: 'HOST_UNKNOWN',
};

const DEFAULT_HOST = '127.0.0.1';
const CLOSE_GRACE_MILLISECONDS = 2_000;

/**
 * Opens the database, then the socket.
 * @throws StoreError (database) or ListenError (socket), each with a stable `code` and a `hint`
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { port, host = DEFAULT_HOST, https = false, machineMilliseconds = Date.now } = options;
  const persistence = openLibsql(options.database ?? ':memory:');
  let app: App | undefined;
  try {
    app = createApp({ persistence, machineMilliseconds });
    if (options.clock !== undefined) app.clock.set(clockSetting(options.clock));
    const { accessToken, user } = app.issueAdministratorToken();
    const made = https ? await newCertificate(machineMilliseconds()) : undefined;
    const listener = getRequestListener(app.fetch, { errorHandler: app.malformed });
    const server = made
      ? createHttpsServer({ cert: made.certificate, key: made.privateKey }, listener)
      : createHttpServer(listener);
    const address = await listen(server, port, host);
    return {
      url: urlOf(address, https),
      ...(made && { certificate: made.certificate }),
      user,
      accessToken,
      app,
      close: closer(server, app),
    };
  } catch (error) {
    if (app) app.close();
    else persistence.close();
    throw error;
  }
}

/** What makes certificates takes longer to load than the rest of a start. */
async function newCertificate(nowMilliseconds: number): Promise<Certificate> {
  const { selfSignedCertificate } = await import('./certificate.ts');
  return selfSignedCertificate(nowMilliseconds);
}

function clockSetting(clock: Date | 'real'): ClockSetting {
  if (clock === 'real') return { mode: 'real', offsetMilliseconds: 0 };
  return { mode: 'fixed', timeMilliseconds: clock.getTime() };
}

function listen(server: HttpServer, port: number, host: string): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const fault = FAULT_OF_SOCKET[error.code ?? ''] ?? 'LISTEN_FAILED';
      reject(new ListenError(fault, `${host}:${port}`, { cause: error }));
    });
    server.listen(port, host, () => resolve(server.address() as AddressInfo));
  });
}

function urlOf({ address, family, port }: AddressInfo, https: boolean): string {
  // The certificate of https names localhost; an address that means "all" is no address to call.
  const isAny = address === '0.0.0.0' || address === '::';
  if (https || isAny) return `${https ? 'https' : 'http'}://localhost:${port}`;
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}

/** Closing twice is closing once. */
function closer(server: HttpServer, app: App): () => Promise<void> {
  let closing: Promise<void> | undefined;
  const close = async () => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    // A stream has no end of its own to wait for.
    app.events.close();
    server.closeIdleConnections();
    const grace = setTimeout(() => server.closeAllConnections(), CLOSE_GRACE_MILLISECONDS);
    await closed;
    clearTimeout(grace);
    app.close();
  };
  return () => {
    closing ??= close();
    return closing;
  };
}
