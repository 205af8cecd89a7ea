import {
  type Dialect,
  type Exchange,
  type RefusedAnswer,
  refusalOf,
  type Server,
  type Trace,
} from '../exchange.ts';
import {
  type Caller,
  CERTIFICATE_MANAGEMENT,
  CERTIFICATE_MANAGEMENT_AGENT,
} from '../graph/access.ts';
import type { RefusalName } from '../graph/errors.ts';
import type { User } from '../store/records.ts';
import { authenticate } from '../tokens.ts';
import { CM_REFUSALS, CmRefusal, type CmRefusalName } from './errors.ts';

/** How MIM CM speaks: whom it lets in, and what its answers look like. */
export const CM_DIALECT: Dialect = {
  admit,
  refused,
  contentType: 'application/json; charset=utf-8',
};

/**
 * A bearer token that may be used here. 401 is for who is nobody, 403 for who is somebody without
 * the right. The challenge names what a real server offers too; of these, Bearer is what works here.
 */
function admit({ state }: Server, raw: Request): Caller {
  if (!state.settings.mimCm.enabled) throw new CmRefusal('switchedOff');
  const caller = authenticate(state, raw.headers.get('authorization'));
  const isOurs = caller.token.permissions.includes(CERTIFICATE_MANAGEMENT);
  if (!isOurs) throw new CmRefusal('forbidden');
  return caller;
}

const CHALLENGE = { 'WWW-Authenticate': 'Negotiate, NTLM, Bearer' };

function refused(error: unknown, trace: Trace): RefusedAnswer {
  if (error instanceof CmRefusal) return answerOf(error.refusal, trace);
  const { refusal, headers } = refusalOf(error);
  return { ...answerOf(CM_NAMES[refusal] ?? 'clientDataInvalid', trace), ...keptOf(headers) };
}

/** What the shared parts of the server refuse, in this dialect's words. */
const CM_NAMES: Partial<Record<RefusalName, CmRefusalName>> = {
  accessTokenMissing: 'credentialsMissing',
  accessTokenUnknown: 'credentialsMissing',
  segmentUnknown: 'addressUnknown',
  addressUnknown: 'addressUnknown',
  verbNotAllowed: 'verbNotAllowed',
  storeFailed: 'storeFailed',
  internal: 'internal',
};

/** Allow, of all headers of a refusal of Graph's, means the same here. */
function keptOf({ Allow }: Readonly<Record<string, string>>) {
  return Allow === undefined ? {} : { headers: { Allow } };
}

function answerOf(refusal: CmRefusalName, { requestId }: Trace): RefusedAnswer {
  const [status, ErrorCode] = CM_REFUSALS[refusal];
  if (status === 401) return { status, headers: CHALLENGE, refusal };
  if (ErrorCode === null) return { status, refusal };
  const Message =
    status === 403 ? 'Forbidden' : `An error has occurred. Correlation ID: ${requestId}`;
  return { status, body: { Message, ErrorCode }, refusal };
}

/** The person who asks. An application is nobody here. */
export function personOf({ caller }: Exchange): User {
  if (!caller.user) throw new CmRefusal('forbidden');
  return caller.user;
}

/** Whether the sender may act for this user: it is them, or an enrollment agent. */
export function mayActFor(exchange: Exchange, userId: string): boolean {
  return personOf(exchange).id === userId || isAgent(exchange);
}

export function isAgent({ caller }: Exchange): boolean {
  return caller.token.permissions.includes(CERTIFICATE_MANAGEMENT_AGENT);
}
