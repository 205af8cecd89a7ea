/**
 * The token as a card of MIM CM: the steps of its life, each between the card and the server, and how
 * far it has come. The page is the client between the two.
 */
import { Store } from '../../store.ts';
import type { WorldTime } from '../../time/world-time.ts';
import { TokenCallError, type TokenClient } from '../../token-client.ts';
import { type Attempt, Obstacle, refusalOf } from '../attempt.ts';
import type { Exchange } from '../client.ts';
import type { KnownToken } from '../known-token.ts';
import type { Person } from '../person.ts';
import { bytesOf, type CmCalls, lastSegment } from './calls.ts';

export const STEPS = ['enroll', 'key', 'pin', 'open'] as const;
export type Step = (typeof STEPS)[number];

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
/** Steps until a card is in use. */
export const ENROLLED_STEPS = 3;
/** How long the token makes one wait after four wrong PINs (assembly/pin/verify.ts). */
const WAIT_SECONDS = 15;
/** What its display says of a PIN that it did not take. */
const REFUSALS: Readonly<Record<string, string>> = {
  'WRONG PIN': 'wrongPin',
  'TOO EARLY, WAIT': 'tooEarly',
  'PIN BLOCKED': 'pinBlocked',
  'PIN NEEDED': 'pinNeeded',
};

/** What a card needs around it. */
export interface Desk {
  readonly attempt: Attempt;
  readonly calls: CmCalls;
  readonly token: TokenClient;
  readonly person: Person;
  readonly time: WorldTime;
  readonly known: KnownToken;
}

export class Card {
  readonly store = new Store<CardState>(NOTHING);
  readonly #attempt: Attempt;
  readonly #calls: CmCalls;
  readonly #token: TokenClient;
  readonly #person: Person;
  readonly #time: WorldTime;
  readonly #known: KnownToken;
  #requestId = '';
  #cardId = '';
  #hasToWait = false;

  constructor({ attempt, calls, token, person, time, known }: Desk) {
    this.#attempt = attempt;
    this.#calls = calls;
    this.#token = token;
    this.#person = person;
    this.#time = time;
    this.#known = known;
  }

  /** Another token is on the desk. */
  change(): void {
    this.#requestId = '';
    this.#hasToWait = false;
    this.store.set(NOTHING);
  }

  /** Whether a request about it runs. */
  get isInRequest(): boolean {
    return this.#requestId !== '';
  }

  /** Looks up whether the server has the card as one in use. */
  async refresh(): Promise<void> {
    const { cardId, hasPin } = await this.#token.readCard();
    if (cardId === null) {
      this.store.set({ ...NOTHING, hasPin });
      return;
    }
    const card = await this.#calls.findCard(cardId);
    if (card === undefined) return;
    this.#cardId = cardId;
    const isEnrolled = card?.Status === ACTIVE;
    const done = isEnrolled ? Math.max(ENROLLED_STEPS, this.store.state.done) : 0;
    this.store.set({ uuid: isEnrolled ? card.Uuid : '', hasPin, done });
  }

  // --- steps --------------------------------------------------------------------------------------

  async enroll(): Promise<boolean> {
    await this.#person.loggedIn();
    const templates = await this.#calls.get('profiletemplates');
    const [template] = (templates.body ?? []) as { Uuid: string }[];
    if (!template) return this.settle('enroll', templates);
    const configuration = await this.#calls.get(
      `profiletemplates/${template.Uuid}/configuration/smartcards`,
    );
    if (!configuration.isAccepted) return this.settle('enroll', configuration);
    const { DefaultAdminKeyHex } = configuration.body as { DefaultAdminKeyHex: string };
    await this.#token.prepareCard(DefaultAdminKeyHex);
    await this.#calls.giveUpOpenRequests();
    const about = { type: 'Enroll', profiletemplateuuid: template.Uuid };
    const request = await this.#calls.request(about);
    if (!request.isAccepted) return this.settle('enroll', request);
    this.#requestId = lastSegment(request.body);
    const { cardId, atr, hasPin } = await this.#token.readCard();
    this.#cardId = cardId!;
    const body = { requestid: this.#requestId, cardid: cardId, atr };
    const card = await this.#calls.post('smartcards', body);
    if (card.isAccepted) this.store.set({ uuid: lastSegment(card.body), hasPin, done: 1 });
    return this.settle('enroll', card);
  }

