import { describe, expect, test } from 'vitest';
import type { User } from '../../../sim/server/store/records.ts';
import {
  codeOf,
  DEVICES,
  FREE,
  IVO,
  MY_METHODS,
  NOOR,
  POLICY,
  startSeconds,
  tenant,
} from '../support.ts';

const IVOS_METHODS = `/beta/users/${IVO.userPrincipalName}/authentication/hardwareOathMethods`;
const NOORS_METHODS = `/beta/users/${NOOR.id}/authentication/hardwareOathMethods`;

const on = tenant();
let count = 0;

/** The status a sender with these rights gets. */
async function statusFor(
  sender: { roles?: string[]; permissions: string[]; application?: boolean },
  method: string,
  path: string,
  body?: unknown,
): Promise<number> {
  const id = `00000000-0000-4000-8000-${String(++count).padStart(12, '0')}`;
  const user: User = {
    id,
    userPrincipalName: `sender${count}@lamplight.example`,
    displayName: 'Sender',
    directoryRoles: sender.roles ?? [],
    groupIds: [],
  };
  on.app.state.addUser(user);
  const token = on.tokenFor(sender.application ? null : user, sender.permissions);
  return (await on.send(method, path, body, { authorization: `Bearer ${token}` })).status;
}

const POLICY_ADMINISTRATOR = ['Authentication Policy Administrator'];
const DIRECTORY = ['Policy.ReadWrite.AuthenticationMethod'];

describe('the inventory', () => {
  test.each([
    ['permission and role', { permissions: DIRECTORY, roles: POLICY_ADMINISTRATOR }, 200],
    [
      'Policy.Read.All and role',
      { permissions: ['Policy.Read.All'], roles: POLICY_ADMINISTRATOR },
      200,
    ],
    ['permission without role', { permissions: DIRECTORY }, 403],
    ['role without permission', { permissions: [], roles: POLICY_ADMINISTRATOR }, 403],
    ['an application with permission', { permissions: DIRECTORY, application: true }, 200],
    ['a global administrator', { permissions: DIRECTORY, roles: ['Global Administrator'] }, 200],
  ])('is read with %s: %o -> %i', async (_, sender, status) => {
    expect(await statusFor(sender, 'GET', DEVICES)).toBe(status);
  });

  test('is not written with a permission to read', async () => {
    const sender = { permissions: ['Policy.Read.All'], roles: POLICY_ADMINISTRATOR };
    expect(await statusFor(sender, 'DELETE', `${DEVICES}/${FREE.id}`)).toBe(403);
  });

  test('gives a new device to a user only with the right to that user’s methods', async () => {
    const device = {
      serialNumber: 'NEW-1',
      manufacturer: 'Lamplight',
      model: 'Pebble',
      secretKey: 'JBSWY3DPEHPK3PXP',
      timeIntervalInSeconds: 30,
    };
    const body = { ...device, assignTo: { id: IVO.id } };
    const roles = [...POLICY_ADMINISTRATOR, 'Authentication Administrator'];
    const permissions = [...DIRECTORY, 'UserAuthenticationMethod.ReadWrite.All'];
    expect(await statusFor({ permissions: DIRECTORY, roles }, 'POST', DEVICES, body)).toBe(403);
    const toAdministrator = { ...device, assignTo: { id: NOOR.id } };
    expect(await statusFor({ permissions, roles }, 'POST', DEVICES, toAdministrator)).toBe(403);
    expect(await statusFor({ permissions, roles }, 'POST', DEVICES, body)).toBe(201);
  });
});

describe('a user’s methods', () => {
  const all = ['UserAuthenticationMethod.ReadWrite.All'];
  test.each([
    ['own, with a scope to read', ['UserAuthMethod-HardwareOATH.Read'], [], 'GET', MY_METHODS, 200],
    ['own, with no scope', [], [], 'GET', MY_METHODS, 403],
    [
      'another’s, with the own scope',
      ['UserAuthenticationMethod.Read'],
      ['Global Reader'],
      'GET',
      IVOS_METHODS,
      403,
    ],
    [
      'another’s, as Global Reader',
      ['UserAuthenticationMethod.Read.All'],
      ['Global Reader'],
      'GET',
      IVOS_METHODS,
      200,
    ],
    ['another’s, without a role', all, [], 'GET', IVOS_METHODS, 403],
    ['nobody’s, without a right', [], [], 'GET', IVOS_METHODS.replace('ivo', 'nobody'), 403],
  ] as const)('%s', async (_, permissions, roles, method, path, status) => {
    const sender = { permissions: [...permissions], roles: [...roles] };
    expect(await statusFor(sender, method, path)).toBe(status);
  });

  test.each([
    ['a reader', ['Global Reader'], IVOS_METHODS, 403],
    ['an authentication administrator', ['Authentication Administrator'], IVOS_METHODS, 404],
    [
      'an authentication administrator, on an administrator',
      ['Authentication Administrator'],
      NOORS_METHODS,
      403,
    ],
    [
      'a privileged one, on an administrator',
      ['Privileged Authentication Administrator'],
      NOORS_METHODS,
      404,
    ],
  ])('are written by %s', async (_, roles, path, status) => {
    expect(await statusFor({ permissions: all, roles }, 'DELETE', `${path}/${FREE.id}`)).toBe(
      status,
    );
  });

  test('an application may work on users with an .All permission, never on /me', async () => {
    const sender = { permissions: all, application: true };
    expect(await statusFor(sender, 'GET', IVOS_METHODS)).toBe(200);
    expect(await statusFor(sender, 'GET', MY_METHODS)).toBe(400);
  });

  test('somebody else’s token looks unknown to who may not read the inventory', async () => {
    const sender = { permissions: ['UserAuthenticationMethod.ReadWrite'] };
    const body = { serialNumber: 'LMP-000418', verificationCode: '123456' };
    const path = `${MY_METHODS}/assignAndActivateBySerialNumber`;
    expect(await statusFor(sender, 'POST', path, body)).toBe(404);
    expect(await on.send('POST', path, body).then(({ status }) => status)).toBe(400);
  });

  test('a plain user activates a free token for themselves', async () => {
    const sender = { permissions: ['UserAuthMethod-HardwareOATH.ReadWrite'] };
    const body = { serialNumber: FREE.serialNumber, verificationCode: codeOf(FREE, startSeconds) };
    const path = `${MY_METHODS}/assignAndActivateBySerialNumber`;
    expect(await statusFor(sender, 'POST', path, body)).toBe(204);
  });
});

test('the policy is changed by its administrators only', async () => {
  const sender = { permissions: ['Policy.Read.AuthenticationMethod'], roles: POLICY_ADMINISTRATOR };
  expect(await statusFor(sender, 'GET', POLICY)).toBe(200);
  expect(await statusFor(sender, 'PATCH', POLICY, { state: 'enabled' })).toBe(403);
});

test('the control routes need their own permission', async () => {
  const sender = { permissions: DIRECTORY, roles: ['Global Administrator'] };
  expect(await statusFor(sender, 'GET', '/_emulator/users')).toBe(403);
  expect(await statusFor({ permissions: ['Emulator.Control'] }, 'GET', '/_emulator/users')).toBe(
    200,
  );
});
