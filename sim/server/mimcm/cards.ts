import * as z from 'zod';
import { type Answer, type Exchange, NO_CONTENT } from '../exchange.ts';
import { isAgent, mayActFor, personOf } from './dialect.ts';
import { CmRefusal } from './errors.ts';
import { atr, guid, parseCmBody, parseGuid, queryOf } from './input.ts';
import {
  CardStatus,
  type CmCard,
  type CmRequest,
  cmCards,
  cmRequests,
  EMPTY_GUID,
  isFinished,
  isUsable,
  RequestStatus,
} from './records.ts';
import { created, requestById, requestOf } from './requests.ts';
import { cardBody } from './shapes.ts';

/** Smart cards: bound to a request, read, retired. */

const binding = z.object({ requestid: guid, cardid: guid, atr: atr.optional() });

/** Ties a card to an approved request. The same once more changes nothing: 204. */
export function bindCard(exchange: Exchange): Answer {
  const { state } = exchange;
  const input = parseCmBody(binding, exchange.body);
  const request = requestById(exchange, input.requestid);
  const known = cmCards(state).find(({ cardId }) => cardId === input.cardid);
  if (known && isBound(request, known)) return NO_CONTENT;
  if (request.status !== RequestStatus.Approved || request.newCardId !== EMPTY_GUID) {
    throw new CmRefusal('forbidden');
  }
  if (known && !REUSABLE.includes(known.status)) throw new CmRefusal('forbidden');
  const card: CmCard = {
    id: known?.id ?? crypto.randomUUID(),
    cardId: input.cardid,
    atr: input.atr ?? known?.atr ?? '',
    status: CardStatus.Assigned,
    userId: request.targetId,
    profileId: EMPTY_GUID,
    templateId: request.templateId,
    proposedPin: null,
    certificates: [],
  };
  cmCards(state).save(card);
  cmRequests(state).save({ ...request, status: RequestStatus.Executing, newCardId: card.id });
  return created(`api/v1.0/smartcards/${card.id}`);
}

/** A card that is nobody's: new, given up, or retired. */
const REUSABLE: readonly CardStatus[] = [CardStatus.New, CardStatus.Retired];

function isBound(request: CmRequest, card: CmCard): boolean {
  return request.newCardId === card.id && !isFinished(request);
}

/** One object where a card id is asked for, else a list; nothing to return is 204. */
export function listCards(exchange: Exchange): Answer {
  const person = personOf(exchange);
  const { templates } = exchange.state.settings.mimCm;
  const cardId = queryOf(exchange.url, 'cardid');
  const wanted = cardId === null ? null : parseGuid(cardId);
  const found = cmCards(exchange.state).filter(
    (card) =>
      (card.userId === person.id || (wanted !== null && isAgent(exchange))) &&
      (wanted === null || card.cardId === wanted),
  );
  if (found.length === 0) return NO_CONTENT;
  const bodies = found.map((card) => cardBody(card, templates));
  return { status: 200, body: wanted === null ? bodies : bodies[0] };
}

export function getCard(exchange: Exchange): Answer {
  return answerWith(exchange, cardOf(exchange));
}

export function getCardOfRequest(exchange: Exchange): Answer {
  return answerWith(exchange, cardOfRequest(exchange).card);
}

const statusUpdate = z.object({
  status: z
    .string()
    .transform((name) => name.toLowerCase())
    .pipe(z.enum(['retired', 'disabled', 'suspended'])),
});

const STATUS_OF_NAME = {
  retired: CardStatus.Retired,
  disabled: CardStatus.Disabled,
  suspended: CardStatus.Suspended,
};

/** Takes a card out of use, within a request. */
export function setCardStatus(exchange: Exchange): Answer {
  const { card } = openCardOfRequest(exchange);
  const { status } = parseCmBody(statusUpdate, exchange.body);
  const changed = { ...card, status: STATUS_OF_NAME[status], proposedPin: null };
  cmCards(exchange.state).save(changed);
  return answerWith(exchange, changed);
}

/** What can be requested for a card, in the small letters of the wire. */
export function listOperations(exchange: Exchange): Answer {
  const { status } = cardOf(exchange);
  const isUsable = status === CardStatus.Active;
  return isUsable ? { status: 200, body: ['renew', 'unblock', 'retire'] } : NO_CONTENT;
}

function answerWith({ state }: Exchange, card: CmCard): Answer {
  return { status: 200, body: cardBody(card, state.settings.mimCm.templates) };
}

/** The card of the address. @throws CmRefusal `forbidden` for one that is not the sender's */
export function cardOf(exchange: Exchange): CmCard {
  const card = cmCards(exchange.state).get(parseGuid(exchange.parameters.card));
  if (!card || !mayActFor(exchange, card.userId)) throw new CmRefusal('forbidden');
  return card;
}

/** The card of the address, which must be the one that the request of the address is about. */
export function cardOfRequest(exchange: Exchange): { card: CmCard; request: CmRequest } {
  const request = requestOf(exchange);
  const card = cardOf(exchange);
  if (request.newCardId !== card.id) throw new CmRefusal('forbidden');
  return { card, request };
}

/** The same, for what may be done only while the request runs and the card is no dead one. */
export function openCardOfRequest(exchange: Exchange): { card: CmCard; request: CmRequest } {
  const found = cardOfRequest(exchange);
  if (isFinished(found.request) || !isUsable(found.card)) throw new CmRefusal('forbidden');
  return found;
}

/** Refuses a card id that is given and is another one's. */
export function checkCardId(exchange: Exchange, card: CmCard, isRequired: boolean): void {
  const cardId = queryOf(exchange.url, 'cardid');
  if (cardId === null && !isRequired) return;
  if (parseGuid(cardId) !== card.cardId) throw new CmRefusal('forbidden');
}
