/**
 * The token as a smart card at MIM CM, in the order of the vendor's walkthrough (docs/mimcm.md): it is
 * enrolled, the server proves itself to it and gives it an admin key of its own and a PIN, and from
 * then on only the PIN opens it. The page is the client between card and server.
 */
import { randomId } from '../../random-id.ts';
import { Store } from '../../store.ts';
import type { WorldTime } from '../../time/world-time.ts';
import { TokenCallError, type TokenClient } from '../../token-client.ts';
import type { Turn } from '../../turn.ts';
import { Attempt, Obstacle, refusalOf } from '../attempt.ts';
import type { Exchange, ServerClient } from '../client.ts';
import type { KnownToken } from '../known-token.ts';
import type { Person } from '../person.ts';
import { bytesOf, CmCalls, lastSegment } from './calls.ts';

export const STEPS = ['enroll', 'key', 'pin', 'open'] as const;
export type Step = (typeof STEPS)[number];

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

export interface CardState {
  /** How far the card has come: steps that are done. */
  readonly done: number;
  /** The server's id of the card; empty when it does not know it as this person's. */
  readonly uuid: string;
  readonly hasPin: boolean;
  /** The PIN that the server has proposed, and the token has taken. */
  readonly pin: string | null;
}

const NOTHING: CardState = { done: 0, uuid: '', hasPin: false, pin: null };
/** CardStatus of a card that is in use. */
const ACTIVE = 2;
const ENROLLED_STEPS = 3;
/** The wrong PIN in a row that makes one wait, and for how long (assembly/pin/verify.ts). */
const WAITED_AFTER = 4;
const WAIT_SECONDS = 15;
/** What its display says of a PIN that it did not take. */
const REFUSALS: Readonly<Record<string, string>> = {
  'WRONG PIN': 'wrongPin',
  'TOO EARLY, WAIT': 'tooEarly',
  'PIN BLOCKED': 'pinBlocked',
  'PIN NEEDED': 'pinNeeded',
};

export class MimCm {
  readonly store = new Store<CardState>(NOTHING);
  readonly attempt: Attempt;
  readonly #server: ServerClient;
  readonly #calls: CmCalls;
  readonly #token: TokenClient;
  readonly #person: Person;
  readonly #time: WorldTime;
  readonly #known: KnownToken;
  #requestId = '';
  #cardId = '';
  #hasToWait = false;

  constructor(
    turn: Turn,
    server: ServerClient,
    token: TokenClient,
    person: Person,
    time: WorldTime,
    known: KnownToken,
  ) {
    this.attempt = new Attempt(turn);
    this.#known = known;
    this.#server = server;
    this.#calls = new CmCalls(server);
    this.#token = token;
    this.#person = person;
    this.#time = time;
  }

  /** Another token is on the desk. */
  changeToken(): void {
    this.#requestId = '';
    this.#hasToWait = false;
    this.store.set(NOTHING);
    this.attempt.clear();
  }

