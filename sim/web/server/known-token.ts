/** The token on the desk as the server knows it, and codes of it that the server will take or not. */
import type { Cause, Explanation } from '../../../host/explain.ts';
import type { ExplainRequest, TokenState } from '../protocol.ts';
import { Store } from '../store.ts';
import type { WorldTime } from '../time/world-time.ts';
import { TokenCallError, type TokenClient } from '../token-client.ts';
import { Obstacle, type Outcome } from './attempt.ts';
import type { ServerClient } from './client.ts';
import { LatestAnswer } from './latest-answer.ts';

/** What the server says of a token, with what only its emulator tells. */
export interface Device {
  readonly id: string;
  readonly serialNumber: string;
  readonly status: 'available' | 'assigned' | 'activated' | 'failedActivation';
  readonly driftSteps: number;
  readonly lastUsedStep: number | null;
  readonly timeIntervalInSeconds: number;
  /** Until when no code is looked at, after too many wrong ones. */
  readonly retryDateTime: string | null;
}

/** A code as somebody has it: typed, or read off the token's live QR code, which says its step. */
export interface PresentedCode {
  readonly serialNumber: string;
  readonly code: string;
  readonly step?: number;
}

/** What is said of a refused code. */
export type Blame = Pick<Outcome, 'explanation' | 'reason'>;

/** What a live QR code of a token says, or null for another text. */
export function readLiveQr(text: string): PresentedCode | null {
  try {
    const { serialNumber, code, step } = JSON.parse(text);
    const isOurs = typeof serialNumber === 'string' && typeof code === 'string';
    return isOurs && Number.isInteger(step) ? { serialNumber, code, step } : null;
  } catch {
    return null;
  }
}

/** From wherever the display is, one of these leads to the code (assembly/screen/menu.ts). */
const WAY_TO_CODE = ['right', 'left', 'up', 'left'] as const;
/** Why there is no code, by what the display says instead (assembly/screen/words.txt). */
const OBSTACLES: readonly (readonly [words: RegExp, reason: string])[] = [
  [/^(?:PIN|WRONG PIN|TOO EARLY)\b/m, 'pinNeeded'],
  [/CLOCK NOT SET/, 'clockLost'],
  [/CLOCK WENT BACK/, 'wentBack'],
];
const SIGN_IN_WINDOW_STEPS = 2;
/** Beyond what the server takes, ±2 steps, and near enough to be told apart from a wrong clock. */
const OLD_STEPS = 4;
/** How often an old code is waited for: a newer step may have the same one, by chance. */
const MOST_WAITS = 3;

export class KnownToken {
  /** Null: the server does not know this token. */
  readonly store = new Store<{ readonly device: Device | null }>({ device: null });
  readonly #server: ServerClient;
  readonly #token: TokenClient;
  readonly #time: WorldTime;
  readonly #current: () => TokenState | null;
  readonly #devices = new LatestAnswer(() => this.#server.read('/_emulator/devices'));
  /** The code that was accepted last, while this page looked on. */
  lastAcceptedCode = '';
  /** The PIN, once this page has set it, or has opened the token with it; empty: it is not known. */
  pin = '';

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

  get device(): Device | null {
    return this.store.state.device;
  }

  /** Empty without a token, or for one that has none. */
  get serialNumber(): string {
    return this.#current()?.info?.serialNumber ?? '';
  }

  get periodSeconds(): number {
    return this.#current()?.info?.credentials[0]?.periodSeconds ?? 30;
  }

  get code(): string {
    return this.#current()?.code ?? '';
  }

  get isOn(): boolean {
    return this.#current()?.isOn === true;
  }

  /** Whether it can be at this server at all: a token by time. */
  get isUsable(): boolean {
    return this.#current()?.info?.credentials[0]?.type === 'totp' && this.serialNumber !== '';
  }

  /** Another token is on the desk. */
  async change(): Promise<void> {
    this.lastAcceptedCode = '';
    this.pin = '';
    this.store.set({ device: null });
    await this.refresh();
  }

