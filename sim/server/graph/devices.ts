import { serverAddress } from '../address.ts';
import type { Answer, Exchange } from '../exchange.ts';
import { NO_CONTENT } from '../exchange.ts';
import { type Device, NEW_DEVICE_STATE, type User } from '../store/records.ts';
import { demand, mayUseDirectory, mayUseMethods } from './access.ts';
import { assignedState } from './activation.ts';
import {
  bulkEnvelope,
  deviceUpdate,
  type NewDevice,
  newDevice,
  parseBody,
  userReference,
} from './bodies.ts';
import { errorBody, Refusal } from './errors.ts';
import { nextLink, parseQuery, selected } from './odata.ts';
import { contextUrl, deviceBody, queryableDevices } from './shapes.ts';

/** The inventory: hardwareOathTokenAuthenticationMethodDevice. */

export const DEVICES_PATH = '/beta/directory/authenticationMethodDevices/hardwareOathDevices';
const DEVICES = 'directory/authenticationMethodDevices/hardwareOathDevices';

export function listDevices(exchange: Exchange): Answer {
  const { caller, state, url, timeMilliseconds } = exchange;
  demand(mayUseDirectory(caller, 'read'), 'directoryDenied');
  const query = parseQuery(url, queryableDevices(state));
  const page: Device[] = [];
  let hasMore = false;
  for (const device of state.devices()) {
    if (device.sequence <= query.after || device.readableAt > timeMilliseconds) continue;
    if (!query.matches(device)) continue;
    hasMore = page.length === query.top;
    if (hasMore) break;
    page.push(device);
  }
  const fragment = query.select ? `${DEVICES}(${query.select.join(',')})` : DEVICES;
  return {
    status: 200,
    body: {
      '@odata.context': contextUrl(exchange, fragment),
      ...(hasMore && {
        '@odata.nextLink': nextLink(exchange, DEVICES_PATH, page.at(-1)!.sequence),
      }),
      value: page.map((device) => selected(deviceBody(state, device), query.select)),
    },
  };
}

export function getDevice(exchange: Exchange): Answer {
  demand(mayUseDirectory(exchange.caller, 'read'), 'directoryDenied');
  return { status: 200, body: deviceEntity(exchange, readableDevice(exchange)) };
}

/** One device, or many: the presence of `value` tells, the verb does not. */
export function createDevices(exchange: Exchange): Answer {
  demand(mayUseDirectory(exchange.caller, 'write'), 'directoryDenied');
  const { body } = exchange;
  if (typeof body === 'object' && body !== null && 'value' in body)
    return createBulk(exchange, 201);
  const device = createDevice(exchange, body);
  return {
    status: 201,
    headers: { Location: `${serverAddress(exchange)}${DEVICES_PATH}/${device.id}` },
    body: deviceEntity(exchange, device),
  };
}

export function updateCollection(exchange: Exchange): Answer {
  demand(mayUseDirectory(exchange.caller, 'write'), 'directoryDenied');
  return createBulk(exchange, 200);
}

/** Each item stands alone: the good ones are created, a bad one is answered in its place. */
function createBulk(exchange: Exchange, status: 200 | 201): Answer {
  const { value } = parseBody(bulkEnvelope, exchange.body);
  return {
    status,
    body: {
      '@odata.context': contextUrl(exchange, `${DEVICES}/$delta`),
      value: value.map((item) => bulkItem(exchange, item)),
    },
  };
}

function bulkItem(exchange: Exchange, item: unknown): unknown {
  try {
    return deviceBody(exchange.state, createDevice(exchange, item));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const contentId = (item as Record<string, unknown> | null)?.['@contentId'];
    return {
      ...(contentId !== undefined && { '@contentId': contentId }),
      error: errorBody(error.refusal, error.message, exchange).error,
    };
  }
}

