/** Requests with a JSON body and a bearer token, for the dialects that have no official client. */
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
export async function postJson<Answer>(
  { origin, accessToken, fetch, timeoutMilliseconds }: JsonClientOptions,
  path: string,
  body: object,
): Promise<JsonReply<Answer>> {
  const headers = {
    Authorization: `Bearer ${await accessToken()}`,
    'Content-Type': 'application/json',
  };
  const options = { method: 'POST', headers, body: JSON.stringify(body) };
  try {
    const signal = AbortSignal.timeout(timeoutMilliseconds);
    const response = await fetch(`${origin}${path}`, { ...options, signal, redirect: 'error' });
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