  /** The server answers the card's challenge under the factory's key, and the card takes its own. */
  async changeKey(): Promise<boolean> {
    const challenge = await this.#token.challengeCard();
    const answer = await this.answer(challenge, { isDiversified: false });
    if (!answer.isAccepted) return this.settle('key', answer);
    const key = await this.diversifiedKey();
    if (!key.isAccepted) return this.settle('key', key);
    try {
      await this.#token.changeAdminKey(bytesOf(answer.body), bytesOf(key.body));
    } catch (error) {
      // A card that was enrolled before has its own key already; it says so by refusing.
      if (!(error instanceof TokenCallError && error.code === 'RESPONSE_WRONG')) throw error;
    }
    this.store.set({ done: 2 });
    return this.settle('key', key);
  }

  async takePin(currentPin: string): Promise<boolean> {
    const { hasPin } = this.store.state;
    const oldPin = hasPin ? currentPin || this.knownPin() : null;
    const proposed = await this.#calls.get(`${this.#place}/serverproposedpin`);
    if (!proposed.isAccepted) return this.settle('pin', proposed);
    const answer = await this.answer(await this.#token.challengeCard());
    if (!answer.isAccepted) return this.settle('pin', answer);
    const pin = proposed.body as string;
    const response = bytesOf(answer.body);
    await this.#token.setCardPin({ response, pin, currentPin: oldPin });
    this.#known.pin = pin;
    const ended = await this.#calls.endRequest(this.#requestId, 'Completed');
    this.#requestId = '';
    this.store.set({ done: ENROLLED_STEPS, hasPin: true, pin });
    return this.settle('pin', ended);
  }

  /** At the token itself: nobody is asked but its display. */
  async open(pin: string): Promise<boolean> {
    if (this.#hasToWait) await this.#time.pass(WAIT_SECONDS);
    const [, said = ''] = (await this.#token.enterPin(pin)).split('\n');
    const reason = REFUSALS[said];
    this.#hasToWait = reason === 'tooEarly';
    if (reason !== undefined) {
      this.store.set({ done: Math.min(ENROLLED_STEPS, this.store.state.done) });
      return this.#attempt.refuse('open', reason, said);
    }
    this.#known.pin = pin;
    this.store.set({ done: STEPS.length });
    return this.#attempt.accept('open');
  }

  async retire(pin: string): Promise<boolean> {
    await this.#calls.giveUpOpenRequests();
    const about = { type: 'Retire', smartcard: this.store.state.uuid };
    const request = await this.#calls.request(about);
    if (!request.isAccepted) return this.settle('retire', request);
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
    return this.settle('retire', ended);
  }

  /** Within a request about the card, which is given up in the end. */
  async within(work: () => Promise<boolean>): Promise<boolean> {
    await this.#calls.giveUpOpenRequests();
    const about = { type: 'Unblock', smartcard: this.store.state.uuid };
    const request = await this.#calls.request(about);
    if (!request.isAccepted) return this.settle('key', request);
    this.#requestId = lastSegment(request.body);
    try {
      return await work();
    } finally {
      await this.#calls.endRequest(this.#requestId, 'Canceled');
      this.#requestId = '';
    }
  }

  /** Guesses would cost tries. @throws Obstacle when this page does not know it */
  knownPin(): string {
    if (this.#known.pin === '') throw new Obstacle('pinUnknown');
    return this.#known.pin;
  }

  // --- requests -----------------------------------------------------------------------------------

  /** The card, within the request that runs. */
  get #place(): string {
    return `requests/${this.#requestId}/smartcards/${this.store.state.uuid}`;
  }

  /**
   * What the server answers to a challenge.
   * @param isDiversified  under the key of the card, not of the factory
   */
  answer(
    challenge: Uint8Array,
    { cardId = this.#cardId, isDiversified = true } = {},
  ): Promise<Exchange> {
    const query = new URLSearchParams({
      cardid: cardId,
      challenge: btoa(String.fromCharCode(...challenge)),
      diversified: String(isDiversified),
    });
    return this.#calls.get(`${this.#place}/authenticationresponse?${query}`);
  }

  diversifiedKey(): Promise<Exchange> {
    return this.#calls.get(`${this.#place}/diversifiedkey?cardid=${this.#cardId}`);
  }

  /** @param known  the reason of a refusal, if it is known before */
  settle(step: string, exchange: Exchange, known?: string): boolean {
    // The vendor says with an empty 404 that the API is switched off.
    const said = exchange.status === 404 ? 'switchedOff' : refusalOf(exchange.body).reason;
    const reason = exchange.isAccepted ? '' : (known ?? said);
    return this.#attempt.settle(step, exchange, { reason });
  }
}
