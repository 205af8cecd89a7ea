import type { Context } from 'hono';
import { getPath } from 'hono/utils/url';
import { type AddressParameters, resolveAddress } from './address.ts';
import type { Authing } from './authing/state.ts';
import type { Clock } from './clock.ts';
import type { EventStreams } from './emulator/events.ts';
import type { Caller } from './graph/access.ts';
import { errorBody, REFUSALS, Refusal } from './graph/errors.ts';
import { type Decide, type Step, settled } from './settled.ts';
import { StoreError } from './store/errors.ts';
import type { RequestLog } from './store/log.ts';
import type { State } from './store/state.ts';
import type { Throttle } from './throttle.ts';
import { authenticate } from './tokens.ts';
import type { Verifier } from './verifier.ts';

/** The parts of a running server that a request may use. */
export interface Server {
  readonly state: State;
  readonly clock: Clock;
  readonly log: RequestLog;
  readonly throttle: Throttle;
  readonly verifier: Verifier;
  readonly authing: Authing;
  /** Rounds of PBKDF2 for a new PIN of QR code and PIN. */
  readonly pinIterations: number;
  /** The folder that it answers below, as its callers see it: empty, or `/some/folder`. */
  readonly basePath: string;
  readonly events: EventStreams;
}

/** What one authenticated request says, read and parsed. */
export interface Asked {
  readonly caller: Caller;
  /** Server clock when all of it had arrived, the same for everything this request does. */
  readonly timeMilliseconds: number;
  readonly requestId: string;
  readonly clientRequestId: string;
  readonly method: string;
  readonly url: string;
  readonly parameters: AddressParameters;
  /** The parsed body; undefined when there is none. */
  readonly body: unknown;
}

/** A request, and what it may look at and change while nothing is awaited. */
export interface Exchange extends Server, Asked {}

/** A request that takes its time: it looks at the state in decisions only. */
export interface SlowExchange extends Asked {
  readonly decide: Decide<Exchange>;
}

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  /** In place of a body: bytes as they come. */
  readonly stream?: ReadableStream<Uint8Array>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Answers one request in one go, as one decision. */
export type QuickOperation = (exchange: Exchange) => Answer;

/**
 * Answers one that has to wait, such as for a PIN's slow hash: after a wait it looks again and
 * decides anew.
 */
export type SlowOperation = (exchange: SlowExchange) => Promise<Answer>;

export type Operation = QuickOperation | SlowOperation;

export const NO_CONTENT: Answer = { status: 204 };

/** Longest request body. The bodies of 3,000 new devices fit. */
export const MAX_BODY_BYTES = 1_048_576;
/** Longer bodies are named by their length in the request log. */
const MAX_LOGGED_CHARACTERS = 2_048;
const JSON_CONTENT = /^application\/([\w.-]+\+)?json\b/i;
const JSON_TYPE = 'application/json;odata.metadata=minimal;odata.streaming=true;charset=utf-8';

/** How a family of addresses speaks: whom it lets in, and what its answers look like. */
export interface Dialect {
  /** The sender. @throws Refusal, or an error of its own that `refused` knows */
  readonly admit: (server: Server, raw: Request) => Caller;
  readonly refused: (error: unknown, trace: Trace) => RefusedAnswer;
  readonly contentType: string;
}

export interface RefusedAnswer extends Answer {
  /** Its name in the dialect's table, for the log. */
  readonly refusal: string;
}

/** What is known of a request from its first byte on, for its answer's headers and for the log. */
export interface Trace {
  readonly requestId: string;
  readonly clientRequestId: string;
  /** Of its headers, and of its last byte once that is there. */
  timeMilliseconds: number;
  caller: string | null;
  body: unknown;
  refusal: string | null;
}

const GRAPH_DIALECT: Dialect = {
  admit: ({ state }, raw) => authenticate(state, raw.headers.get('authorization')),
  refused: refusedByGraph,
  contentType: JSON_TYPE,
};

/** The same shapes for a page that anybody may open. */
export const ANONYMOUS_DIALECT: Dialect = { ...GRAPH_DIALECT, admit: () => ANYBODY };

const ANYBODY: Caller = {
  token: { digest: '', userId: null, label: 'anybody', permissions: [] },
  user: undefined,
};

export interface ServeOptions {
  /** Graph's when left out. */
  readonly dialect?: Dialect;
  /** Whether the request counts for the switchable request rate. */
  readonly throttled: boolean;
  readonly logged: boolean;
  /** Lets the sender in, or refuses a whole family of addresses. @throws Refusal */
  readonly demand?: (caller: Caller) => void;
}

/** Carries a request through authentication, rate, body, operation, answer and log. */
export async function serve(
  server: Server,
  context: Context,
  operation: Operation,
  options: ServeOptions,
): Promise<Response> {
  const { raw } = context.req;
  const { dialect = GRAPH_DIALECT } = options;
  const trace = startTrace(server, raw);
  let answer: Answer;
  try {
    answer = await settled(server.state, async (step) => {
      const caller = admit(server, raw, dialect, options);
      trace.caller = caller.token.label;
      options.demand?.(caller);
      const body = await readBody(server, raw, trace);
      const exchange = exchangeOf(server, raw, trace, { caller, body }, step);
      return step(() => operation(exchange));
    });
  } catch (error) {
    answer = refused(dialect, error, trace);
  }
  if (options.logged) record(server, raw, trace, answer);
  return respond(answer, trace, dialect);
}

