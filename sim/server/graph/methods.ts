import type { Answer, Exchange } from '../exchange.ts';
import { NO_CONTENT } from '../exchange.ts';
import type { Device, User } from '../store/records.ts';
import { type Access, demand, mayUseDirectory, mayUseMethods } from './access.ts';
import { activate, assignedState, unassignedState } from './activation.ts';
import * as bodies from './bodies.ts';
import { Refusal, type RefusalName } from './errors.ts';
import { nextLink, parseQuery, selected } from './odata.ts';
import { contextUrl, methodBody, QUERYABLE_METHODS } from './shapes.ts';

/** A user's tokens: hardwareOathAuthenticationMethod, under /me and /users/{id or UPN}. */

export function listMethods(exchange: Exchange): Answer {
  const user = targetUser(exchange, 'read');
  const { state, url, timeMilliseconds } = exchange;
  const query = parseQuery(url, QUERYABLE_METHODS);
  // A user has five tokens at most; a page marker here counts items.
  const matching = state
    .devicesOfUser(user.id)
    .filter((device) => device.state.methodReadableAt <= timeMilliseconds && query.matches(device));
  const end = query.after + query.top;
  const path = new URL(url).pathname;
  return {
    status: 200,
    body: {
      '@odata.context': contextUrl(exchange, methodsFragment(user)),
      ...(matching.length > end && { '@odata.nextLink': nextLink(exchange, path, end) }),
      value: matching
        .slice(query.after, end)
        .map((device) => selected(methodBody(state, device), query.select)),
    },
  };
}

export function getMethod(exchange: Exchange): Answer {
  const user = targetUser(exchange, 'read');
  const device = methodOf(exchange, user);
  return {
    status: 200,
    body: {
      '@odata.context': contextUrl(exchange, `${methodsFragment(user)}/$entity`),
      ...methodBody(exchange.state, device),
    },
  };
}

export function assignMethod(exchange: Exchange): Answer {
  const user = targetUser(exchange, 'write');
  const deviceId = bodies.parseBody(bodies.assignment, exchange.body);
  const device = deviceById(exchange, deviceId, user);
  const assigned = assignedState(exchange, device, user);
  const changed = exchange.state.saveDeviceState(device, assigned);
  return { status: 201, body: methodBody(exchange.state, changed) };
}

export function unassignMethod(exchange: Exchange): Answer {
  const user = targetUser(exchange, 'write');
  const device = methodOf(exchange, user);
  exchange.state.saveDeviceState(device, unassignedState(device));
  return NO_CONTENT;
}

export function activateMethod(exchange: Exchange): Answer {
  const user = targetUser(exchange, 'write');
  const device = methodOf(exchange, user);
  activate(exchange, device, user, bodies.parseBody(bodies.activation, exchange.body));
  return NO_CONTENT;
}

/** The token stays assigned; its used steps stay used. */
export function deactivateMethod(exchange: Exchange): Answer {
  const user = targetUser(exchange, 'write');
  const device = methodOf(exchange, user);
  if (device.state.status !== 'activated') throw new Refusal('deviceNotActivated');
  exchange.state.saveDeviceState(device, { ...device.state, status: 'assigned' });
  return NO_CONTENT;
}

export function assignAndActivateMethod(exchange: Exchange): Answer {
  const user = targetUser(exchange, 'write');
  const request = bodies.parseBody(bodies.assignAndActivate, exchange.body);
  activate(exchange, deviceById(exchange, request.device.id, user), user, request);
  return NO_CONTENT;
}

export function assignAndActivateBySerialNumber(exchange: Exchange): Answer {
  const user = targetUser(exchange, 'write');
  const request = bodies.parseBody(bodies.assignAndActivateBySerialNumber, exchange.body);
  const device = exchange.state.deviceBySerialNumber(request.serialNumber);
  activate(exchange, reachable(exchange, device, user, 'serialUnknown'), user, request);
  return NO_CONTENT;
}

/**
 * The user whose methods are meant. A caller without the right learns nothing about whether the
 * user exists.
 */
function targetUser(exchange: Exchange, access: Access): User {
  const { caller, state } = exchange;
  const name = exchange.parameters.user;
  if (name === '' && !caller.user) throw new Refusal('delegationNeeded');
  const user = name === '' ? caller.user : state.user(name);
  demand(mayUseMethods(caller, user?.id ?? name, user, access), 'methodsDenied');
  if (!user) throw new Refusal('userUnknown');
  return user;
}

/** The device of the address, which must be assigned to this user and already visible as such. */
function methodOf(exchange: Exchange, user: User): Device {
  const device = exchange.state.device(exchange.parameters.id);
  const isVisible =
    device?.state.assignedUserId === user.id &&
    device.state.methodReadableAt <= exchange.timeMilliseconds;
  if (!isVisible) throw new Refusal('methodUnknown');
  return device;
}

function deviceById(exchange: Exchange, id: string, user: User): Device {
  return reachable(exchange, exchange.state.device(id), user, 'deviceUnknown');
}

/**
 * A device that this user may be given. Somebody else's token is called unknown to callers who
 * may not read the inventory, so that serial numbers cannot be sounded out.
 */
function reachable(
  exchange: Exchange,
  device: Device | undefined,
  user: User,
  unknown: RefusalName,
): Device {
  if (!device || device.readableAt > exchange.timeMilliseconds) throw new Refusal(unknown);
  const { assignedUserId } = device.state;
  const isForeign = assignedUserId !== null && assignedUserId !== user.id;
  if (isForeign && !mayUseDirectory(exchange.caller, 'read')) throw new Refusal(unknown);
  if (isForeign) throw new Refusal('deviceTaken');
  return device;
}

function methodsFragment(user: User): string {
  return `users('${user.id}')/authentication/hardwareOathMethods`;
}
