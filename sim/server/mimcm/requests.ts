import * as z from 'zod';
import { type Answer, type Exchange, NO_CONTENT } from '../exchange.ts';
import type { User } from '../store/records.ts';
import type { State } from '../store/state.ts';
import { isAgent, mayActFor, personOf } from './dialect.ts';
import { CmRefusal } from './errors.ts';
import { guid, parseCmBody, parseGuid, queryOf } from './input.ts';
import {
  CardStatus,
  type CmCard,
  type CmRequest,
  type CmTemplate,
  canBeAbout,
  canGoOn,
  cmCards,
  cmRequests,
  EMPTY_GUID,
  isAbout,
  isFinished,
  isRunning,
  RequestStatus,
  RequestType,
} from './records.ts';
import { requestBody } from './shapes.ts';
import { isCurrent, requestTypeOf, visibleTemplate } from './templates.ts';

/** Requests: one for each workflow, from its approval to its end. */

export const CM_PATH = '/CertificateManagement/';
/** What stands before every address of the API. */
export const CM_BASE = `${CM_PATH}api/v1.0`;

const pairs = z.array(z.record(z.string().max(256), z.string().max(4_096).nullable())).max(100);

/** A list, or the same as JSON text: the samples show both. */
const dataCollection = z
  .union([pairs, z.string().transform(jsonValue).pipe(pairs)])
  .transform((items) =>
    items.flatMap((item) => Object.entries(item).map(([Name, Value]) => ({ Name, Value }))),
  );

function jsonValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const newRequest = z.object({
  type: z.string(),
  datacollection: dataCollection,
  comment: z.string().max(4_096),
  profiletemplateuuid: guid.optional(),
  smartcard: guid.optional(),
  target: guid.optional(),
  priority: z.union([z.string().regex(/^\d{1,3}$/), z.int().min(0).max(999)]).default(0),
});

type NewRequest = z.infer<typeof newRequest>;

export function createRequest(exchange: Exchange): Answer {
  const person = personOf(exchange);
  const input = parseCmBody(newRequest, exchange.body);
  const type = requestTypeOf(input.type);
  if (type === undefined) throw new CmRefusal('forbidden');
  const target = targetOf(exchange, person, input);
  const about =
    type === RequestType.Enroll
      ? enrollment(exchange, input, target)
      : aboutCard(exchange, type, input, target);
  const request: CmRequest = {
    id: crypto.randomUUID(),
    type,
    dataCollection: input.datacollection,
    originatorId: person.id,
    targetId: target.id,
    submittedAt: exchange.timeMilliseconds,
    completedAt: null,
    priority: Number(input.priority),
    comment: input.comment,
    ...about,
  };
  cmRequests(exchange.state).save(request);
  return created(exchange, `api/v1.0/requests/${request.id}`);
}

/** 201 with the relative address that the vendor documents, and the whole one in `Location`. */
export function created({ basePath }: Exchange, address: string): Answer {
  return { status: 201, headers: { Location: basePath + CM_PATH + address }, body: address };
}

function targetOf(exchange: Exchange, person: User, { target }: NewRequest): User {
  if (target === undefined || target === person.id) return person;
  const user = exchange.state.user(target);
  if (!isAgent(exchange) || !user) throw new CmRefusal('forbidden');
  return user;
}

function enrollment(exchange: Exchange, { profiletemplateuuid }: NewRequest, target: User) {
  if (profiletemplateuuid === undefined) throw new CmRefusal('clientDataInvalid');
  const template = visibleTemplate(exchange, profiletemplateuuid, target);
  return {
    status: firstStatus(template),
    templateId: template.id,
    newProfileId: EMPTY_GUID,
    oldProfileId: EMPTY_GUID,
    newCardId: EMPTY_GUID,
    oldCardId: EMPTY_GUID,
  };
}

function firstStatus({ approvalsNeeded }: Pick<CmTemplate, 'approvalsNeeded'>): RequestStatus {
  return approvalsNeeded > 0 ? RequestStatus.Pending : RequestStatus.Approved;
}

/** A workflow of a card, one at a time. A template that is gone asks for no approval any more. */
function aboutCard(
  { state }: Exchange,
  type: RequestType,
  { smartcard }: NewRequest,
  target: User,
) {
  if (smartcard === undefined) throw new CmRefusal('clientDataInvalid');
  const card = cmCards(state).get(smartcard);
  const isTheirs = card?.userId === target.id && canBeAbout(type, card);
  if (!isTheirs || openRequestOf(state, card)) throw new CmRefusal('forbidden');
  const template = state.settings.mimCm.templates.find(({ id }) => id === card.templateId);
  return {
    status: firstStatus(template ?? { approvalsNeeded: 0 }),
    templateId: card.templateId,
    newProfileId: card.profileId,
    oldProfileId: card.profileId,
    newCardId: card.id,
    oldCardId: card.id,
  };
}

