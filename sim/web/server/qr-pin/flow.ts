/**
 * QR code and PIN at Graph: the administrator makes somebody a badge with a QR code and a first PIN,
 * and at a shared device they scan the one and enter the other. The badge and its PINs are in this
 * page's memory and nowhere else; a page that is opened anew makes a new badge.
 */
import { randomPin } from '../../../server/graph/qr-pin/pin.ts';
import { Store } from '../../store.ts';
import type { WorldTime } from '../../time/world-time.ts';
import type { Turn } from '../../turn.ts';
import { Attempt, needed, refusalOf } from '../attempt.ts';
import type { Exchange, ServerClient } from '../client.ts';
import type { Person } from '../person.ts';

export const STEPS = ['issue', 'scan', 'choose', 'signIn'] as const;
export type Step = (typeof STEPS)[number];

export const MISTAKES = [
  'wrongPin',
  'weakPin',
  'firstPin',
  'replacedQr',
  'expiredQr',
  'switchedOff',
  'locked',
] as const;
export type Mistake = (typeof MISTAKES)[number];

/** What the administrator hands out. */
export interface Badge {
  /** Data address of the picture on it. */
  readonly picture: string;
  /** The text in the picture. */
  readonly content: string;
  /** The PIN that somebody is given with it, until they have chosen their own. */
  readonly firstPin: string | null;
}

export interface QrPinState {
  readonly badge: Badge | null;
  /** What the shared device has read; empty before. */
  readonly scanned: string;
  readonly hasSignedIn: boolean;
}

interface NewCode {
  readonly image: { readonly binaryValue: string; readonly rawContent: string };
}

const NOTHING: QrPinState = { badge: null, scanned: '', hasSignedIn: false };
const POLICY =
  '/beta/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/qrCodePin';
const PIN_DIGITS = 8;
/** One of those that the rules name (docs/entra-qr.md). */
const WEAK_PIN = '12312312';
/** Graph's word for somebody who has a badge. */
const HAS_BADGE = 'badRequest';
const SHORT_LIFE_SECONDS = 60;

export class QrPin {
  readonly store = new Store<QrPinState>(NOTHING);
  readonly attempt: Attempt;
  readonly #server: ServerClient;
  readonly #person: Person;
  readonly #time: WorldTime;
  /** The PIN that was chosen last, and took. */
  #pin = '';
  #lockedUntilSeconds = 0;

  constructor(turn: Turn, server: ServerClient, person: Person, time: WorldTime) {
    this.attempt = new Attempt(turn);
    this.#server = server;
    this.#person = person;
    this.#time = time;
  }

  /** Another person is there. */
  changeToken(): void {
    this.#pin = '';
    this.#lockedUntilSeconds = 0;
    this.store.set(NOTHING);
    this.attempt.clear();
  }

