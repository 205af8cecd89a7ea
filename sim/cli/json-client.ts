/** Requests in JSON with a bearer token, for the dialects that have no official client. */
import type { AccessTokenSource } from './credentials.ts';
import { fault } from './errors.ts';
import { type Fetch, transportFault } from './transport.ts';

export interface JsonClientOptions {
  /** Scheme, host and port. */
  readonly origin: string;
  readonly accessToken: AccessTokenSource;
  readonly fetch: Fetch;
  readonly timeoutMilliseconds: number;
}

export interface JsonReply<Answer> {
  readonly status: number;
  readonly answer: Answer;
}

/** @throws CliError when there is no answer, or none in JSON */
export function postJson<Answer>(
  options: JsonClientOptions,
  path: string,
  body: object,
): Promise<JsonReply<Answer>> {
  const headers = { 'Content-Type': 'application/json' };
  return send(options, path, { method: 'POST', headers, body: JSON.stringify(body) });
}

/** @throws CliError when there is no answer, or none in JSON */
export function getJson<Answer>(
  options: JsonClientOptions,
  path: string,
): Promise<JsonReply<Answer>> {
  return send(options, path, { method: 'GET' });
}

async function send<Answer>(
  { origin, accessToken, fetch, timeoutMilliseconds }: JsonClientOptions,
  path: string,
  request: { method: string; headers?: Record<string, string>; body?: string },
): Promise<JsonReply<Answer>> {
  const headers = { ...request.headers, Authorization: `Bearer ${await accessToken()}` };
  const options = { ...request, headers, redirect: 'error' } as const;
  try {
    const signal = AbortSignal.timeout(timeoutMilliseconds);
    const response = await fetch(`${origin}${path}`, { ...options, signal });
    return { status: response.status, answer: parse(response.status, await response.text()) };
  } catch (error) {
    throw transportFault(error, origin, timeoutMilliseconds);
  }
}

function parse<Answer>(status: number, text: string): Answer {
  try {
    return JSON.parse(text);
  } catch {
    throw fault(
      'SERVER_REFUSED',
      `the server answered ${status}, and not in JSON`,
      'check --endpoint',
    );
  }
}

/** What to do about an answer 401. */
export const STALE_TOKEN_HINT = 'is the bearer token the one that this server gave out last?';