/** The request that a card is in the middle of. */
export function openRequestOf(state: State, card: CmCard): CmRequest | undefined {
  return cmRequests(state).find((request) => isAbout(request, card) && !isFinished(request));
}

/** The card that a request is about, unless it is somebody else's by now. */
export function cardOfTarget(state: State, request: CmRequest): CmCard | undefined {
  const card = cmCards(state).get(request.newCardId);
  return card && isAbout(request, card) ? card : undefined;
}

export function getRequest(exchange: Exchange): Answer {
  return { status: 200, body: requestBody(requestOf(exchange)) };
}

/** The sender's own, by status if one is named; nothing to return is 204. */
export function listRequests(exchange: Exchange): Answer {
  const person = personOf(exchange);
  const target = queryOf(exchange.url, 'targetuser');
  if (target !== null && !isCurrent(target, person)) throw new CmRefusal('forbidden');
  const status = statusNamed(queryOf(exchange.url, 'status'));
  const found = cmRequests(exchange.state).filter(
    (request) =>
      request.targetId === person.id && (status === undefined || request.status === status),
  );
  return found.length > 0 ? { status: 200, body: found.map(requestBody) } : NO_CONTENT;
}

function statusNamed(name: string | null): RequestStatus | undefined {
  if (name === null) return undefined;
  const names = Object.keys(RequestStatus).filter((key) => Number.isNaN(Number(key)));
  const found = names.find((each) => each.toLowerCase() === name.toLowerCase());
  if (found === undefined) throw new CmRefusal('clientDataInvalid');
  return RequestStatus[found as keyof typeof RequestStatus];
}

const ending = z.object({
  status: z
    .string()
    .transform((name) => name.toLowerCase())
    .pipe(z.enum(['completed', 'canceled', 'abandoned'])),
});

/** Ends a request. Its proposed PIN is forgotten with it, however it ends. */
export function endRequest(exchange: Exchange): Answer {
  const request = requestOf(exchange);
  const { status } = parseCmBody(ending, exchange.body);
  if (isFinished(request)) throw new CmRefusal('forbidden');
  const ended =
    status === 'completed' ? complete(exchange, request) : giveUp(exchange, request, status);
  cmRequests(exchange.state).save(ended);
  return { status: 200, body: requestBody(ended) };
}

function complete(exchange: Exchange, request: CmRequest): CmRequest {
  const { state, timeMilliseconds: completedAt } = exchange;
  const card = cardOfTarget(state, request);
  if (!card || !isRunning(request) || !canGoOn(request, card)) throw new CmRefusal('forbidden');
  const newProfileId =
    request.newProfileId === EMPTY_GUID ? crypto.randomUUID() : request.newProfileId;
  const isRetired = request.type === RequestType.Retire;
  cmCards(state).save({
    ...card,
    status: isRetired ? CardStatus.Retired : CardStatus.Active,
    profileId: newProfileId,
    proposedPin: null,
  });
  return { ...request, status: RequestStatus.Completed, completedAt, newProfileId };
}

/** A card that was being enrolled is free again; one that was in use stays so. */
function giveUp(
  exchange: Exchange,
  request: CmRequest,
  status: 'canceled' | 'abandoned',
): CmRequest {
  const { state } = exchange;
  const isEnrollment = request.type === RequestType.Enroll;
  const card = cardOfTarget(state, request);
  const freed = isEnrollment && { status: CardStatus.New, userId: EMPTY_GUID, certificates: [] };
  if (card) cmCards(state).save({ ...card, ...freed, proposedPin: null });
  return {
    ...request,
    status: status === 'canceled' ? RequestStatus.Canceled : RequestStatus.Abandoned,
    newCardId: isEnrollment ? EMPTY_GUID : request.newCardId,
  };
}

/** The request of the address. @throws CmRefusal `forbidden` for one that is not the sender's */
export function requestOf(exchange: Exchange): CmRequest {
  return requestById(exchange, parseGuid(exchange.parameters.request));
}

export function requestById(exchange: Exchange, id: string): CmRequest {
  const request = cmRequests(exchange.state).get(id);
  const person = personOf(exchange);
  const isTheirs = request?.originatorId === person.id || request?.targetId === person.id;
  if (!request || !(isTheirs || mayActFor(exchange, request.targetId))) {
    throw new CmRefusal('forbidden');
  }
  return request;
}
