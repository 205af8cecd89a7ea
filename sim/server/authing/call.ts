import type { Decide } from '../settled.ts';
import type { State } from '../store/state.ts';
import type { Verifier } from '../verifier.ts';
import { AuthingRefusal } from './errors.ts';
import { aged } from './machine.ts';
import type { Application, QrCode, UserPool } from './records.ts';
import type { Authing } from './state.ts';

/** What one request to the Authing dialect says; most need no credential. */
export interface Asked {
  /** Server clock when all of it had arrived, the same for everything this request does. */
  readonly timeMilliseconds: number;
  readonly method: string;
  readonly url: URL;
  readonly basePath: string;
  readonly headers: Headers;
  /** The parsed body; undefined when there is none. */
  readonly body: unknown;
  /** Where the request came from; empty when it came through no socket. */
  readonly remoteAddress: string;
  /** Names the sender in the request log. */
  caller: string | null;
}

/** A request, and what it may look at and change while nothing is awaited. */
export interface Call extends Asked {
  readonly authing: Authing;
  readonly state: State;
  readonly verifier: Verifier;
}

/** A request that takes its time, such as to sign: it looks at the state in decisions only. */
export interface SlowCall extends Asked {
  readonly decide: Decide<Call>;
}

/** A header of either brand: `x-authing-NAME` or `x-genauth-NAME`. */
export function brandHeader(headers: Headers, name: string): string | null {
  return headers.get(`x-authing-${name}`) ?? headers.get(`x-genauth-${name}`);
}

/**
 * The application that a request speaks for: by its header, or the first of the user pool that it
 * names instead (v2 clients may know their pool only).
 * @throws AuthingRefusal applicationMissing, applicationUnknown, userPoolUnknown
 */
export function applicationOf(call: Call): Application {
  const pool = userPoolOf(call);
  const id = brandHeader(call.headers, 'app-id') ?? '';
  if (id === '') {
    if (!pool) throw new AuthingRefusal('applicationMissing');
    return call.authing.applicationsOf(pool)[0]!;
  }
  const application = call.authing.applications.get(id);
  if (!application) throw new AuthingRefusal('applicationUnknown');
  if (pool && pool.id !== application.userPoolId) throw new AuthingRefusal('userPoolUnknown');
  return application;
}

function userPoolOf({ authing, headers }: Call): UserPool | undefined {
  const id = brandHeader(headers, 'userpool-id') ?? '';
  if (id === '') return undefined;
  const pool = authing.userPools.get(id);
  if (!pool) throw new AuthingRefusal('userPoolUnknown');
  return pool;
}

/**
 * The QR code of this id as it is now. That it has expired is written down by whoever sees it
 * first, so that a clock that is set back later does not bring it to life again.
 */
export function qrCodeOf(
  { authing, timeMilliseconds }: Pick<Call, 'authing' | 'timeMilliseconds'>,
  id: string,
): QrCode | undefined {
  const known = authing.qrCodes.get(id);
  if (!known) return undefined;
  const now = aged(known, timeMilliseconds);
  if (now !== known) authing.qrCodes.replace(known, now);
  return now;
}
