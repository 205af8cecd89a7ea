/** What a tester asks of the emulator and Graph does not have: docs/servers.md, under /_emulator/. */
import { fault } from './errors.ts';
import {
  getJson,
  type JsonClientOptions,
  type JsonReply,
  postJson,
  STALE_TOKEN_HINT,
} from './json-client.ts';

/** What the sign-in page would decide. */
export type SignInAnswer =
  | { readonly accepted: true; readonly step: number; readonly driftSteps: number }
  | {
      readonly accepted: false;
      readonly reason: string;
      readonly message: string;
      readonly retryAfterSeconds?: number;
    };

/** Every method throws a CliError: refused (1), unknown to the server (6), timed out (42). */
export class EmulatorClient {
  readonly #options: JsonClientOptions;

  constructor(options: JsonClientOptions) {
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

  /** The application that comes with a new database: what an Authing login page is configured with. */
  async authingApplication(): Promise<{ id: string }> {
    const { userPools } = accepted(
      await getJson<AuthingOverview & Refused>(this.#options, '/_emulator/authing'),
    );
    return userPools[0]!.applications[0]!;
  }

  async #post<Answer>(path: string, body: object): Promise<Answer> {
    return accepted(await postJson<Answer & Refused>(this.#options, `/_emulator${path}`, body));
  }
}

function accepted<Answer extends Refused>({ status, answer }: JsonReply<Answer>): Answer {
  if (status < 400) return answer;
  const { code, message } = answer.error ?? { code: '', message: 'no reason given' };
  throw fault(
    status === 404 ? 'SERVER_KNOWS_NOTHING' : 'SERVER_REFUSED',
    `the server answered ${status} ${code}: ${message}`,
    status === 401 ? STALE_TOKEN_HINT : null,
  );
}

interface AuthingOverview {
  readonly userPools: readonly { readonly applications: readonly { readonly id: string }[] }[];
}

interface Refused {
  readonly error?: { readonly code: string; readonly message: string };
}
