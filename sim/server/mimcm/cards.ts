import * as z from 'zod';
import { type Answer, type Exchange, NO_CONTENT } from '../exchange.ts';
import { isAgent, mayActFor, personOf } from './dialect.ts';
import { CmRefusal } from './errors.ts';
import { atr, guid, parseCmBody, parseGuid, queryOf } from './input.ts';
import {
  CardStatus,
  type CmCard,
  type CmRequest,
  canBeAbout,
  canGoOn,
  cmCards,
  cmRequests,
  EMPTY_GUID,
  isAbout,
  isFinished,
  isRunning,
  isUsable,
  RequestStatus,
  RequestType,
} from './records.ts';
import { created, openRequestOf, requestById, requestOf } from './requests.ts';
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
  if (known && !isFree(exchange, known)) throw new CmRefusal('forbidden');
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
  return created(exchange, `api/v1.0/smartcards/${card.id}`);
}

/**
 * A card that is nobody's: new, given up, or retired. While the request that retires it is open,
 * that one may still act on it: another's card must not come under it.
 */
function isFree({ state }: Exchange, card: CmCard): boolean {
  const isReusable = card.status === CardStatus.New || card.status === CardStatus.Retired;
  return isReusable && !openRequestOf(state, card);
}

function isBound(request: CmRequest, card: CmCard): boolean {
  return isAbout(request, card) && !isFinished(request);
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

/** Takes a card out of use, within a request. A retired one stays so. */
export function setCardStatus(exchange: Exchange): Answer {
  const { card, request } = cardOfRequest(exchange);
  if (!isRunning(request) || !canGoOn(request, card)) throw new CmRefusal('forbidden');
  const status = STATUS_OF_NAME[parseCmBody(statusUpdate, exchange.body).status];
  const isUndone = card.status === CardStatus.Retired && status !== CardStatus.Retired;
  if (isUndone) throw new CmRefusal('forbidden');
  const changed = { ...card, status, proposedPin: null };
  cmCards(exchange.state).save(changed);
  return answerWith(exchange, changed);
}

/** What can be requested for a card, in the small letters of the wire. */
export function listOperations(exchange: Exchange): Answer {
  const card = cardOf(exchange);
  const body = OPERATIONS.filter(([type]) => canBeAbout(type, card)).map(([, name]) => name);
  return body.length > 0 ? { status: 200, body } : NO_CONTENT;
}

const OPERATIONS = [
  [RequestType.Renew, 'renew'],
  [RequestType.Unblock, 'unblock'],
  [RequestType.Reinstate, 'reinstate'],
  [RequestType.Retire, 'retire'],
] as const;

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
  if (!isAbout(request, card)) throw new CmRefusal('forbidden');
  return { card, request };
}

/** The same, for what may be done only while the request runs and the card is no dead one. */
export function openCardOfRequest(exchange: Exchange): { card: CmCard; request: CmRequest } {
  const found = cardOfRequest(exchange);
  if (!isRunning(found.request) || !isUsable(found.card)) throw new CmRefusal('forbidden');
  return found;
}

/** Refuses a card id that is given and is another one's. */
export function checkCardId(exchange: Exchange, card: CmCard, isRequired: boolean): void {
  const cardId = queryOf(exchange.url, 'cardid');
  if (cardId === null && !isRequired) return;
  if (parseGuid(cardId) !== card.cardId) throw new CmRefusal('forbidden');
}
