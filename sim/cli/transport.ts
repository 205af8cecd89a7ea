/**
 * How requests leave this computer, as middleware of the official Graph client: the last handler
 * of its chain, and the one that authenticates over http, which the official one refuses to.
 */
import { request as httpsRequest } from 'node:https';
import { Readable } from 'node:stream';
import type { Context, Middleware } from '@microsoft/microsoft-graph-client';
import type { AccessTokenSource } from './credentials.ts';
import { asCliError, type CliError, fault } from './errors.ts';

export type Fetch = (request: string, options?: RequestInit) => Promise<Response>;

/** The client wraps what its handlers throw and loses the cause: it is kept here. */
export interface LastFailure {
  error: CliError | null;
}

/** Puts the bearer token on every request; for http on this computer only (endpoint.ts). */
export class BearerHandler implements Middleware {
  #next: Middleware | undefined;
  readonly #accessToken: AccessTokenSource;

  constructor(accessToken: AccessTokenSource) {
    this.#accessToken = accessToken;
  }

  setNext(next: Middleware): void {
    this.#next = next;
  }

  async execute(context: Context): Promise<void> {
    const options = context.options ?? {};
    const authorization = { Authorization: `Bearer ${await this.#accessToken()}` };
    context.options = { ...options, headers: { ...(options.headers as object), ...authorization } };
    await this.#next!.execute(context);
  }
}

/** Sends the request, within its time, and follows nobody elsewhere with a seed in its hands. */
export class SendingHandler implements Middleware {
  readonly #fetch: Fetch;
  readonly #timeoutMilliseconds: number;
  readonly #failure: LastFailure;

  constructor(fetch: Fetch, timeoutMilliseconds: number, failure: LastFailure) {
    this.#fetch = fetch;
    this.#timeoutMilliseconds = timeoutMilliseconds;
    this.#failure = failure;
  }

  async execute(context: Context): Promise<void> {
    const url = typeof context.request === 'string' ? context.request : context.request.url;
    const signal = AbortSignal.timeout(this.#timeoutMilliseconds);
    try {
      const options = context.options as RequestInit;
      context.response = await this.#fetch(url, { ...options, signal, redirect: 'error' });
    } catch (error) {
      this.#failure.error = transportFault(error, new URL(url).origin, this.#timeoutMilliseconds);
      throw this.#failure.error;
    }
  }
}

/** Why a request got no answer. */
export function transportFault(
  error: unknown,
  origin: string,
  timeoutMilliseconds: number,
): CliError {
  const { name, cause } = error as Error & { cause?: { code?: string; message?: string } };
  if (name === 'TimeoutError') {
    const seconds = timeoutMilliseconds / 1000;
    return fault(
      'TIMED_OUT',
      `${origin} did not answer within ${seconds} s`,
      'try again, or --timeout',
    );
  }
  if (name === 'CliError') return asCliError(error);
  const code = cause?.code ?? (error as NodeJS.ErrnoException).code;
  const reason = code ?? cause?.message ?? (error as Error).message;
  return fault('ENDPOINT_UNREACHABLE', `${origin} cannot be reached: ${reason}`, hintFor(code));
}

function hintFor(code: string | undefined): string {
  if (code === 'ECONNREFUSED') return 'is the server running? oathfob serve starts one';
  if (code?.includes('CERT') || code?.includes('SELF_SIGNED')) {
    return "trust the server's own certificate with --ca FILE";
  }
  return 'check --endpoint';
}

/**
 * A `fetch` that trusts one more certificate. The built-in one learns of such only when the process
 * starts (NODE_EXTRA_CA_CERTS).
 * @param certificate  PEM
 */
export function fetchTrusting(certificate: string): Fetch {
  return (url, options = {}) =>
    new Promise((resolve, reject) => {
      const request = httpsRequest(url, {
        method: options.method ?? 'GET',
        headers: Object.fromEntries(new Headers(options.headers)),
        ca: certificate,
        signal: options.signal ?? undefined,
      });
      const fail = (error: Error) =>
        reject(options.signal?.aborted ? options.signal.reason : error);
      request.on('error', fail);
      request.on('response', (message) => {
        const status = message.statusCode ?? 500;
        const isBodiless = status === 204 || status === 304;
        const headers = Object.entries(message.headersDistinct).flatMap(([name, values]) =>
          (values ?? []).map((value): [string, string] => [name, value]),
        );
        if (isBodiless) message.resume();
        const body = isBodiless ? null : (Readable.toWeb(message) as ReadableStream);
        resolve(new Response(body, { status, headers }));
      });
      request.end(options.body as string | undefined);
    });
}
