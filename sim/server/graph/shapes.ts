import { serverAddress } from '../address.ts';
import type { Exchange } from '../exchange.ts';
import type { Device, User } from '../store/records.ts';
import type { State } from '../store/state.ts';
import type { Queryable } from './odata.ts';

/** What the answers look like: single objects, unwrapped, known-but-empty properties as null. */

/** DateTimeOffset in UTC, to the second. */
export function dateTime(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}

function nullableDateTime(milliseconds: number | null): string | null {
  return milliseconds === null ? null : dateTime(milliseconds);
}

export function contextUrl(exchange: Exchange, fragment: string, version = 'beta'): string {
  return `${serverAddress(exchange)}/${version}/$metadata#${fragment}`;
}

/** hardwareOathTokenAuthenticationMethodDevice. The secret can be written and never read. */
export function deviceBody(state: State, device: Device) {
  const user = assignedUser(state, device);
  return {
    id: device.id,
    displayName: device.state.displayName,
    serialNumber: device.serialNumber,
    manufacturer: device.manufacturer,
    model: device.model,
    secretKey: null,
    timeIntervalInSeconds: device.timeIntervalInSeconds,
    status: device.state.status,
    lastUsedDateTime: nullableDateTime(device.state.lastUsedAt),
    hashFunction: device.hashFunction,
    assignedTo: user ? { id: user.id, displayName: user.displayName } : null,
  };
}

function assignedUser(state: State, device: Device): User | undefined {
  const { assignedUserId } = device.state;
  return assignedUserId === null ? undefined : state.user(assignedUserId);
}

export const DEVICE_PROPERTIES = [
  'id',
  'displayName',
  'serialNumber',
  'manufacturer',
  'model',
  'secretKey',
  'timeIntervalInSeconds',
  'status',
  'lastUsedDateTime',
  'hashFunction',
  'assignedTo',
] as const;

export function queryableDevices(state: State): Queryable<Device> {
  return {
    selectable: DEVICE_PROPERTIES,
    filterable: {
      serialNumber: (device) => device.serialNumber,
      manufacturer: (device) => device.manufacturer,
      model: (device) => device.model,
      timeIntervalInSeconds: (device) => device.timeIntervalInSeconds,
      hashFunction: (device) => device.hashFunction,
      status: (device) => device.state.status,
      assignedTo: (device) => device.state.assignedUserId,
      'assignedTo/id': (device) => device.state.assignedUserId,
      'assignedTo/displayName': (device) => assignedUser(state, device)?.displayName ?? null,
    },
  };
}

/** hardwareOathAuthenticationMethod, with its device inline. `lastUsedDateTime` once it has one. */
export function methodBody(state: State, device: Device) {
  const { lastUsedAt } = device.state;
  return {
    '@odata.type': '#microsoft.graph.hardwareOathAuthenticationMethod',
    id: device.id,
    createdDateTime: nullableDateTime(device.state.assignedAt),
    ...(lastUsedAt === null ? {} : { lastUsedDateTime: dateTime(lastUsedAt) }),
    device: deviceBody(state, device),
  };
}

export const QUERYABLE_METHODS: Queryable<Device> = {
  selectable: ['id', 'createdDateTime', 'lastUsedDateTime', 'device'],
  filterable: {
    id: (device) => device.id,
    'device/id': (device) => device.id,
    'device/serialNumber': (device) => device.serialNumber,
    'device/status': (device) => device.state.status,
  },
};
