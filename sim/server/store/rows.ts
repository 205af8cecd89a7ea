import type { Insertable, Selectable } from 'kysely';
import type { Item } from './collection.ts';
import type {
  AccessToken,
  Device,
  DeviceState,
  DeviceStatus,
  HashFunction,
  User,
} from './records.ts';
import type { Tables } from './schema.ts';

/** Records to rows and back; the only place that knows both spellings. */

export function userRow(user: User): Insertable<Tables['user']> {
  return {
    id: user.id,
    user_principal_name: user.userPrincipalName,
    display_name: user.displayName,
    directory_roles: JSON.stringify(user.directoryRoles),
    group_ids: JSON.stringify(user.groupIds),
  };
}

export function userOf(row: Selectable<Tables['user']>): User {
  return {
    id: row.id,
    userPrincipalName: row.user_principal_name,
    displayName: row.display_name,
    directoryRoles: JSON.parse(row.directory_roles),
    groupIds: JSON.parse(row.group_ids),
  };
}

export function tokenRow(token: AccessToken): Insertable<Tables['access_token']> {
  return {
    digest: Buffer.from(token.digest, 'latin1').toString('hex'),
    user_id: token.userId,
    label: token.label,
    permissions: JSON.stringify(token.permissions),
  };
}

export function tokenOf(row: Selectable<Tables['access_token']>): AccessToken {
  return {
    digest: Buffer.from(row.digest, 'hex').toString('latin1'),
    userId: row.user_id,
    label: row.label,
    permissions: JSON.parse(row.permissions),
  };
}

export function deviceRow(device: Device): Insertable<Tables['device']> {
  return {
    sequence: device.sequence,
    id: device.id,
    serial_number: device.serialNumber,
    manufacturer: device.manufacturer,
    model: device.model,
    secret_key: device.secretKey,
    time_interval_seconds: device.timeIntervalInSeconds,
    hash_function: device.hashFunction,
    readable_at: device.readableAt,
  };
}

/** The sequence comes last, so that the row's values are an update's parameters as they stand. */
export function stateRow(sequence: number, state: DeviceState): Insertable<Tables['device_state']> {
  return {
    display_name: state.displayName,
    status: state.status,
    assigned_user_id: state.assignedUserId,
    assigned_at: state.assignedAt,
    method_readable_at: state.methodReadableAt,
    drift_steps: state.driftSteps,
    last_used_step: state.lastUsedStep,
    last_used_at: state.lastUsedAt,
    wrong_code_count: state.wrongCodeCount,
    retry_at: state.retryAt,
    sequence,
  };
}

export function deviceOf(
  row: Selectable<Tables['device']> & Selectable<Tables['device_state']>,
): Device {
  return {
    sequence: row.sequence,
    id: row.id,
    serialNumber: row.serial_number,
    manufacturer: row.manufacturer,
    model: row.model,
    secretKey: row.secret_key,
    timeIntervalInSeconds: row.time_interval_seconds as 30 | 60,
    hashFunction: row.hash_function as HashFunction,
    readableAt: row.readable_at,
    state: {
      displayName: row.display_name,
      status: row.status as DeviceStatus,
      assignedUserId: row.assigned_user_id,
      assignedAt: row.assigned_at,
      methodReadableAt: row.method_readable_at,
      driftSteps: row.drift_steps,
      lastUsedStep: row.last_used_step,
      lastUsedAt: row.last_used_at,
      wrongCodeCount: row.wrong_code_count,
      retryAt: row.retry_at,
    },
  };
}

/** What a dialect keeps, as it is: memory answers every question about what is inside. */
export function itemRow(collection: string, item: Item): Insertable<Tables['item']> {
  return { collection, id: item.id, content: JSON.stringify(item) };
}
