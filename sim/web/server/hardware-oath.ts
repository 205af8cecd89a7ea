/** The life of a hardware token at the server: its record goes in, it is activated, it signs in. */
import type { Explanation } from '../../../host/explain.ts';
import type { ExplainRequest, TokenState } from '../protocol.ts';
import { Store } from '../store.ts';
import type { WorldTime } from '../time/world-time.ts';
import type { TokenClient } from '../token-client.ts';
import type { Exchange, ServerClient } from './client.ts';

/** What the server says of a token, with what only its emulator tells. */
export interface Device {
  readonly id: string;
  readonly serialNumber: string;
  readonly status: 'available' | 'assigned' | 'activated' | 'failedActivation';
  readonly driftSteps: number;
  readonly lastUsedStep: number | null;
  readonly timeIntervalInSeconds: number;
}

/** What came of the last thing that was tried. */
export interface Outcome {
  readonly isAccepted: boolean;
  readonly kind: 'upload' | 'activate' | 'signIn';
  /** The server's own words for a refusal. */
  readonly message: string;
  /** Stable name of a refusal, e.g. `wrongCode`. */
  readonly reason: string;
  readonly explanation: Explanation | null;
  readonly exchangeId: number;
}

export interface HardwareOathState {
  /** Null: the server does not know this token. */
  readonly device: Device | null;
  readonly hasSignedIn: boolean;
  readonly outcome: Outcome | null;
  readonly isBusy: boolean;
}

export const MISTAKES = ['wrongCode', 'usedCode', 'oldCode', 'wrongSerial'] as const;
export type Mistake = (typeof MISTAKES)[number];

const DEVICES = '/beta/directory/authenticationMethodDevices/hardwareOathDevices';
/** Beyond what the server takes, ±2 steps, and near enough to be told apart from a wrong clock. */
const OLD_STEPS = 4;
const SIGN_IN_WINDOW_STEPS = 2;
const NOTHING = { device: null, hasSignedIn: false, outcome: null };
/** Refusals that are about the code. */
const CODE_REASONS = new Set(['badRequest', 'wrongCode', 'codeAlreadyUsed', 'malformedCode']);

export class HardwareOath {
  readonly store = new Store<HardwareOathState>({ ...NOTHING, isBusy: false });
  readonly #server: ServerClient;
  readonly #token: TokenClient;
  readonly #time: WorldTime;
  readonly #current: () => TokenState | null;
  #lastAcceptedCode = '';

  /** @param current  what is to be seen of the token now */
  constructor(
    server: ServerClient,
    token: TokenClient,
    time: WorldTime,
    current: () => TokenState | null,
  ) {
    this.#server = server;
    this.#token = token;
    this.#time = time;
    this.#current = current;
  }

  get serialNumber(): string {
    return this.#current()?.info?.serialNumber ?? '';
  }

  /** Another token is on the desk. */
  async changeToken(): Promise<void> {
    this.#lastAcceptedCode = '';
    this.store.set({ ...NOTHING });
    await this.refresh();
  }