  /** Whether the badge is still good: its time may be over, or somebody may have taken it back. */
  async refresh(): Promise<void> {
    if (!this.store.state.badge) return;
    const method = (await this.#server.read(await this.#methodPath())) as
      | {
          standardQRCode: { expireDateTime: string } | null;
        }
      | null
      | undefined;
    if (method === undefined) return;
    const end = Date.parse(method?.standardQRCode?.expireDateTime ?? '') / 1000;
    if (!(end > this.#time.now)) this.changeToken();
  }

  issue(): Promise<boolean> {
    return this.attempt.run(() => this.#issue());
  }

  /** @param content  what the shared device has read */
  scan(content: string): void {
    this.store.set({ scanned: content });
    this.attempt.accept('scan');
  }

  /** Without a camera: what is on the badge that is shown. */
  scanShown(): void {
    this.#hold();
    this.attempt.accept('scan');
  }

  /** The first sign-in, in which somebody chooses a PIN; empty ones are made up. */
  choose(pin: string, newPin: string): Promise<boolean> {
    const first = this.store.state.badge?.firstPin ?? '';
    return this.attempt.run(() => this.#choose(pin || first, newPin || randomPin(PIN_DIGITS)));
  }

  /** @param pin  empty is the one that was chosen here */
  signIn(pin: string): Promise<boolean> {
    return this.attempt.run(() => this.#present('signIn', { pin: pin || this.#pin }));
  }

  happyPath(): Promise<boolean> {
    return this.attempt.run(async () => {
      if (!(await this.#prepare())) return false;
      return this.#present('signIn', { pin: this.#pin });
    });
  }

  make(mistake: Mistake): Promise<boolean> {
    return this.attempt.run(() => this.#make(mistake));
  }

  async #make(mistake: Mistake): Promise<boolean> {
    if (mistake === 'firstPin') {
      if (!(await this.#issue())) return false;
      this.#hold();
      return this.#present('signIn', { pin: this.store.state.badge!.firstPin! });
    }
    if (!(await this.#prepare())) return false;
    const right = { pin: this.#pin };
    const wrong = { pin: otherPin(this.#pin) };
    switch (mistake) {
      case 'wrongPin':
        return this.#present('signIn', wrong);
      case 'weakPin':
        return this.#present('signIn', { ...right, newPin: WEAK_PIN });
      case 'locked':
        for (let tries = await this.#triesLeft(); tries > 0; tries--) {
          await this.#present('signIn', wrong);
        }
        return this.#present('signIn', right);
      case 'replacedQr':
        await this.#replaceCode();
        return this.#present('signIn', right);
      case 'expiredQr':
        await this.#endCode();
        return this.#present('signIn', right);
      case 'switchedOff': {
        await this.#setPolicy('disabled');
        const isAccepted = await this.#present('signIn', right);
        await this.#setPolicy('enabled');
        return isAccepted;
      }
    }
  }

  /** A badge that is good, scanned, with a PIN that its owner has chosen, and no lock-out. */
  async #prepare(): Promise<boolean> {
    await this.refresh();
    await this.#time.passUntil(this.#lockedUntilSeconds);
    const { badge } = this.store.state;
    if (!badge && !(await this.#issue())) return false;
    this.#hold();
    const { firstPin } = this.store.state.badge!;
    return firstPin === null || this.#choose(firstPin, randomPin(PIN_DIGITS));
  }

  // --- steps --------------------------------------------------------------------------------------

  /** A user has one badge: an older one is taken back. */
  async #issue(): Promise<boolean> {
    const policy = (await this.#server.read(POLICY)) as { state: string } | null;
    if (policy?.state !== 'enabled') await this.#setPolicy('enabled');
    const path = await this.#methodPath();
    const ask = (method: string, body?: object) =>
      this.#server.send(body ? { method, path, body } : { method, path });
    if (this.store.state.badge) await ask('DELETE');
    this.changeToken();
    let exchange = await ask('PUT', {});
    if (!exchange.isAccepted && refusalOf(exchange.body).reason === HAS_BADGE) {
      // One of an earlier visit, which this page does not know.
      await ask('DELETE');
      exchange = await ask('PUT', {});
    }
    if (exchange.isAccepted) {
      const { standardQRCode, pin } = exchange.body as {
        standardQRCode: NewCode;
        pin: { code: string };
      };
      this.store.set({ badge: badgeOf(standardQRCode, pin.code) });
    }
    return this.attempt.settle('issue', exchange);
  }

  /** The badge is held before the shared device. */
  #hold(): void {
    this.store.set({ scanned: this.store.state.badge?.content ?? '' });
  }

  #choose(pin: string, newPin: string): Promise<boolean> {
    return this.#present('choose', { pin, newPin });
  }

  async #present(step: Step, pins: { pin: string; newPin?: string }): Promise<boolean> {
    const body = { qrCode: this.store.state.scanned, ...pins };
    const request = { method: 'POST', path: '/sign-in/qr', body, sender: 'anybody' } as const;
    const exchange = await this.#server.send(request);
    if (exchange.isAccepted) this.#take(pins);
    this.#noteLock(exchange);
    return this.attempt.settle(step, exchange);
  }

  #take({ pin, newPin }: { pin: string; newPin?: string }): void {
    this.#pin = newPin ?? pin;
    const { badge } = this.store.state;
    const hasSignedIn = newPin === undefined || this.store.state.hasSignedIn;
    this.store.set({ badge: badge && { ...badge, firstPin: null }, hasSignedIn });
  }

  #noteLock({ body }: Exchange): void {
    // A server that is away has no body.
    const { retryAfterSeconds } = (body ?? {}) as { retryAfterSeconds?: number };
    if (retryAfterSeconds !== undefined) {
      this.#lockedUntilSeconds = this.#time.now + retryAfterSeconds;
    }
  }

  /** The badge is replaced: the device has read the one before. */
  async #replaceCode(): Promise<void> {
    const path = `${await this.#methodPath()}/standardQRCode`;
    await this.#server.send({ method: 'DELETE', path });
    const { body, isAccepted } = await this.#server.send({ method: 'PATCH', path, body: {} });
    if (isAccepted) this.store.set({ badge: badgeOf(body as NewCode, null) });
  }

  /** The badge is good for a minute more, and that minute goes by. */
  async #endCode(): Promise<void> {
    const path = `${await this.#methodPath()}/standardQRCode`;
    const end = new Date((this.#time.now + SHORT_LIFE_SECONDS) * 1000).toISOString();
    await this.#server.send({ method: 'PATCH', path, body: { expireDateTime: end } });
    await this.#time.pass(SHORT_LIFE_SECONDS);
  }

  async #triesLeft(): Promise<number> {
    const settings = await needed<{ pinAttemptCap: number }>(this.#server, '/_emulator/settings');
    return settings.pinAttemptCap;
  }

  async #setPolicy(state: 'enabled' | 'disabled'): Promise<void> {
    await this.#server.send({ method: 'PATCH', path: POLICY, body: { state } });
  }

  async #methodPath(): Promise<string> {
    return `/v1.0/users/${await this.#person.known()}/authentication/qrCodePinMethod`;
  }
}

function badgeOf({ image }: NewCode, firstPin: string | null): Badge {
  const picture = `data:image/svg+xml;base64,${image.binaryValue}`;
  return { picture, content: atob(image.rawContent), firstPin };
}

/** A PIN of the same length that is another one. */
function otherPin(pin: string): string {
  return pin.slice(0, -1) + ((Number(pin.at(-1)) + 5) % 10);
}
