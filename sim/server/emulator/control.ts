import type { Answer, Exchange } from '../exchange.ts';
import { NO_CONTENT } from '../exchange.ts';
import { Refusal } from '../graph/errors.ts';
import { dateTime, deviceBody } from '../graph/shapes.ts';
import { newTokenText, tokenDigest } from '../tokens.ts';
import * as bodies from './bodies.ts';

/** What a tester needs and Graph does not have: people, tokens, time, faults, and a look inside. */

export function listUsers({ state }: Exchange): Answer {
  return { status: 200, body: { value: state.users() } };
}

export function createUser({ state, body }: Exchange): Answer {
  const input = bodies.parseEmulatorBody(bodies.newUser, body);
  const user = {
    ...input,
    id: (input.id ?? crypto.randomUUID()).toLowerCase(),
    displayName: input.displayName ?? input.userPrincipalName,
  };
  if (state.user(user.id) || state.user(user.userPrincipalName)) throw new Refusal('userTaken');
  state.addUser(user);
  return { status: 201, body: user };
}

export function listTokens({ state }: Exchange): Answer {
  const value = state
    .accessTokens()
    .map(({ label, userId, permissions }) => ({ label, userId, permissions }));
  return { status: 200, body: { value } };
}

/** The only answer that ever holds the token's text. */
export function createToken({ state, body }: Exchange): Answer {
  const input = bodies.parseEmulatorBody(bodies.newToken, body);
  const user = input.user === undefined ? undefined : state.user(input.user);
  if (input.user !== undefined && !user) throw new Refusal('userUnknown');
  const accessToken = newTokenText();
  const label = user ? user.userPrincipalName : input.application!;
  const permissions = input.scopes ?? input.roles ?? [];
  const digest = tokenDigest(accessToken);
  state.addAccessToken({ digest, userId: user?.id ?? null, label, permissions });
  return {
    status: 201,
    body: { accessToken, tokenType: 'Bearer', label, userId: user?.id ?? null, permissions },
  };
}

export function getClock({ clock, state }: Exchange): Answer {
  const time = new Date(clock.now()).toISOString();
  return { status: 200, body: { mode: state.settings.clock.mode, time } };
}

/** `real` goes back to the machine's time; `fixed` stops at `time`, or at this moment. */
export function setClock(exchange: Exchange): Answer {
  const input = bodies.parseEmulatorBody(bodies.clockSetting, exchange.body);
  const { clock } = exchange;
  if (input.mode === 'real') clock.set({ mode: 'real', offsetMilliseconds: 0 });
  else clock.set({ mode: 'fixed', timeMilliseconds: input.time ?? clock.now() });
  return getClock(exchange);
}

export function advanceClock(exchange: Exchange): Answer {
  const { seconds } = bodies.parseEmulatorBody(bodies.clockAdvance, exchange.body);
  exchange.clock.advance(Math.round(seconds * 1000));
  return getClock(exchange);
}

export function getSettings({ state }: Exchange): Answer {
  const { throttle, consistencyDelaySeconds, attemptCap, attemptPauseSeconds } = state.settings;
  const { signInNeedsStep, pinAttemptCap, pinLockoutSeconds } = state.settings;
  return {
    status: 200,
    body: {
      throttle,
      consistencyDelaySeconds,
      attemptCap,
      attemptPauseSeconds,
      signInNeedsStep,
      pinAttemptCap,
      pinLockoutSeconds,
    },
  };
}

export function updateSettings(exchange: Exchange): Answer {
  const changes = bodies.parseEmulatorBody(bodies.settingsUpdate, exchange.body);
  const given = Object.entries(changes).filter(([, value]) => value !== undefined);
  exchange.state.saveSettings(Object.fromEntries(given));
  exchange.throttle.clear();
  return getSettings(exchange);
}

/** Devices with what Graph keeps to itself: drift, last used step, wrong codes. No secrets. */
export function listDevices({ state }: Exchange): Answer {
  const value = Array.from(state.devices(), (device) => ({
    ...deviceBody(state, device),
    driftSteps: device.state.driftSteps,
    lastUsedStep: device.state.lastUsedStep,
    wrongCodeCount: device.state.wrongCodeCount,
    retryDateTime: device.state.retryAt === 0 ? null : dateTime(device.state.retryAt),
  }));
  return { status: 200, body: { value } };
}

const DEFAULT_LOG_ENTRIES = 100;
const MAX_LOG_ENTRIES = 1_000;

/** `?after=N&limit=M`: the newest entries, or those after sequence N; oldest first. */
export function readLog({ log, url }: Exchange): Answer {
  const parameters = new URL(url).searchParams;
  const after = wholeParameter(parameters, 'after', 0);
  const limit = Math.min(wholeParameter(parameters, 'limit', DEFAULT_LOG_ENTRIES), MAX_LOG_ENTRIES);
  return { status: 200, body: { value: log.read(after, limit) } };
}

function wholeParameter(parameters: URLSearchParams, name: string, otherwise: number): number {
  const text = parameters.get(name);
  if (text === null) return otherwise;
  if (!/^\d{1,12}$/.test(text))
    throw new Refusal('queryInvalid', `${name} must be a whole number.`);
  return Number(text);
}

/** An empty server again, but for the caller: its token and its user stay, or nobody could go on. */
export function reset(exchange: Exchange): Answer {
  const { state, caller, verifier, log, throttle, authing } = exchange;
  state.reset(caller.user, caller.token, log.clear());
  authing.ensureUserPool();
  verifier.forget();
  throttle.clear();
  return NO_CONTENT;
}
