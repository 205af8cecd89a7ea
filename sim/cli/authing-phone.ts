/** What the user's phone asks of an Authing-shaped server: docs/authing.md. */
import { CliError, fault } from './errors.ts';
import { type JsonClientOptions, postJson, STALE_TOKEN_HINT } from './json-client.ts';

export type QrAction = 'SCAN' | 'CONFIRM' | 'CANCEL';

/** A code that an OATH token shows, and which token that is. */
export interface OathProof {
  readonly serialNumber: string;
  readonly code: string;
  /** Of the code, by the token's clock. */
  readonly step?: number;
}

interface Envelope {
  readonly statusCode?: number;
  readonly message?: string;
}

/** Nothing was looked at or counted yet: docs/hardware-oath.md, "Live QR codes". */
const WANTS_STEP = /with its time step/;

/** What to do about a refusal, by the sentence that the server gives. */
const HINTS: readonly (readonly [RegExp, string])[] = [
  [/must be scanned first/, 'oathfob qr scan'],
  [/has expired|was cancelled|has failed/, 'have the login page show a new QR code'],
  [/accepted before/, 'wait for the next code'],
  [WANTS_STEP, 'the server takes live QR codes only: docs/hardware-oath.md'],
  [/Too many wrong codes/, 'wait a minute, then try with a new code'],
  [/acceptable now/, 'is the clock right? oathfob token info FILE'],
  [/not one of this user|is activated/, 'oathfob token activate'],
  [/policy does not let/, 'the method is off: docs/cli.md, "The server", says how to switch it on'],
];

/** The server's last words about a login: nothing that its user does brings it back. */
const LAST_WORDS =
  /: (?:QR code (?:does not exist|has expired|was cancelled|was confirmed already)|login with this QR code has failed)$/;

/** Whether a refusal of `act` says that the login is over. */
export function saysItIsOver(error: unknown): boolean {
  return error instanceof CliError && LAST_WORDS.test(error.message);
}

export class AuthingPhone {
  readonly #options: JsonClientOptions;

  constructor(options: JsonClientOptions) {
    this.#options = options;
  }

  /**
   * Says yes with a code. Its step is told to a server that takes no code without: one that does would
   * hold the code to that step, and a token whose clock is a little off would be refused.
   * @throws CliError as `act`
   */
  async confirm(qrcodeId: string, { step, ...typed }: OathProof): Promise<void> {
    try {
      await this.act(qrcodeId, 'CONFIRM', typed);
    } catch (error) {
      const isWanted = error instanceof CliError && WANTS_STEP.test(error.message);
      if (!isWanted || step === undefined) throw error;
      await this.act(qrcodeId, 'CONFIRM', { ...typed, step });
    }
  }

  /** @throws CliError refused (1), unknown to the server (6), timed out (42) */
  async act(qrcodeId: string, action: QrAction, oath?: OathProof): Promise<void> {
    const body = { qrcodeId, action, ...(oath && { oath }) };
    const path = '/api/v3/set-qrcode-status';
    const { status, answer } = await postJson<Envelope>(this.#options, path, body);
    const { statusCode = status, message = 'no reason given' } = answer;
    if (statusCode === 200) return;
    const hint = HINTS.find(([sentence]) => sentence.test(message))?.[1] ?? null;
    throw fault(
      statusCode === 404 ? 'SERVER_KNOWS_NOTHING' : 'SERVER_REFUSED',
      `the server answered ${statusCode}: ${message}`,
      statusCode === 401 ? STALE_TOKEN_HINT : hint,
    );
  }
}