  /** Looks up what the server knows of the token. */
  async refresh(): Promise<void> {
    const answer = (await this.#server.read('/_emulator/devices')) as { value: Device[] } | null;
    const device = answer?.value.find((each) => each.serialNumber === this.serialNumber) ?? null;
    this.store.set({ device });
  }

  /** @param recordText  the seed record, a body of a request to Graph */
  upload(recordText: string): Promise<boolean> {
    return this.#busy(() => this.#upload(recordText));
  }

  activate(serialNumber: string, code: string): Promise<boolean> {
    return this.#busy(() => this.#activate(serialNumber, code));
  }

  signIn(serialNumber: string, code: string): Promise<boolean> {
    return this.#busy(() => this.#signIn(serialNumber, code));
  }

  /** All of it, as far as it has not been done; then a sign-in with a fresh code. */
  happyPath(recordText: string | null): Promise<boolean> {
    return this.#busy(async () => {
      if (!(await this.#prepare(recordText))) return false;
      return this.#signIn(this.serialNumber, await this.#freshCode());
    });
  }

  /** Gets the token ready, then does the one thing wrong. */
  make(mistake: Mistake, recordText: string | null): Promise<boolean> {
    return this.#busy(async () => {
      if (!(await this.#prepare(recordText))) return false;
      const code = await this.#freshCode();
      if (mistake === 'wrongSerial') return this.#signIn(mistyped(this.serialNumber), code);
      if (mistake === 'wrongCode') return this.#signIn(this.serialNumber, mistyped(code));
      if (mistake === 'oldCode') {
        await this.#time.pass(OLD_STEPS * this.#periodSeconds);
        return this.#signIn(this.serialNumber, code);
      }
      if (!(await this.#signIn(this.serialNumber, code))) return false;
      return this.#signIn(this.serialNumber, this.#lastAcceptedCode);
    });
  }

  // --- steps --------------------------------------------------------------------------------------

  async #prepare(recordText: string | null): Promise<boolean> {
    await this.refresh();
    if (!this.store.state.device) {
      if (recordText === null) return false;
      if (!(await this.#upload(recordText))) return false;
    }
    if (this.store.state.device?.status === 'activated') return true;
    return this.#activate(this.serialNumber, await this.#freshCode());
  }

  async #upload(recordText: string): Promise<boolean> {
    const exchange = await this.#server.send('POST', DEVICES, JSON.parse(recordText));
    return this.#settle('upload', exchange, null);
  }

  async #activate(serialNumber: string, code: string): Promise<boolean> {
    const owner = await this.#owner();
    const path = `/beta/users/${owner}/authentication/hardwareOathMethods/assignAndActivateBySerialNumber`;
    const body = { serialNumber, verificationCode: code, displayName: serialNumber };
    return this.#settle('activate', await this.#server.send('POST', path, body), code);
  }

  async #signIn(serialNumber: string, code: string): Promise<boolean> {
    const body = { serialNumber, code };
    const exchange = await this.#server.send('POST', '/_emulator/sign-in', body);
    return this.#settle('signIn', exchange, code);
  }

  /** The person who holds this token: one for each, since nobody may have more than five. */
  async #owner(): Promise<string> {
    const name = `${this.serialNumber.toLowerCase()}@oathfob.example`;
    const { value } = (await this.#server.read('/_emulator/users')) as {
      value: { userPrincipalName: string }[];
    };
    const isKnown = value.some(({ userPrincipalName }) => userPrincipalName === name);
    if (!isKnown) await this.#server.send('POST', '/_emulator/users', { userPrincipalName: name });
    return name;
  }

  /** A code that was not used yet: time goes on to the next step when this one's was. */
  async #freshCode(): Promise<string> {
    const lastUsed = this.store.state.device?.lastUsedStep ?? -1;
    const drift = this.#current()?.driftSeconds ?? 0;
    const tokenSeconds = this.#time.now + drift;
    const step = Math.floor(tokenSeconds / this.#periodSeconds);
    if (step <= lastUsed) {
      await this.#time.pass((lastUsed + 1) * this.#periodSeconds - tokenSeconds);
    }
    return this.#current()?.code ?? '';
  }

  get #periodSeconds(): number {
    return this.#current()?.info?.credentials[0]?.periodSeconds ?? 30;
  }

  async #settle(kind: Outcome['kind'], exchange: Exchange, code: string | null): Promise<boolean> {
    const before = this.store.state.device;
    const { isAccepted, id: exchangeId } = exchange;
    const { reason, message } = isAccepted ? { reason: '', message: '' } : refusalOf(exchange.body);
    if (isAccepted && code !== null) this.#lastAcceptedCode = code;
    await this.refresh();
    const isAboutCode = !isAccepted && code !== null && CODE_REASONS.has(reason);
    const explanation = isAboutCode ? await this.#explain(code, before) : null;
    this.store.set({
      outcome: { isAccepted, kind, reason, message, explanation, exchangeId },
      hasSignedIn: this.store.state.hasSignedIn || (isAccepted && kind === 'signIn'),
    });
    return isAccepted;
  }

  /** By what the server knew when it looked at the code; null when the code is not to blame. */
  async #explain(code: string, device: Device | null): Promise<Explanation | null> {
    const request: ExplainRequest = {
      code,
      timeSeconds: this.#time.now,
      window: SIGN_IN_WINDOW_STEPS,
      driftSteps: device?.driftSteps ?? 0,
      lastUsedStep: device?.lastUsedStep ?? null,
    };
    const explanation = await this.#token.explain(request);
    return explanation.cause === 'right' ? null : explanation;
  }

  async #busy(work: () => Promise<boolean>): Promise<boolean> {
    if (this.store.state.isBusy) return false;
    this.store.set({ isBusy: true });
    try {
      return await work();
    } finally {
      this.store.set({ isBusy: false });
    }
  }
}

function refusalOf(body: unknown): { reason: string; message: string } {
  const { reason, message, error } = (body ?? {}) as {
    reason?: string;
    message?: string;
    error?: { code: string; message: string };
  };
  return { reason: reason ?? error?.code ?? '', message: message ?? error?.message ?? '' };
}

/** The last digit is another one. */
function mistyped(text: string): string {
  return text.slice(0, -1) + ((Number(text.at(-1)) + 5) % 10);
}