function createDevice(exchange: Exchange, body: unknown): Device {
  const { state, timeMilliseconds } = exchange;
  const input: NewDevice = parseBody(newDevice, body);
  if (state.deviceBySerialNumber(input.serialNumber)) throw new Refusal('serialTaken');
  const device: Device = {
    sequence: state.nextDeviceSequence(),
    id: crypto.randomUUID(),
    serialNumber: input.serialNumber,
    manufacturer: input.manufacturer,
    model: input.model,
    secretKey: input.secretKey,
    timeIntervalInSeconds: input.timeIntervalInSeconds,
    hashFunction: input.hashFunction ?? 'hmacsha1',
    readableAt: timeMilliseconds + state.settings.consistencyDelaySeconds * 1000,
    state: { ...NEW_DEVICE_STATE, displayName: input.displayName ?? null },
  };
  const created = input.assignTo
    ? { ...device, state: assignedState(exchange, device, assignee(exchange, input.assignTo.id)) }
    : device;
  state.saveDevice(created);
  return created;
}

export function updateDevice(exchange: Exchange): Answer {
  demand(mayUseDirectory(exchange.caller, 'write'), 'directoryDenied');
  const device = readableDevice(exchange);
  const changes = parseBody(deviceUpdate, exchange.body);
  if (Object.values(changes).every((value) => value === undefined)) {
    throw new Refusal('bodyInvalid', 'The body names no property to update.');
  }
  if (device.state.assignedUserId !== null) throw new Refusal('deviceAssigned');
  exchange.verifier.forget(device.id);
  exchange.state.saveDevice({
    ...device,
    manufacturer: changes.manufacturer ?? device.manufacturer,
    model: changes.model ?? device.model,
    timeIntervalInSeconds: changes.timeIntervalInSeconds ?? device.timeIntervalInSeconds,
    hashFunction: changes.hashFunction ?? device.hashFunction,
    state: {
      ...device.state,
      displayName:
        changes.displayName === undefined ? device.state.displayName : changes.displayName,
    },
  });
  return NO_CONTENT;
}

export function deleteDevice(exchange: Exchange): Answer {
  demand(mayUseDirectory(exchange.caller, 'write'), 'directoryDenied');
  const device = readableDevice(exchange);
  if (device.state.assignedUserId !== null) throw new Refusal('deviceAssigned');
  exchange.verifier.forget(device.id);
  exchange.state.removeDevice(device);
  return NO_CONTENT;
}

export function assignDeviceByReference(exchange: Exchange): Answer {
  demand(mayUseDirectory(exchange.caller, 'write'), 'directoryDenied');
  const device = readableDevice(exchange);
  const { '@odata.id': address } = parseBody(userReference, exchange.body);
  const user = /\/users(?:\/|\(')([^/?#']+)(?:'\))?$/i.exec(address)?.[1];
  if (user === undefined) {
    throw new Refusal('bodyInvalid', '@odata.id must be the address of a user.');
  }
  const assigned = assignedState(exchange, device, assignee(exchange, user));
  exchange.state.saveDeviceState(device, assigned);
  return NO_CONTENT;
}

/** The user a new device goes to. Giving it away needs the right to that user's methods too. */
function assignee(exchange: Exchange, id: string): User {
  const user = exchange.state.user(id);
  const allowed = mayUseMethods(exchange.caller, user?.id ?? id, user, 'write');
  demand(allowed, 'directoryDenied');
  if (!user) throw new Refusal('bodyInvalid', 'The user to assign the device to does not exist.');
  return user;
}

function readableDevice(exchange: Exchange): Device {
  const device = exchange.state.device(exchange.parameters.id);
  if (!device || device.readableAt > exchange.timeMilliseconds) throw new Refusal('deviceUnknown');
  return device;
}

function deviceEntity(exchange: Exchange, device: Device) {
  return {
    '@odata.context': contextUrl(exchange, `${DEVICES}/$entity`),
    ...deviceBody(exchange.state, device),
  };
}
