import type { Context } from 'hono';
import { readBody, record, type Server, startTrace, type Trace } from '../exchange.ts';
import { REFUSALS, Refusal } from '../graph/errors.ts';
import { type Step, settled } from '../settled.ts';
import { StoreError } from '../store/errors.ts';
import type { Call, SlowCall } from './call.ts';
import { corsHeaders } from './cors.ts';
import { AUTHING_REFUSALS, AuthingRefusal, type AuthingRefusalName, apiCodeOf } from './errors.ts';

/** How the answers of an address are wrapped; `v2-query` always has `data`, also in a refusal. */
export type Format = 'v3' | 'v2' | 'v2-query' | 'oidc';

/** Decides on one request in one go, and returns the JSON of a success. */
export type QuickCall = (call: Call) => object;

/** Answers one that has to wait, such as for a signature, with its looks at the state in between. */
export type AuthingOperation = QuickCall | ((call: SlowCall) => Promise<object>);

/** Carries a request through body, operation, envelope, answer and log. */
export async function serveAuthing(
  server: Server,
  context: Context,
  format: Format,
  operation: AuthingOperation,
): Promise<Response> {
  const { raw } = context.req;
  const trace = startTrace(server, raw);
  let answer: FormattedAnswer;
  try {
    const body = await settled(server.state, (step) =>
      answered(server, context, trace, operation, step),
    );
    answer = { status: 200, body };
  } catch (error) {
    answer = refused(error, format, trace);
  }
  record(server, raw, trace, answer);
  return Response.json(answer.body, {
    status: answer.status,
    // Answers hold tokens and tickets (RFC 6749 §5.1).
    headers: {
      'cache-control': 'no-store',
      ...(answer.status === 401 && { 'www-authenticate': 'Bearer error="invalid_token"' }),
      ...corsHeaders(raw.headers),
    },
  });
}

async function answered(
  server: Server,
  context: Context,
  trace: Trace,
  operation: AuthingOperation,
  step: Step,
): Promise<object> {
  const call = await callOf(server, context, trace, step);
  try {
    return await step(() => operation(call));
  } finally {
    trace.caller = call.caller;
  }
}

interface FormattedAnswer {
  readonly status: number;
  readonly body: object;
}

/** The same object for both kinds of operation, of which each is let see its half. */
async function callOf(
  server: Server,
  context: Context,
  trace: Trace,
  step: Step,
): Promise<Call & SlowCall> {
  const { raw } = context.req;
  const body = await readBody(server, raw, trace);
  const { authing, state, verifier, basePath } = server;
  const call: Call & SlowCall = {
    authing,
    state,
    verifier,
    timeMilliseconds: trace.timeMilliseconds,
    method: raw.method,
    url: new URL(raw.url),
    basePath,
    headers: raw.headers,
    body,
    remoteAddress: remoteAddressOf(context),
    caller: null,
    decide: (work) => step(() => work(call)),
  };
  return call;
}

/** As the Node adapter knows it; a request that came through no socket has none. */
function remoteAddressOf({ env }: Context): string {
  const { incoming } = (env ?? {}) as { incoming?: { socket?: { remoteAddress?: string } } };
  return incoming?.socket?.remoteAddress ?? '';
}

function refused(error: unknown, format: Format, trace: Trace): FormattedAnswer {
  const { refusal, detail } = refusalOf(error);
  trace.refusal = refusal;
  const body = refusalBody(format, refusal, detail, trace.requestId);
  return { status: httpStatusOf(refusal, format), body };
}

/**
 * 200 for whatever the business decides, as the vendor does: its SDKs throw at anything else and
 * lose the body. What is wrong below that (address, size, database) is an HTTP status too.
 */
function httpStatusOf(refusal: AuthingRefusalName, format: Format): number {
  const [status] = AUTHING_REFUSALS[refusal];
  const isBelow = status === 405 || status === 413 || status >= 500 || refusal === 'addressUnknown';
  return isBelow || format === 'oidc' ? status : 200;
}

function refusalBody(
  format: Format,
  refusal: AuthingRefusalName,
  detail: string | undefined,
  requestId: string,
): object {
  const [statusCode, code, message, messageV2 = message] = AUTHING_REFUSALS[refusal];
  if (format === 'v3') {
    const apiCode = apiCodeOf(refusal);
    return { statusCode, ...(apiCode && { apiCode }), message: detail ?? message, requestId };
  }
  // RFC 6750 §3.1; bare, like everything under /oidc.
  if (format === 'oidc') {
    const error = statusCode === 401 ? 'invalid_token' : 'invalid_request';
    return { error, error_description: detail ?? message };
  }
  const withData = format === 'v2-query' ? { data: null } : {};
  return { code, message: detail ?? messageV2, ...withData };
}

/** Any failure as one of this dialect's, those of the shared request reader included. */
export function refusalOf(error: unknown): Pick<AuthingRefusal, 'refusal' | 'detail'> {
  if (error instanceof AuthingRefusal) return error;
  if (error instanceof StoreError) return { refusal: 'storeFailed', detail: undefined };
  if (error instanceof Refusal) {
    const isTooLarge = REFUSALS[error.refusal][0] === 413;
    return { refusal: isTooLarge ? 'bodyTooLarge' : 'requestInvalid', detail: error.message };
  }
  console.error('unexpected failure:', error instanceof Error ? error.stack : typeof error);
  return { refusal: 'internal', detail: undefined };
}
