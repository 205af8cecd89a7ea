import { type Answer, type Exchange, NO_CONTENT, type SlowExchange } from '../../exchange.ts';
import type { User } from '../../store/records.ts';
import {
  type Access,
  demand,
  mayAdministerMethods,
  mayChangePin,
  mayUseMethods,
} from '../access.ts';
import { parseBody } from '../bodies.ts';
import { Refusal, tooMany } from '../errors.ts';
import * as bodies from './bodies.ts';
import {
  checkLifetime,
  isExpired,
  type Lifetime,
  newCode,
  standardLifetime,
  wholeSeconds,
} from './code.ts';
import { type HashedPin, hashPin, isPin, mayChoose, newPin, randomPin, tryPin } from './pin.ts';
import { type CodeKind, type QrMethod, qrMethods } from './records.ts';
import * as shapes from './shapes.ts';

/** A user's QR code + PIN: qrCodePinAuthenticationMethod, under /me and /users/{id or UPN}. */

/** The only answer that shows a chosen PIN again, or the one the service made. */
export async function createMethod(exchange: SlowExchange): Promise<Answer> {
  const plan = exchange.decide(planMethod);
  const hashed = await hashPin(plan.digits, plan.iterations);
  return exchange.decide((now) => addMethod(now, plan, hashed));
}

interface MethodPlan {
  readonly user: User;
  readonly lifetime: Lifetime;
  readonly digits: string;
  readonly iterations: number;
}

function planMethod(exchange: Exchange): MethodPlan {
  const user = targetUser(exchange, 'write');
  const request = parseBody(bodies.newMethod, exchange.body ?? {});
  const { state, timeMilliseconds } = exchange;
  const { standardQRCodeLifetimeInDays, pinLength } = state.settings.qrCodePinPolicy;
  const dates = request.standardQRCode ?? {};
  const lifetime = standardLifetime(dates, standardQRCodeLifetimeInDays, timeMilliseconds);
  checkLifetime('standardQRCode', lifetime, timeMilliseconds);
  const digits = request.pin?.code ?? randomPin(pinLength);
  if (!mayChoose(digits, pinLength)) throw new Refusal('pinInvalid');
  return { user, lifetime, digits, iterations: exchange.pinIterations };
}

function addMethod(
  exchange: Exchange,
  { user, lifetime, digits }: MethodPlan,
  hashed: HashedPin,
): Answer {
  const { state, timeMilliseconds } = exchange;
  if (qrMethods(state).get(user.id)) throw new Refusal('qrMethodExists');
  const { code, content } = newCode(user.userPrincipalName, lifetime, timeMilliseconds);
  const pin = newPin(hashed, {
    id: crypto.randomUUID(),
    forceChange: true,
    createdAt: timeMilliseconds,
    updatedAt: timeMilliseconds,
  });
  const method: QrMethod = {
    id: user.id,
    methodId: crypto.randomUUID(),
    createdAt: timeMilliseconds,
    lastUsedAt: null,
    standardQRCode: code,
    temporaryQRCode: null,
    pin,
  };
  const codeBody = shapes.newCodeBody('standardQRCode', code, content);
  qrMethods(state).save(method);
  return {
    status: 201,
    headers: { Location: shapes.methodLocation(exchange, user) },
    body: shapes.newMethodBody(method, codeBody, digits),
  };
}

export function getMethod(exchange: Exchange): Answer {
  const method = methodOf(exchange, targetUser(exchange, 'read'));
  return { status: 200, body: shapes.methodBody(exchange, method) };
}

/** Codes and PIN go with it. */
export function deleteMethod(exchange: Exchange): Answer {
  const method = methodOf(exchange, targetUser(exchange, 'write'));
  qrMethods(exchange.state).remove(method);
  return NO_CONTENT;
}