  /** Finds out how far the card on the desk has come, e.g. for a page that was opened anew. */
  async look(): Promise<void> {
    if (!this.#known.isOn || !this.#server.isOpen) return;
    const { cardId } = await this.#token.readCard();
    if (cardId !== null) await this.#person.loggedIn();
    await this.refresh();
  }

  /** Looks up whether the server has the card as one in use. */
  async refresh(): Promise<void> {
    const isUnknown = !this.#server.hasToken('person') || this.#requestId !== '';
    if (isUnknown || !this.#known.isOn) return;
    const { cardId, hasPin } = await this.#token.readCard();
    if (cardId === null) {
      this.store.set({ ...NOTHING, hasPin });
      return;
    }
    const card = await this.#calls.findCard(cardId);
    this.#cardId = cardId;
    const isEnrolled = card?.Status === ACTIVE;
    const done = isEnrolled ? Math.max(ENROLLED_STEPS, this.store.state.done) : 0;
    this.store.set({ uuid: isEnrolled ? card.Uuid : '', hasPin, done });
  }

  enroll(): Promise<boolean> {
    return this.attempt.run(() => this.#enroll());
  }

  changeKey(): Promise<boolean> {
    return this.attempt.run(() => this.#changeKey());
  }

  /** @param currentPin  of a token that has one already; empty is the one that was set here */
  takePin(currentPin: string): Promise<boolean> {
    return this.attempt.run(() => this.#takePin(currentPin));
  }

  /** @param pin  empty is the one that was set here */
  open(pin: string): Promise<boolean> {
    return this.attempt.run(() => this.#open(pin || this.#knownPin()));
  }

  /** @param pin  of the token, which is removed; empty is the one that was set here */
  retire(pin: string): Promise<boolean> {
    return this.attempt.run(() => this.#retire(pin || this.#knownPin()));
  }

  happyPath(): Promise<boolean> {
    return this.attempt.run(async () => (await this.#prepare()) && this.#open(this.#known.pin));
  }

  make(mistake: Mistake): Promise<boolean> {
    return this.attempt.run(async () => (await this.#prepare()) && this.#make(mistake));
  }

  async #make(mistake: Mistake): Promise<boolean> {
    const { uuid } = this.store.state;
    const pin = this.#known.pin;
    switch (mistake) {
      case 'wrongPin':
        return (await this.#open(pin)) && this.#open(otherPin(pin));
      case 'locked':
        if (!(await this.#open(pin))) return false;
        for (let tries = 0; tries < WAITED_AFTER; tries++) await this.#open(otherPin(pin));
        return this.#open(pin);
      case 'usedAnswer':
        return this.#within(() => this.#answerTwice());
      case 'otherCard':
        return this.#within(async () => {
          const cardId = randomId();
          return this.#settle('key', await this.#answer(cardId, new Uint8Array(8)), mistake);
        });
      case 'otherPerson':
        await this.#person.otherLoggedIn();
        return this.#settle(
          'open',
          await this.#calls.get(`smartcards/${uuid}`, 'otherPerson'),
          mistake,
        );
      case 'earlyPin':
        return this.#settle(
          'pin',
          await this.#calls.get(`smartcards/${uuid}/serverproposedpin`),
          mistake,
        );
      case 'switchedOff': {
        await this.#calls.setEnabled(false);
        const exchange = await this.#calls.get('profiletemplates');
        await this.#calls.setEnabled(true);
        return this.#settle('enroll', exchange, mistake);
      }
    }
  }

  /** As far as it has not been done. */
  async #prepare(): Promise<boolean> {
    if (!this.#known.isOn) throw new Obstacle('NO_POWER');
    await this.#calls.switchOn();
    await this.#person.loggedIn();
    await this.refresh();
    const { done, hasPin } = this.store.state;
    if (hasPin) this.#knownPin();
    if (done < 1 && !(await this.#enroll())) return false;
    if (done < 2 && !(await this.#changeKey())) return false;
    return done >= ENROLLED_STEPS || this.#takePin('');
  }

  // --- steps --------------------------------------------------------------------------------------

  async #enroll(): Promise<boolean> {
    await this.#person.loggedIn();
    const templates = await this.#calls.get('profiletemplates');
    const [template] = (templates.body ?? []) as { Uuid: string }[];
    if (!template) return this.#settle('enroll', templates);
    const configuration = await this.#calls.get(
      `profiletemplates/${template.Uuid}/configuration/smartcards`,
    );
    if (!configuration.isAccepted) return this.#settle('enroll', configuration);
    const { DefaultAdminKeyHex } = configuration.body as { DefaultAdminKeyHex: string };
    await this.#token.prepareCard(DefaultAdminKeyHex);
    await this.#calls.giveUpOpenRequests();
    const about = { type: 'Enroll', profiletemplateuuid: template.Uuid };
    const request = await this.#calls.request(about);
    if (!request.isAccepted) return this.#settle('enroll', request);
    this.#requestId = lastSegment(request.body);
    const { cardId, atr, hasPin } = await this.#token.readCard();
    this.#cardId = cardId!;
    const body = { requestid: this.#requestId, cardid: cardId, atr };
    const card = await this.#calls.post('smartcards', body);
    if (card.isAccepted) this.store.set({ uuid: lastSegment(card.body), hasPin, done: 1 });
    return this.#settle('enroll', card);
  }

  /** The server answers the card's challenge under the factory's key, and the card takes its own. */
  async #changeKey(): Promise<boolean> {
    const answer = await this.#answer(this.#cardId, await this.#token.challengeCard(), false);
    if (!answer.isAccepted) return this.#settle('key', answer);
    const key = await this.#calls.get(`${this.#place}/diversifiedkey?cardid=${this.#cardId}`);
    if (!key.isAccepted) return this.#settle('key', key);
    try {
      await this.#token.changeAdminKey(bytesOf(answer.body), bytesOf(key.body));
    } catch (error) {
      // A card that was enrolled before has its own key already; it says so by refusing.
      if (!(error instanceof TokenCallError && error.code === 'RESPONSE_WRONG')) throw error;
    }
    this.store.set({ done: 2 });
    return this.#settle('key', key);
  }

  async #takePin(currentPin: string): Promise<boolean> {
    const { hasPin } = this.store.state;
    const oldPin = hasPin ? currentPin || this.#knownPin() : null;
    const proposed = await this.#calls.get(`${this.#place}/serverproposedpin`);
    if (!proposed.isAccepted) return this.#settle('pin', proposed);
    const answer = await this.#answer(this.#cardId, await this.#token.challengeCard());
    if (!answer.isAccepted) return this.#settle('pin', answer);
    const pin = proposed.body as string;
    const response = bytesOf(answer.body);
    await this.#token.setCardPin({ response, pin, currentPin: oldPin });
    this.#known.pin = pin;
    const ended = await this.#calls.endRequest(this.#requestId, 'Completed');
    this.#requestId = '';
    this.store.set({ done: ENROLLED_STEPS, hasPin: true, pin });
    return this.#settle('pin', ended);
  }

  /** At the token itself: nobody is asked but its display. */
  async #open(pin: string): Promise<boolean> {
    if (this.#hasToWait) await this.#time.pass(WAIT_SECONDS);
    const [, said = ''] = (await this.#token.enterPin(pin)).split('\n');
    const reason = REFUSALS[said];
    this.#hasToWait = reason === 'tooEarly';
    if (reason !== undefined) {
      this.store.set({ done: Math.min(ENROLLED_STEPS, this.store.state.done) });
      return this.attempt.refuse('open', reason, said);
    }
    this.#known.pin = pin;
    this.store.set({ done: STEPS.length });
    return this.attempt.accept('open');
  }

  async #retire(pin: string): Promise<boolean> {
    await this.#calls.giveUpOpenRequests();
    const about = { type: 'Retire', smartcard: this.store.state.uuid };
    const request = await this.#calls.request(about);
    if (!request.isAccepted) return this.#settle('retire', request);
    const requestId = lastSegment(request.body);
    // The token first: with another PIN than its own it stays a card in use.
    try {
      await this.#token.removePin(pin);
    } catch (error) {
      await this.#calls.endRequest(requestId, 'Canceled');
      throw error;
    }
    const ended = await this.#calls.endRequest(requestId, 'Completed');
    this.#known.pin = '';
    this.store.set(NOTHING);
    return this.#settle('retire', ended);
  }

  /** Within a request about the card, which is given up in the end. */
  async #within(work: () => Promise<boolean>): Promise<boolean> {
    await this.#calls.giveUpOpenRequests();
    const about = { type: 'Unblock', smartcard: this.store.state.uuid };
    const request = await this.#calls.request(about);
    if (!request.isAccepted) return this.#settle('key', request);
    this.#requestId = lastSegment(request.body);
    try {
      return await work();
    } finally {
      await this.#calls.endRequest(this.#requestId, 'Canceled');
      this.#requestId = '';
    }
  }

  /** The answer to a challenge that has passed; then a right one, which takes the try back. */
  async #answerTwice(): Promise<boolean> {
    const path = `${this.#place}/diversifiedkey?cardid=${this.#cardId}`;
    const key = bytesOf((await this.#calls.get(path)).body);
    const answer = async () =>
      bytesOf((await this.#answer(this.#cardId, await this.#token.challengeCard())).body);
    const used = await answer();
    await this.#token.changeAdminKey(used, key);
    await this.#token.challengeCard();
    const refusal = await this.#token.changeAdminKey(used, key).catch((error) => error);
    await this.#token.changeAdminKey(await answer(), key);
    key.fill(0);
    if (!(refusal instanceof TokenCallError)) throw refusal;
    return this.attempt.refuse('key', 'usedAnswer', refusal.message);
  }

  /** Guesses would cost tries. @throws Obstacle when this page does not know it */
  #knownPin(): string {
    if (this.#known.pin === '') throw new Obstacle('pinUnknown');
    return this.#known.pin;
  }

  // --- requests -----------------------------------------------------------------------------------

  /** The card, within the request that runs. */
  get #place(): string {
    return `requests/${this.#requestId}/smartcards/${this.store.state.uuid}`;
  }

  #answer(cardid: string, challenge: Uint8Array, isDiversified = true): Promise<Exchange> {
    const text = btoa(String.fromCharCode(...challenge));
    const query = new URLSearchParams({
      cardid,
      challenge: text,
      diversified: String(isDiversified),
    });
    return this.#calls.get(`${this.#place}/authenticationresponse?${query}`);
  }

  #settle(step: string, exchange: Exchange, known?: string): boolean {
    // The vendor says with an empty 404 that the API is switched off.
    const said = exchange.status === 404 ? 'switchedOff' : refusalOf(exchange.body).reason;
    const reason = exchange.isAccepted ? '' : (known ?? said);
    return this.attempt.settle(step, exchange, { reason });
  }
}

/** Another PIN of the same length. */
function otherPin(pin: string): string {
  return pin.slice(0, -1) + ((Number(pin.at(-1)) + 5) % 10);
}
