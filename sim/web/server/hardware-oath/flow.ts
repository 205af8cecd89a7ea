/** The life of a hardware token at the server: its record goes in, it is activated, it signs in. */
import { Store } from '../../store.ts';
import type { Turn } from '../../turn.ts';
import { Attempt, needed, Obstacle, refusalOf } from '../attempt.ts';
import type { Exchange, ServerClient } from '../client.ts';
import { type KnownToken, mistyped, type PresentedCode } from '../known-token.ts';
import type { Person } from '../person.ts';

export const STEPS = ['upload', 'activate', 'signIn'] as const;
export type Step = (typeof STEPS)[number];

export const MISTAKES = ['wrongCode', 'usedCode', 'oldCode', 'wrongSerial', 'locked'] as const;
export type Mistake = (typeof MISTAKES)[number];

const DEVICES = '/beta/directory/authenticationMethodDevices/hardwareOathDevices';
/** Refusals that are about the code. */
const CODE_REASONS = new Set(['badRequest', 'wrongCode', 'codeAlreadyUsed', 'malformedCode']);

export class HardwareOath {
  readonly store = new Store({ hasSignedIn: false });
  readonly attempt: Attempt;
  readonly #server: ServerClient;
  readonly #known: KnownToken;
  readonly #person: Person;

  constructor(turn: Turn, server: ServerClient, known: KnownToken, person: Person) {
    this.attempt = new Attempt(turn);
    this.#server = server;
    this.#known = known;
    this.#person = person;
  }

  /** Another token is on the desk. */
  changeToken(): void {
    this.store.set({ hasSignedIn: false });
    this.attempt.clear();
  }

  /** @param recordText  the seed record, a body of a request to Graph */
  upload(recordText: string): Promise<boolean> {
    return this.attempt.run(() => this.#upload(recordText));
  }

  /** @param presented  an empty code is the one on the display */
  activate(presented: PresentedCode): Promise<boolean> {
    return this.attempt.run(() => this.#activate(presented));
  }

  signIn(presented: PresentedCode): Promise<boolean> {
    return this.attempt.run(() => this.#signIn(presented));
  }

  /** All of it, as far as it has not been done; then a sign-in with a fresh code. */
  happyPath(recordText: string | null): Promise<boolean> {
    return this.attempt.run(async () => {
      if (!(await this.prepare(recordText))) return false;
      return this.#signIn({
        serialNumber: this.#known.serialNumber,
        code: await this.#known.freshCode(),
      });
    });
  }

  /** Gets the token ready, then does the one thing wrong. */
  make(mistake: Mistake, recordText: string | null): Promise<boolean> {
    return this.attempt.run(async () => {
      if (!(await this.prepare(recordText))) return false;
      return this.#make(mistake);
    });
  }

  async #make(mistake: Mistake): Promise<boolean> {
    const { serialNumber } = this.#known;
    if (mistake === 'oldCode') {
      return this.#signIn({ serialNumber, code: await this.#known.oldCode() });
    }
    const code = await this.#known.freshCode();
    if (mistake === 'wrongSerial')
      return this.#signIn({ serialNumber: mistyped(serialNumber), code });
    if (mistake === 'wrongCode') {
      return this.#signIn({ serialNumber, code: await this.#known.wrongCode(code) });
    }
    if (mistake === 'locked') {
      await this.lock((wrong) => this.#signIn({ serialNumber, code: wrong }), code);
      return this.#signIn({ serialNumber, code });
    }
    if (!(await this.#signIn({ serialNumber, code }))) return false;
    return this.#signIn({ serialNumber, code: this.#known.lastAcceptedCode });
  }

  /** Tries a wrong code as often as the server looks at one. */
  async lock(tryCode: (wrong: string) => Promise<boolean>, code: string): Promise<void> {
    const settings = await needed<{ attemptCap: number }>(this.#server, '/_emulator/settings');
    const wrong = await this.#known.wrongCode(code);
    for (let tries = 0; tries < settings.attemptCap; tries++) await tryCode(wrong);
  }

  /** Gets the token into the inventory and activated. @returns false when a step was refused */
  async prepare(recordText: string | null): Promise<boolean> {
    await this.#known.refresh();
    if (!this.#known.device) {
      if (recordText === null) throw new Obstacle('noRecord');
      if (!(await this.#upload(recordText))) return false;
    }
    if (this.#known.device?.status === 'activated') return true;
    const { serialNumber } = this.#known;
    return this.#activate({ serialNumber, code: await this.#known.freshCode() });
  }

  // --- steps --------------------------------------------------------------------------------------

  async #upload(recordText: string): Promise<boolean> {
    const request = { method: 'POST', path: DEVICES, body: JSON.parse(recordText) };
    return this.#settle('upload', await this.#server.send(request), null);
  }

  async #activate({ serialNumber, code: given }: PresentedCode): Promise<boolean> {
    const code = given || (await this.#known.shownCode());
    const owner = await this.#person.known();
    const path = `/beta/users/${owner}/authentication/hardwareOathMethods/assignAndActivateBySerialNumber`;
    const body = { serialNumber, verificationCode: code, displayName: serialNumber };
    return this.#settle('activate', await this.#server.send({ method: 'POST', path, body }), code);
  }

  async #signIn(presented: PresentedCode): Promise<boolean> {
    const code = presented.code || (await this.#known.shownCode());
    const request = { method: 'POST', path: '/_emulator/sign-in', body: { ...presented, code } };
    const exchange = await this.#server.send(request);
    const isAccepted = await this.#settle('signIn', exchange, code);
    if (isAccepted) this.store.set({ hasSignedIn: true });
    return isAccepted;
  }

  async #settle(step: Step, exchange: Exchange, code: string | null): Promise<boolean> {
    const before = this.#known.device;
    const { isAccepted, body } = exchange;
    if (isAccepted && code !== null) this.#known.lastAcceptedCode = code;
    await this.#known.refresh();
    const { reason } = refusalOf(body);
    const isAboutCode = !isAccepted && code !== null && CODE_REASONS.has(reason);
    const blame = isAboutCode ? await this.#known.blame(code, before, reason) : {};
    return this.attempt.settle(step, exchange, blame);
  }
}
