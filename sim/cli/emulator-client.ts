/** What a tester asks of the emulator and Graph does not have: docs/server.md, under /_emulator/. */
import type { AccessTokenSource } from './credentials.ts';
import { fault } from './errors.ts';
import { type Fetch, transportFault } from './transport.ts';

export interface EmulatorClientOptions {
  /** Scheme, host and port. */
  readonly origin: string;
  readonly accessToken: AccessTokenSource;
  readonly fetch: Fetch;
  readonly timeoutMilliseconds: number;
}

/** What the sign-in page would decide. */
export type SignInAnswer =
  | { readonly accepted: true; readonly step: number; readonly driftSteps: number }
  | { readonly accepted: false; readonly reason: string; readonly message: string };

/** Every method throws a CliError: refused (1), unknown to the server (6), timed out (42). */
export class EmulatorClient {
  readonly #options: EmulatorClientOptions;

  constructor(options: EmulatorClientOptions) {
    this.#options = options;
  }

  createUser(userPrincipalName: string, displayName: string): Promise<{ id: string }> {
    return this.#post('/users', { userPrincipalName, displayName });
  }

  /** A bearer token of a user. */
  async createToken(user: string, scopes: readonly string[]): Promise<string> {
    const { accessToken } = await this.#post<{ accessToken: string }>('/tokens', { user, scopes });
    return accessToken;
  }

  /** Tries a code as the sign-in page would; an accepted one is used up. */
  signIn(serialNumber: string, code: string): Promise<SignInAnswer> {
    return this.#post('/sign-in', { serialNumber, code });
  }

  async #post<Answer>(path: string, body: object): Promise<Answer> {
    const { origin, accessToken, timeoutMilliseconds } = this.#options;
    const headers = {
      Authorization: `Bearer ${await accessToken()}`,
      'Content-Type': 'application/json',
    };
    const options = { method: 'POST', headers, body: JSON.stringify(body) };
    try {
      const signal = AbortSignal.timeout(timeoutMilliseconds);
      const url = `${origin}/_emulator${path}`;
      const response = await this.#options.fetch(url, { ...options, signal, redirect: 'error' });
      return answerOf<Answer>(response.status, await response.text());
    } catch (error) {
      throw transportFault(error, origin, timeoutMilliseconds);
    }
  }
}

function answerOf<Answer>(status: number, text: string): Answer {
  let answer: { error?: { code: string; message: string } };
  try {
    answer = JSON.parse(text);
  } catch {
    throw fault(
      'SERVER_REFUSED',
      `the server answered ${status}, and not in JSON`,
      'check --endpoint',
    );
  }
  if (status < 400) return answer as Answer;
  const { code, message } = answer.error ?? { code: '', message: 'no reason given' };
  throw fault(
    status === 404 ? 'SERVER_KNOWS_NOTHING' : 'SERVER_REFUSED',
    `the server answered ${status} ${code}: ${message}`,
    status === 401 ? 'is the bearer token the one that this server gave out last?' : null,
  );
}
