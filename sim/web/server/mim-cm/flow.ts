/**
 * The token as a smart card at MIM CM, in the order of the vendor's walkthrough (docs/mimcm.md): it is
 * enrolled, the server proves itself to it and gives it an admin key of its own and a PIN, and from
 * then on only the PIN opens it. The happy path, and the classic mistakes.
 */
import { randomId } from '../../random-id.ts';
import type { Store } from '../../store.ts';
import type { WorldTime } from '../../time/world-time.ts';
import { TokenCallError, type TokenClient } from '../../token-client.ts';
import type { Turn } from '../../turn.ts';
import { Attempt, Obstacle } from '../attempt.ts';
import type { ServerClient } from '../client.ts';
import type { KnownToken } from '../known-token.ts';
import type { Person } from '../person.ts';
import { bytesOf, CmCalls } from './calls.ts';
import { Card, type CardState, ENROLLED_STEPS } from './card.ts';

export const MISTAKES = [
  'wrongPin',
  'locked',
  'usedAnswer',
  'otherCard',
  'otherPerson',
  'earlyPin',
  'switchedOff',
] as const;
export type Mistake = (typeof MISTAKES)[number];

/** The wrong PIN in a row that makes one wait (assembly/pin/verify.ts). */
const WAITED_AFTER = 4;

export class MimCm {
  readonly attempt: Attempt;
  readonly #card: Card;
  readonly #server: ServerClient;
  readonly #calls: CmCalls;
  readonly #token: TokenClient;
  readonly #person: Person;
  readonly #known: KnownToken;

  constructor(
    turn: Turn,
    server: ServerClient,
    token: TokenClient,
    person: Person,
    time: WorldTime,
    known: KnownToken,
  ) {
    this.attempt = new Attempt(turn);
    this.#server = server;
    this.#calls = new CmCalls(server);
    this.#token = token;
    this.#person = person;
    this.#known = known;
    const { attempt } = this;
    this.#card = new Card({ attempt, calls: this.#calls, token, person, time, known });
  }

  get store(): Store<CardState> {
    return this.#card.store;
  }

  /** Another token is on the desk. */
  changeToken(): void {
    this.#card.change();
    this.attempt.clear();
  }

  /** Finds out how far the card on the desk has come, e.g. for a page that was opened anew. */
  look(): Promise<void> {
    return unlessRefused(async () => {
      if (!this.#known.isOn || !this.#server.isOpen) return;
      const { cardId } = await this.#token.readCard();
      if (cardId !== null) await this.#person.loggedIn();
      await this.#refresh();
    });
  }

  /** Looks up whether the server has the card as one in use. */
  refresh(): Promise<void> {
    return unlessRefused(() => this.#refresh());
  }

  async #refresh(): Promise<void> {
    const isUnknown = !this.#server.hasToken('person') || this.#card.isInRequest;
    if (!isUnknown && this.#known.isOn) await this.#card.refresh();
  }

  enroll(): Promise<boolean> {
    return this.attempt.run(() => this.#card.enroll());
  }

  changeKey(): Promise<boolean> {
    return this.attempt.run(() => this.#card.changeKey());
  }

  /** @param currentPin  of a token that has one already; empty is the one that was set here */
  takePin(currentPin: string): Promise<boolean> {
    return this.attempt.run(() => this.#card.takePin(currentPin));
  }

  /** @param pin  empty is the one that was set here */
  open(pin: string): Promise<boolean> {
    return this.attempt.run(() => this.#card.open(pin || this.#card.knownPin()));
  }

  /** @param pin  of the token, which is removed; empty is the one that was set here */
  retire(pin: string): Promise<boolean> {
    return this.attempt.run(() => this.#card.retire(pin || this.#card.knownPin()));
  }

  happyPath(): Promise<boolean> {
    return this.attempt.run(
      async () => (await this.#prepare()) && this.#card.open(this.#known.pin),
    );
  }

  make(mistake: Mistake): Promise<boolean> {
    return this.attempt.run(async () => (await this.#prepare()) && this.#make(mistake));
  }

  /** Takes the steps that have not been taken. */
  async #prepare(): Promise<boolean> {
    if (!this.#known.isOn) throw new Obstacle('NO_POWER');
    await this.#calls.switchOn();
    await this.#person.loggedIn();
    await this.#refresh();
    const { done, hasPin } = this.store.state;
    if (hasPin) this.#card.knownPin();
    if (done < 1 && !(await this.#card.enroll())) return false;
    if (done < 2 && !(await this.#card.changeKey())) return false;
    return done >= ENROLLED_STEPS || this.#card.takePin('');
  }

  // --- mistakes -----------------------------------------------------------------------------------

  async #make(mistake: Mistake): Promise<boolean> {
    const card = this.#card;
    const { uuid } = this.store.state;
    const pin = this.#known.pin;
    switch (mistake) {
      case 'wrongPin':
        return (await card.open(pin)) && card.open(otherPin(pin));
      case 'locked':
        if (!(await card.open(pin))) return false;
        for (let tries = 0; tries < WAITED_AFTER; tries++) await card.open(otherPin(pin));
        return card.open(pin);
      case 'usedAnswer':
        return card.within(() => this.#answerTwice());
      case 'otherCard':
        return card.within(async () => {
          const answer = await card.answer(new Uint8Array(8), { cardId: randomId() });
          return card.settle('key', answer, mistake);
        });
      case 'otherPerson':
        await this.#person.otherLoggedIn();
        return card.settle(
          'open',
          await this.#calls.get(`smartcards/${uuid}`, 'otherPerson'),
          mistake,
        );
      case 'earlyPin':
        return card.settle(
          'pin',
          await this.#calls.get(`smartcards/${uuid}/serverproposedpin`),
          mistake,
        );
      case 'switchedOff': {
        await this.#calls.setEnabled(false);
        const exchange = await this.#calls.get('profiletemplates');
        await this.#calls.setEnabled(true);
        return card.settle('enroll', exchange, mistake);
      }
    }
  }

  /** The answer to a challenge that has passed; then a right one, which takes the try back. */
  async #answerTwice(): Promise<boolean> {
    const key = bytesOf((await this.#card.diversifiedKey()).body);
    const answer = async () =>
      bytesOf((await this.#card.answer(await this.#token.challengeCard())).body);
    const used = await answer();
    await this.#token.changeAdminKey(used, key);
    await this.#token.challengeCard();
    const refusal = await this.#token.changeAdminKey(used, key).catch((error) => error);
    await this.#token.changeAdminKey(await answer(), key);
    key.fill(0);
    if (!(refusal instanceof TokenCallError)) throw refusal;
    return this.attempt.refuse('key', 'usedAnswer', refusal.message);
  }
}

/** Looks at a token that may be damaged, or go off: then there is nothing to be seen. */
async function unlessRefused(look: () => Promise<void>): Promise<void> {
  try {
    await look();
  } catch (error) {
    if (!(error instanceof TokenCallError)) throw error;
  }
}

/** Another PIN of the same length. */
function otherPin(pin: string): string {
  return pin.slice(0, -1) + ((Number(pin.at(-1)) + 5) % 10);
}
