import * as z from 'zod';
import { resolveAddress } from '../address.ts';
import type { Answer, Asked, SlowOperation } from '../exchange.ts';
import { parseBody } from './bodies.ts';
import { errorBody, REFUSALS, Refusal } from './errors.ts';

/** JSON batching: POST /{version}/$batch with up to 20 requests that may depend on one another. */

const MAX_REQUESTS = 20;

const batchBody = z.strictObject({
  requests: z
    .array(
      z.strictObject({
        id: z.string().min(1),
        method: z.string().min(1),
        url: z.string().min(1),
        headers: z.record(z.string(), z.string()).optional(),
        body: z.unknown().optional(),
        dependsOn: z.array(z.string()).optional(),
      }),
    )
    .min(1),
});

type BatchRequest = z.infer<typeof batchBody>['requests'][number];

interface BatchResponse {
  readonly id: string;
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** What a batch needs of the request that carries it. */
export interface Envelope {
  readonly version: 'beta' | 'v1.0';
  readonly authorization: string;
  /** Sends one request through the whole server, as if it had come alone. */
  readonly dispatch: (request: Request) => Promise<Response>;
}

/** Items run one after another, each after those it depends on. */
export function runBatch(envelope: Envelope): SlowOperation {
  return async (exchange): Promise<Answer> => {
    const ordered = inOrder(readRequests(exchange.body));
    const responses = new Map<string, BatchResponse>();
    for (const request of ordered) {
      const failed = request.dependsOn?.some((id) => responses.get(key(id))!.status >= 400);
      const response = failed
        ? failedDependency(exchange, request)
        : await runRequest(exchange, envelope, request);
      responses.set(key(request.id), response);
    }
    return { status: 200, body: { responses: [...responses.values()] } };
  };
}

/** Ids are compared ignoring case. */
const key = (id: string) => id.toLowerCase();

/** @throws Refusal `batchInvalid` for the whole batch */
function readRequests(body: unknown): BatchRequest[] {
  const { requests } = parseBatch(body);
  if (requests.length > MAX_REQUESTS) {
    throw new Refusal('batchInvalid', `A batch holds at most ${MAX_REQUESTS} requests.`);
  }
  const ids = new Set(requests.map(({ id }) => key(id)));
  if (ids.size < requests.length) {
    throw new Refusal('batchInvalid', 'Batch request ids must be unique.');
  }
  const dependencies = requests.flatMap(({ dependsOn }) => dependsOn ?? []);
  if (!dependencies.every((id) => ids.has(key(id)))) {
    throw new Refusal('batchInvalid', 'dependsOn names a request that is not in the batch.');
  }
  return requests;
}

/** Annotations inside an item's own body are that item's business, so none are dropped here. */
function parseBatch(body: unknown): z.infer<typeof batchBody> {
  const result = batchBody.safeParse(body);
  if (result.success) return result.data;
  return parseBody(batchBody, body, 'batchInvalid');
}

/** The given order, except that a request moves behind those it depends on. */
function inOrder(requests: BatchRequest[]): BatchRequest[] {
  const ordered: BatchRequest[] = [];
  const done = new Set<string>();
  let waiting = requests;
  while (waiting.length > 0) {
    const isReady = ({ dependsOn }: BatchRequest) => dependsOn?.every((id) => done.has(key(id)));
    const ready = waiting.find((request) => isReady(request) ?? true);
    if (!ready) throw new Refusal('batchInvalid', 'dependsOn goes round in a circle.');
    ordered.push(ready);
    done.add(key(ready.id));
    waiting = waiting.filter((request) => request !== ready);
  }
  return ordered;
}

async function runRequest(
  exchange: Asked,
  envelope: Envelope,
  { id, method, url, headers, body }: BatchRequest,
): Promise<BatchResponse> {
  const request = requestOf(exchange, envelope, { method, url, headers, body });
  if (!request) return refused(exchange, id, new Refusal('batchInvalid', 'The url is not usable.'));
  const response = await envelope.dispatch(request);
  const text = await response.text();
  if (text === '') return { id, status: response.status };
  const retryAfter = response.headers.get('retry-after');
  return {
    id,
    status: response.status,
    headers: {
      'Content-Type': 'application/json',
      ...(retryAfter !== null && { 'Retry-After': retryAfter }),
    },
    body: JSON.parse(text),
  };
}

/** The item as a request of its own, or undefined for one that cannot stand in a batch. */
function requestOf(
  exchange: Asked,
  { version, authorization }: Envelope,
  item: Pick<BatchRequest, 'method' | 'url' | 'headers' | 'body'>,
): Request | undefined {
  const { origin } = new URL(exchange.url);
  const relative = `/${item.url.replace(/^\/+/, '')}`;
  // The classic SDK leaves the version in the url, the generated one takes it out.
  const versioned = /^\/(beta|v1\.0)(\/|$)/i.test(relative) ? relative : `/${version}${relative}`;
  if (resolveAddress(versioned.split('?')[0]!).route.endsWith('/$batch')) return undefined;
  try {
    const headers = new Headers(item.headers);
    headers.set('authorization', authorization);
    const hasBody = item.body !== undefined && item.method.toUpperCase() !== 'GET';
    return new Request(`${origin}${versioned}`, {
      method: item.method.toUpperCase(),
      headers,
      ...(hasBody && { body: new TextEncoder().encode(JSON.stringify(item.body)) }),
    });
  } catch {
    return undefined;
  }
}

function failedDependency(exchange: Asked, { id }: BatchRequest): BatchResponse {
  return refused(exchange, id, new Refusal('dependencyFailed'));
}

function refused(exchange: Asked, id: string, refusal: Refusal): BatchResponse {
  return {
    id,
    status: REFUSALS[refusal.refusal][0],
    headers: { 'Content-Type': 'application/json' },
    body: errorBody(refusal.refusal, refusal.message, exchange),
  };
}