export const getStandardCode = (exchange: Exchange) => getCode(exchange, 'standardQRCode');
export const getTemporaryCode = (exchange: Exchange) => getCode(exchange, 'temporaryQRCode');
export const deleteStandardCode = (exchange: Exchange) => deleteCode(exchange, 'standardQRCode');
export const deleteTemporaryCode = (exchange: Exchange) => deleteCode(exchange, 'temporaryQRCode');

/** beta's sample of a single code carries no type. */
function getCode(exchange: Exchange, kind: CodeKind): Answer {
  const code = methodOf(exchange, targetUser(exchange, 'read'))[kind];
  if (!code) throw new Refusal('qrCodeUnknown');
  const type = shapes.versionOf(exchange) === 'v1.0' && shapes.CODE_TYPE;
  return { status: 200, body: { ...type, ...shapes.codeBody(kind, code) } };
}

/** The other code and the PIN stay. */
function deleteCode(exchange: Exchange, kind: CodeKind): Answer {
  const method = methodOf(exchange, targetUser(exchange, 'write'));
  if (!method[kind]) throw new Refusal('qrCodeUnknown');
  qrMethods(exchange.state).save({ ...method, [kind]: null });
  return NO_CONTENT;
}

/** Moves the expiry of the code that is good, or makes a new one where none is. */
export function updateStandardCode(exchange: Exchange): Answer {
  const user = targetUser(exchange, 'write');
  const method = methodOf(exchange, user);
  const { state, timeMilliseconds } = exchange;
  const dates = parseBody(bodies.standardQRCode, exchange.body ?? {});
  const code = method.standardQRCode;
  if (!code || isExpired(code, timeMilliseconds)) {
    const days = state.settings.qrCodePinPolicy.standardQRCodeLifetimeInDays;
    const lifetime = standardLifetime(dates, days, timeMilliseconds);
    return createCode(exchange, user, method, 'standardQRCode', lifetime);
  }
  // Earlier versions kept the fraction, which no answer shows.
  const startAt = wholeSeconds(code.startAt);
  const { startDateTime = startAt, expireDateTime } = dates;
  if (startDateTime !== startAt) {
    throw new Refusal('bodyInvalid', 'startDateTime: cannot be updated.');
  }
  if (expireDateTime === undefined) {
    throw new Refusal('bodyInvalid', 'expireDateTime: is required.');
  }
  const moved = { ...code, expireAt: expireDateTime };
  checkLifetime('standardQRCode', moved, timeMilliseconds);
  qrMethods(state).save({ ...method, standardQRCode: moved });
  return {
    status: 200,
    body: { ...shapes.CODE_TYPE, ...shapes.codeBody('standardQRCode', moved) },
  };
}

/** A temporary code cannot be edited: there is none that is good, or this is refused. */
export function createTemporaryCode(exchange: Exchange): Answer {
  const user = targetUser(exchange, 'write');
  const method = methodOf(exchange, user);
  const { timeMilliseconds } = exchange;
  const dates = parseBody(bodies.temporaryQRCode, exchange.body);
  const active = method.temporaryQRCode;
  if (active && !isExpired(active, timeMilliseconds)) throw new Refusal('qrCodeExists');
  const startAt = dates.startDateTime ?? wholeSeconds(timeMilliseconds);
  const lifetime = { startAt, expireAt: dates.expireDateTime };
  return createCode(exchange, user, method, 'temporaryQRCode', lifetime);
}

function createCode(
  exchange: Exchange,
  user: User,
  method: QrMethod,
  kind: CodeKind,
  lifetime: Lifetime,
): Answer {
  const { state, timeMilliseconds } = exchange;
  checkLifetime(kind, lifetime, timeMilliseconds);
  const { code, content } = newCode(user.userPrincipalName, lifetime, timeMilliseconds);
  const body = shapes.newCodeBody(kind, code, content);
  qrMethods(state).save({ ...method, [kind]: code });
  const headers = { Location: `${shapes.methodLocation(exchange, user)}/${kind}` };
  return { status: 201, headers, body };
}

