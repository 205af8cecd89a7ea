import { createHmac } from 'node:crypto';
import { type App, createApp } from '../../sim/server/app.ts';
import { ADMINISTRATOR_PERMISSIONS, ADMINISTRATOR_ROLES } from '../../sim/server/graph/access.ts';
import { openLibsql } from '../../sim/server/store/libsql.ts';
import type { Persistence } from '../../sim/server/store/persistence.ts';
import {
  type Device,
  type DeviceState,
  NEW_DEVICE_STATE,
  type User,
} from '../../sim/server/store/records.ts';
import { newTokenText, tokenDigest } from '../../sim/server/tokens.ts';

/** A small tenant for tests: two people, four tokens, a clock that stands still. */

export const START = '2026-03-02T09:30:10Z';
export const DEVICES = '/beta/directory/authenticationMethodDevices/hardwareOathDevices';
export const MY_METHODS = '/beta/me/authentication/hardwareOathMethods';
export const POLICY =
  '/beta/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/hardwareOath';

export const NOOR: User = {
  id: '7b1f0c52-3d64-4e0a-9c1d-2a5b8f6e4d10',
  userPrincipalName: 'noor.ansel@lamplight.example',
  displayName: 'Noor Ansel',
  directoryRoles: ADMINISTRATOR_ROLES,
  groupIds: [],
};
export const IVO: User = {
  id: 'c24e9d3a-51b7-4f86-8e02-90d7a1c3b5f8',
  userPrincipalName: 'ivo.tarrant@lamplight.example',
  displayName: 'Ivo Tarrant',
  directoryRoles: [],
  groupIds: [],
};

const lamplight = {
  manufacturer: 'Lamplight',
  model: 'Pebble T1',
  timeIntervalInSeconds: 30,
  hashFunction: 'hmacsha1',
  readableAt: 0,
  state: NEW_DEVICE_STATE,
} as const;

export const SPARE: Device = {
  ...lamplight,
  sequence: 1,
  id: '3f9a6f0e-8c1b-4d27-a5e4-1b0c9d7e6f21',
  serialNumber: 'LMP-000417',
  secretKey: 'H2LXPIA4OFE6PMOIEKJIMCJYBPBVWDHY',
  state: { ...NEW_DEVICE_STATE, displayName: 'Front desk spare' },
};
export const IVOS: Device = {
  ...lamplight,
  sequence: 2,
  id: '5ad0c7b9-24ee-4f13-9b68-e7f2a6c0d345',
  serialNumber: 'LMP-000418',
  model: 'Pebble T2',
  timeIntervalInSeconds: 60,
  hashFunction: 'hmacsha256',
  secretKey: 'CNNLZMSQWKDDNPJNBQ3PKRD5TTCQGI4BYOFEAU6VMHNTMA6VIXXA',
  state: assignedTo(IVO),
};
export const FREE: Device = {
  ...lamplight,
  sequence: 3,
  id: '90e41b7c-6f5d-4a28-8d3b-c15e0f9a7b62',
  serialNumber: 'LMP-000419',
  secretKey: 'SQBYRKMDGWD7ODIVIL4EHM44NM7B3VPY',
};
export const NOORS: Device = {
  ...lamplight,
  sequence: 4,
  id: 'be2758d1-0a93-4c6f-97e5-4d8b1f3c6a09',
  serialNumber: 'LMP-000420',
  secretKey: '76KOWDX53JSNQJYPRJRVNOB4B2GHH5EL',
  state: assignedTo(NOOR),
};

export function assignedTo(user: User, more: Partial<DeviceState> = {}): DeviceState {
  return {
    ...NEW_DEVICE_STATE,
    status: 'assigned',
    assignedUserId: user.id,
    assignedAt: Date.parse('2026-03-02T09:31:00Z'),
    ...more,
  };
}

/** A PIN's hash made as every other, only sooner. */
export const FEW_ITERATIONS = 1_000;

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The parsed body; undefined when there is none. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of every shape
  readonly body: any;
}