  /** Looks up what the server knows of the token. */
  async refresh(): Promise<void> {
    await this.#devices.take((answer) => {
      // Where nobody answers, nobody says that the token is not known.
      if (!answer) return;
      const { value } = answer as { value: Device[] };
      const device = value.find((each) => each.serialNumber === this.serialNumber) ?? null;
      this.store.set({ device });
    });
  }

  /**
   * A code that was not used yet: time goes on to the next step when this one's was, and to the end
   * of the pause when there were too many wrong ones.
   */
  async freshCode(): Promise<string> {
    const pausedUntil = Date.parse(this.device?.retryDateTime ?? '') / 1000;
    if (pausedUntil > 0) await this.#time.passUntil(pausedUntil);
    const lastUsed = this.device?.lastUsedStep ?? -1;
    const tokenSeconds = this.#time.now + (this.#current()?.driftSeconds ?? 0);
    const step = Math.floor(tokenSeconds / this.periodSeconds);
    if (step <= lastUsed) {
      await this.#time.pass((lastUsed + 1) * this.periodSeconds - tokenSeconds);
    }
    return this.shownCode();
  }

  /**
   * The code on the display, which leaves the QR code, what the account is made of, or the page about
   * the token, by the keys. A token that asks for a PIN that is known here is given it.
   * @throws Obstacle when the token shows none: an empty code is no code to send
   */
  async shownCode(): Promise<string> {
    // Of a step that has just begun, not of the one before, which may be used.
    await this.#time.arrive();
    for (const key of WAY_TO_CODE) {
      await this.#unlock();
      if (this.code !== '') break;
      this.#checkPower();
      await this.#token.press(key);
    }
    await this.#unlock();
    this.#checkPower();
    if (this.code === '') throw new Obstacle(this.#obstacle() ?? 'noCode');
    return this.code;
  }

  async #unlock(): Promise<void> {
    if (this.pin === '' || !this.isOn || this.#obstacle() !== 'pinNeeded') return;
    const text = await this.#token.enterPin(this.pin);
    // Another try would cost one.
    if (/^WRONG PIN/m.test(text)) this.pin = '';
  }

  /** Keys that are pressed while it asks for a PIN would be digits of one. */
  #checkPower(): void {
    if (!this.isOn) throw new Obstacle('NO_POWER');
    const obstacle = this.#obstacle();
    if (obstacle === 'pinNeeded') throw new Obstacle(obstacle);
  }

  #obstacle(): string | undefined {
    const text = this.#current()?.text ?? '';
    return OBSTACLES.find(([words]) => words.test(text))?.[1];
  }

  /** A code that was fresh, and is too old for the server now. */
  async oldCode(): Promise<string> {
    let code = '';
    for (let waits = 0; waits < MOST_WAITS; waits++) {
      code = await this.freshCode();
      await this.#time.pass(OLD_STEPS * this.periodSeconds);
      if (await this.#isNoOther(code, 'oldStep')) break;
    }
    return code;
  }

  /** A code with a wrong digit at its end: one that is, by chance, no other code of this token. */
  async wrongCode(code: string): Promise<string> {
    for (let by = 1; by < 10; by++) {
      const wrong = mistyped(code, by);
      if (await this.#isNoOther(wrong, 'mistyped')) return wrong;
    }
    return mistyped(code);
  }

  /** Whether a code is what it was made to be, as far as anybody can tell. */
  async #isNoOther(code: string, meant: Cause): Promise<boolean> {
    const cause = (await this.#explain(code, this.device))?.cause ?? 'unknown';
    return cause === meant || cause === 'unknown';
  }

  /**
   * What a refused code is.
   * @param before  what the server knew when it looked at the code
   * @param reason  what the server says
   * @returns what the page says: no explanation when the code is not to blame, or nobody can tell
   */
  async blame(code: string, before: Device | null, reason: string): Promise<Blame> {
    const explanation = await this.#explain(code, before);
    if (explanation === null || explanation.cause === 'right') return { explanation: null, reason };
    const isKept = explanation.cause === 'unknown' && this.#current()?.hasPin;
    if (!isKept) return { explanation, reason };
    return { explanation: null, reason: reason === 'codeAlreadyUsed' ? reason : 'pinKept' };
  }

  /** Null for a token that cannot be looked into, e.g. a damaged one. */
  async #explain(code: string, before: Device | null): Promise<Explanation | null> {
    const request: ExplainRequest = {
      code,
      timeSeconds: this.#time.now,
      window: SIGN_IN_WINDOW_STEPS,
      driftSteps: before?.driftSteps ?? 0,
      lastUsedStep: before?.lastUsedStep ?? null,
    };
    return this.#token.explain(request).catch((error) => {
      if (error instanceof TokenCallError) return null;
      throw error;
    });
  }
}

/** The last digit is another one; so is the last letter of a serial number. */
export function mistyped(text: string, by = 5): string {
  const last = Number.parseInt(text.at(-1)!, 36) || 0;
  return text.slice(0, -1) + ((last + by) % 10);
}