export function getPin(exchange: Exchange): Answer {
  const { pin } = methodOf(exchange, targetUser(exchange, 'read'));
  const body = { id: pin.id, ...shapes.pinBody(pin, shapes.versionOf(exchange)) };
  return { status: 200, body: { '@odata.type': '#microsoft.graph.qrPin', ...body } };
}

/**
 * A new PIN made by the service. Entra offers this to nobody for themselves: under /me too it takes
 * an administrator's role.
 */
export async function resetPin({ decide, timeMilliseconds }: SlowExchange): Promise<Answer> {
  const { user, digits, iterations } = decide((exchange) => {
    const user = targetUser(exchange, 'write');
    demand(mayAdministerMethods(exchange.caller, user, 'QR'), 'methodsDenied');
    methodOf(exchange, user);
    parseBody(bodies.pinReset, exchange.body);
    const { state, pinIterations } = exchange;
    const digits = randomPin(state.settings.qrCodePinPolicy.pinLength);
    return { user, digits, iterations: pinIterations };
  });
  const hashed = await hashPin(digits, iterations);
  return decide((exchange) => {
    const method = methodOf(exchange, user);
    const pin = newPin(hashed, {
      id: method.pin.id,
      forceChange: true,
      createdAt: timeMilliseconds,
      updatedAt: timeMilliseconds,
    });
    qrMethods(exchange.state).save({ ...method, pin });
    return { status: 201, body: shapes.newPinBody(pin, digits) };
  });
}

/** The owner's change: the current PIN is tried, and counts like one at the sign-in page. */
export async function updatePin(exchange: SlowExchange): Promise<Answer> {
  const { user, currentPin, newPin: digits, iterations } = exchange.decide(readPinChange);
  const hashed = await hashPin(digits, iterations);
  const method = exchange.decide((now) => methodOf(now, user));
  const tried = await tryPin(exchange, method, currentPin);
  if (tried.verdict === 'locked') throw tooMany('pinLocked', tried.milliseconds);
  if (tried.verdict !== 'right') throw new Refusal('pinWrong');
  if (digits === currentPin) throw new Refusal('pinUnchanged');
  return exchange.decide((now) => {
    const current = methodOf(now, user);
    // Replaced since it was found right: what was tried is no longer the PIN.
    if (current.pin.hash !== tried.method.pin.hash) throw new Refusal('pinWrong');
    const { id, createdAt } = current.pin;
    const updatedAt = now.timeMilliseconds;
    const pin = newPin(hashed, { id, forceChange: false, createdAt, updatedAt });
    qrMethods(now.state).replace(current, { ...current, pin });
    return NO_CONTENT;
  });
}

function readPinChange(exchange: Exchange) {
  const { state, caller, parameters, pinIterations } = exchange;
  const user = namedUser(exchange);
  demand(mayChangePin(caller, user?.id ?? parameters.user), 'methodsDenied');
  methodOf(exchange, user!);
  const request = parseBody(bodies.pinChange, exchange.body);
  if (!isPin(request.currentPin)) throw new Refusal('pinWrong');
  const { pinLength } = state.settings.qrCodePinPolicy;
  if (!mayChoose(request.newPin, pinLength)) throw new Refusal('pinInvalid');
  return { user: user!, ...request, iterations: pinIterations };
}

function namedUser({ caller, state, parameters }: Exchange): User | undefined {
  if (parameters.user !== '') return state.user(parameters.user);
  if (!caller.user) throw new Refusal('delegationNeeded');
  return caller.user;
}

/** A caller without the right learns nothing about whether the user exists. */
function targetUser(exchange: Exchange, access: Access): User {
  const user = namedUser(exchange);
  const id = user?.id ?? exchange.parameters.user;
  demand(mayUseMethods(exchange.caller, id, user, access, 'QR'), 'methodsDenied');
  if (!user) throw new Refusal('userUnknown');
  return user;
}

function methodOf({ state }: Exchange, user: User): QrMethod {
  const method = qrMethods(state).get(user.id);
  if (!method) throw new Refusal('qrMethodUnknown');
  return method;
}
