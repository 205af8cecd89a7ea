import type { AccessToken, User } from '../store/records.ts';
import { Refusal } from './errors.ts';

/**
 * Who may do what. A delegated token needs the permission and, beyond the caller's own methods,
 * the directory role; an application's token needs the application permission only.
 */

/** The sender of a request, as its bearer token names it. */
export interface Caller {
  readonly token: AccessToken;
  /** The signed-in user; undefined for an application. */
  readonly user: User | undefined;
}

/** The permissions of MIM CM; there an access token has an audience in their place. */
export const CERTIFICATE_MANAGEMENT = 'CertificateManagement.Access';
export const CERTIFICATE_MANAGEMENT_AGENT = 'CertificateManagement.Agent';

/** The permission of /_emulator/, which Graph does not have. */
export const EMULATOR_CONTROL = 'Emulator.Control';

const POLICY_ADMINISTRATOR = 'Authentication Policy Administrator';
const GLOBAL_ADMINISTRATOR = 'Global Administrator';
const GLOBAL_READER = 'Global Reader';
const AUTHENTICATION_ADMINISTRATOR = 'Authentication Administrator';
const PRIVILEGED_ADMINISTRATOR = 'Privileged Authentication Administrator';

/** What a newcomer's first user holds: enough for every operation of the dialect. */
export const ADMINISTRATOR_ROLES = [POLICY_ADMINISTRATOR, PRIVILEGED_ADMINISTRATOR];

const DIRECTORY_WRITE = ['Policy.ReadWrite.AuthenticationMethod'];
const DIRECTORY_READ = [...DIRECTORY_WRITE, 'Policy.Read.AuthenticationMethod', 'Policy.Read.All'];

/** The methods a user can hold, as the granular permissions name them. */
export type MethodFamily = 'HardwareOATH' | 'QR';

/** The permissions for methods of a family: those of all methods, and the family's own. */
function methodPermissions(family: MethodFamily) {
  const both = (suffix: string) => [
    `UserAuthenticationMethod.${suffix}`,
    `UserAuthMethod-${family}.${suffix}`,
  ];
  const writeAll = both('ReadWrite.All');
  const readAll = [...writeAll, ...both('Read.All')];
  const writeOwn = [...writeAll, ...both('ReadWrite')];
  const readOwn = [...writeOwn, ...readAll, ...both('Read')];
  return { writeAll, readAll, writeOwn, readOwn };
}

const METHODS: Readonly<Record<MethodFamily, ReturnType<typeof methodPermissions>>> = {
  HardwareOATH: methodPermissions('HardwareOATH'),
  QR: methodPermissions('QR'),
};
/** Changing one's own PIN: the permission to act as the signed-in user. */
const ACT_AS_USER = 'Directory.AccessAsUser.All';

/** Every permission the bootstrap token holds. */
export const ADMINISTRATOR_PERMISSIONS = [
  ...DIRECTORY_WRITE,
  'Policy.Read.All',
  'UserAuthenticationMethod.ReadWrite.All',
  ACT_AS_USER,
  CERTIFICATE_MANAGEMENT,
  EMULATOR_CONTROL,
];

export type Access = 'read' | 'write';

function holdsPermission(caller: Caller, wanted: readonly string[]): boolean {
  return wanted.some((permission) => caller.token.permissions.includes(permission));
}

function holdsRole(caller: Caller, wanted: readonly string[]): boolean {
  if (!caller.user) return true;
  const roles = caller.user.directoryRoles;
  return roles.includes(GLOBAL_ADMINISTRATOR) || wanted.some((role) => roles.includes(role));
}

/** The inventory of devices. */
export function mayUseDirectory(caller: Caller, access: Access): boolean {
  return (
    holdsPermission(caller, access === 'write' ? DIRECTORY_WRITE : DIRECTORY_READ) &&
    holdsRole(caller, [POLICY_ADMINISTRATOR])
  );
}

/** The method policy: the same permissions as the inventory, less Policy.Read.All. */
export function mayUsePolicy(caller: Caller, access: Access): boolean {
  const reading = DIRECTORY_READ.filter((permission) => permission !== 'Policy.Read.All');
  return (
    holdsPermission(caller, access === 'write' ? DIRECTORY_WRITE : reading) &&
    holdsRole(caller, [POLICY_ADMINISTRATOR])
  );
}

/** A user's methods. Whoever holds a directory role is only handled by a privileged admin. */
export function mayUseMethods(
  caller: Caller,
  userId: string,
  target: User | undefined,
  access: Access,
  family: MethodFamily = 'HardwareOATH',
): boolean {
  const { readAll, writeOwn, readOwn } = METHODS[family];
  if (isSelf(caller, userId))
    return holdsPermission(caller, access === 'write' ? writeOwn : readOwn);
  if (access === 'read') {
    return (
      holdsPermission(caller, readAll) &&
      holdsRole(caller, [GLOBAL_READER, AUTHENTICATION_ADMINISTRATOR, PRIVILEGED_ADMINISTRATOR])
    );
  }
  return mayAdministerMethods(caller, target, family);
}

/** An administrator's hand in a user's methods, their own included. */
export function mayAdministerMethods(
  caller: Caller,
  target: User | undefined,
  family: MethodFamily,
): boolean {
  const isAdministrator = (target?.directoryRoles.length ?? 0) > 0;
  const roles = isAdministrator
    ? [PRIVILEGED_ADMINISTRATOR]
    : [AUTHENTICATION_ADMINISTRATOR, PRIVILEGED_ADMINISTRATOR];
  return holdsPermission(caller, METHODS[family].writeAll) && holdsRole(caller, roles);
}

/** Changing a PIN takes its owner, signed in. */
export function mayChangePin(caller: Caller, userId: string): boolean {
  return isSelf(caller, userId) && holdsPermission(caller, [ACT_AS_USER]);
}

function isSelf(caller: Caller, userId: string): boolean {
  return caller.user !== undefined && caller.user.id === userId;
}

export function demand(allowed: boolean, refusal: 'directoryDenied' | 'methodsDenied'): void {
  if (!allowed) throw new Refusal(refusal);
}

export function demandEmulatorControl(caller: Caller): void {
  if (!holdsPermission(caller, [EMULATOR_CONTROL])) {
    throw new Refusal('directoryDenied', `The token lacks the permission ${EMULATOR_CONTROL}.`);
  }
}