export interface Tenant {
  readonly app: App;
  /** Noor's token, for everything. */
  readonly token: string;
  /** Milliseconds of the machine's clock, which only the request rate goes by. */
  machine: { milliseconds: number };
  send(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Reply>;
  tokenFor(user: User | null, permissions: readonly string[]): string;
  setClock(time: string | number): void;
  /** What a refusal must leave as it was: every device with its state. */
  stateOf(serialNumber: string): DeviceState;
}

export function tenant(
  devices: readonly Device[] = [SPARE, IVOS, FREE, NOORS],
  persistence: Persistence = openLibsql(':memory:'),
): Tenant {
  const machine = { milliseconds: Date.parse(START) };
  const machineMilliseconds = () => machine.milliseconds;
  const app = createApp({ persistence, machineMilliseconds, pinIterations: FEW_ITERATIONS });
  for (const user of [NOOR, IVO]) app.state.addUser(user);
  for (const device of devices) app.state.saveDevice(device);
  const tokenFor = (user: User | null, permissions: readonly string[]) => {
    const text = newTokenText();
    const label = user?.userPrincipalName ?? 'application';
    app.state.addAccessToken({
      digest: tokenDigest(text),
      userId: user?.id ?? null,
      label,
      permissions,
    });
    return text;
  };
  const setClock = (time: string | number) => {
    const timeMilliseconds = typeof time === 'number' ? time * 1000 : Date.parse(time);
    app.clock.set({ mode: 'fixed', timeMilliseconds });
  };
  setClock(START);
  const token = tokenFor(NOOR, ADMINISTRATOR_PERMISSIONS);
  return {
    app,
    token,
    machine,
    tokenFor,
    setClock,
    send: (method, path, body, headers) => send(app, token, method, path, body, headers),
    stateOf: (serialNumber) => app.state.deviceBySerialNumber(serialNumber)!.state,
  };
}

/** A string body is sent as it is, anything else as JSON. An empty header value leaves it out. */
async function send(
  app: App,
  token: string,
  method: string,
  path: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Reply> {
  const all = { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers };
  const sent = Object.entries(all).filter(([, value]) => value !== '');
  const content = typeof body === 'string' ? body : JSON.stringify(body);
  const response = await app.fetch(
    new Request(`http://localhost:8080${path}`, {
      method,
      headers: Object.fromEntries(sent),
      ...(body !== undefined && body !== null && { body: content }),
    }),
  );
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: text === '' ? undefined : JSON.parse(text),
  };
}

/** An independent TOTP (RFC 6238 over node:crypto), so that no code is made by what is tested. */
export function codeOf(
  device: Pick<Device, 'secretKey' | 'hashFunction' | 'timeIntervalInSeconds'>,
  timeSeconds: number,
): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(timeSeconds / device.timeIntervalInSeconds)));
  const hash = device.hashFunction === 'hmacsha256' ? 'sha256' : 'sha1';
  const mac = createHmac(hash, base32Bytes(device.secretKey)).update(counter).digest();
  const number = mac.readUInt32BE(mac[mac.length - 1]! & 15) & 0x7fff_ffff;
  return String(number % 1_000_000).padStart(6, '0');
}

function base32Bytes(text: string): Buffer {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...text].map((c) => alphabet.indexOf(c).toString(2).padStart(5, '0')).join('');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}

export const startSeconds = Date.parse(START) / 1000;

/** A text without its random ids: now and then one has the six digits of a code in it. */
export const withoutIds = (text: string) =>
  text.replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '');

/** A code that none of the steps within `window` of the time has. */
export function wrongCode(device: Device, timeSeconds: number, window = 2_880): string {
  const right = new Set<string>();
  for (let offset = -window; offset <= window; offset++) {
    right.add(codeOf(device, timeSeconds + offset * device.timeIntervalInSeconds));
  }
  for (let number = 0; ; number++) {
    const code = String(number).padStart(6, '0');
    if (!right.has(code)) return code;
  }
}