/** @throws Refusal for a sender without a valid token, or one who sends too often */
function admit(server: Server, raw: Request, dialect: Dialect, options: ServeOptions): Caller {
  const { state, throttle, clock } = server;
  const caller = dialect.admit(server, raw);
  const rate = state.settings.throttle;
  if (rate && options.throttled) throttle.admit(rate, caller.token.digest, clock.machineNow());
  return caller;
}

/** The same object for both kinds of operation, of which each is let see its half. */
function exchangeOf(
  { state, clock, log, throttle, verifier, authing, pinIterations, basePath, events }: Server,
  raw: Request,
  trace: Trace,
  { caller, body }: Pick<Asked, 'caller' | 'body'>,
  step: Step,
): Exchange & SlowExchange {
  const exchange: Exchange & SlowExchange = {
    state,
    clock,
    log,
    throttle,
    verifier,
    authing,
    pinIterations,
    basePath,
    events,
    caller,
    timeMilliseconds: trace.timeMilliseconds,
    requestId: trace.requestId,
    clientRequestId: trace.clientRequestId,
    method: raw.method,
    url: raw.url,
    parameters: resolveAddress(getPath(raw)).parameters,
    body,
    decide: (work) => step(() => work(exchange)),
  };
  return exchange;
}

function refused(dialect: Dialect, error: unknown, trace: Trace): Answer {
  const answer = dialect.refused(error, trace);
  trace.refusal = answer.refusal;
  return answer;
}

function refusedByGraph(error: unknown, trace: Trace): RefusedAnswer {
  const { refusal, message, headers } = refusalOf(error);
  const status = REFUSALS[refusal][0];
  return { status, body: errorBody(refusal, message, trace), headers, refusal };
}

export function startTrace(server: Server, raw: Request): Trace {
  const requestId = crypto.randomUUID();
  const sent = raw.headers.get('client-request-id');
  return {
    requestId,
    // Only what can stand in a header and a log line is echoed.
    clientRequestId: sent !== null && /^[\x21-\x7e]{1,64}$/.test(sent) ? sent : requestId,
    timeMilliseconds: server.clock.now(),
    caller: null,
    body: null,
    refusal: null,
  };
}

/**
 * The parsed body, undefined when there is none. It may be long in coming: the request's time is that
 * of its end, or else who holds a socket open could have a code looked at by a clock of long ago.
 */
export async function readBody(server: Server, raw: Request, trace: Trace): Promise<unknown> {
  const text = raw.method === 'GET' || raw.method === 'HEAD' ? '' : await readText(raw);
  trace.timeMilliseconds = server.clock.now();
  return parseText(text, raw, trace);
}

async function readText(raw: Request): Promise<string> {
  const announced = raw.headers.get('content-length');
  if (announced !== null && Number(announced) > MAX_BODY_BYTES) throw new Refusal('bodyTooLarge');
  try {
    // An HTTP/1.1 message with a length holds no more than it announces.
    if (announced !== null) return await raw.text();
    return raw.body === null ? '' : await limitedText(raw.body);
  } catch (error) {
    throw error instanceof Refusal ? error : new Refusal('bodyCutShort');
  }
}

function parseText(text: string, raw: Request, trace: Trace): unknown {
  if (text === '') return undefined;
  trace.body = `[${text.length} characters]`;
  const type = raw.headers.get('content-type') ?? '';
  if (!JSON_CONTENT.test(type)) throw new Refusal('contentTypeNotJson');
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    // The parser's message quotes the text, which may hold a secret.
    throw new Refusal('bodyNotJson');
  }
  if (text.length <= MAX_LOGGED_CHARACTERS) trace.body = body;
  return body;
}

async function limitedText(stream: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let length = 0;
  // Read by hand: not every browser goes through a stream with a loop.
  const reader = stream.getReader();
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      length += part.value.length;
      if (length > MAX_BODY_BYTES) throw new Refusal('bodyTooLarge');
      text += decoder.decode(part.value, { stream: true });
    }
  } finally {
    await reader.cancel();
  }
  return text + decoder.decode();
}

/** Any error as an entry of Graph's table; one that nobody expected is told on stderr. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof StoreError) return new Refusal('storeFailed');
  console.error('unexpected failure:', error instanceof Error ? error.stack : typeof error);
  return new Refusal('internal');
}

export function record(
  server: Server,
  { method, url }: Request,
  trace: Trace,
  answer: Answer,
): void {
  server.log.add({
    timeMilliseconds: trace.timeMilliseconds,
    method,
    path: url.slice(url.indexOf('/', 'https://'.length)),
    caller: trace.caller,
    status: answer.status,
    requestId: trace.requestId,
    clientRequestId: trace.clientRequestId,
    refusal: trace.refusal,
    body: trace.body,
  });
}

function respond(answer: Answer, trace: Trace, dialect: Dialect): Response {
  const headers: Record<string, string> = {
    // PINs, secrets of badges, bearer tokens and keys are in answers to every verb.
    'Cache-Control': 'no-store',
    'request-id': trace.requestId,
    'client-request-id': trace.clientRequestId,
    ...answer.headers,
  };
  if (answer.stream) return new Response(answer.stream, { status: answer.status, headers });
  if (answer.body === undefined) return new Response(null, { status: answer.status, headers });
  headers['Content-Type'] = dialect.contentType;
  return new Response(JSON.stringify(answer.body), { status: answer.status, headers });
}
