import * as z from 'zod';
import { parseEmulatorBody } from '../emulator/bodies.ts';
import { type Answer, type Exchange, NO_CONTENT, type SlowExchange } from '../exchange.ts';
import { Refusal } from '../graph/errors.ts';
import { qrCodeOf } from './call.ts';
import { AuthingRefusal } from './errors.ts';
import { interrupted } from './machine.ts';
import { hexadecimal } from './random.ts';
import type { UserPool } from './records.ts';

/** What a tester needs of the Authing dialect and its vendor's console does: /_emulator/authing. */

const name = z.string('must be a string').min(1, 'must not be empty').max(256);
const seconds = z.int('must be a whole number').min(1).max(86_400);
const text = z.string('must be a string').max(2_048);

/** Pools, applications and keys with their secrets: what the console shows to an administrator. */
export function overview({ authing }: Exchange): Answer {
  const userPools = [...authing.userPools.values()].map((pool) => ({
    ...pool,
    applications: authing
      .applicationsOf(pool)
      .map(({ userPoolId: _, ...application }) => application),
    accessKeys: [...authing.accessKeys.values()]
      .filter(({ userPoolId }) => userPoolId === pool.id)
      .map(({ id, secret }) => ({ accessKeyId: id, accessKeySecret: secret })),
  }));
  return { status: 200, body: { userPools } };
}

const newUserPool = z.strictObject({ name });

export function createUserPool({ authing, body }: Exchange): Answer {
  const pool = authing.addUserPool(parseEmulatorBody(newUserPool, body).name);
  return { status: 201, body: pool };
}

const newApplication = z.strictObject({
  name,
  userPoolId: name.optional(),
  tokenEndpointAuth: z.enum(['none', 'client_secret_post', 'client_secret_basic']).optional(),
  idTokenAlgorithm: z.enum(['RS256', 'HS256']).optional(),
});

export function createApplication(exchange: Exchange): Answer {
  const { userPoolId, ...input } = parseEmulatorBody(newApplication, exchange.body);
  const pool = poolOf(exchange, userPoolId);
  const given = Object.fromEntries(
    Object.entries(input).filter(([, value]) => value !== undefined),
  ) as { name: string };
  return { status: 201, body: exchange.authing.addApplication({ ...given, userPoolId: pool.id }) };
}

const newAccount = z.strictObject({
  username: name,
  userPoolId: name.optional(),
  /** Id or user principal name in the directory: whose OATH tokens are this person's. */
  directoryUser: name.optional(),
  name: name.optional(),
  nickname: name.optional(),
  photo: text.optional(),
  email: text.optional(),
  phone: text.optional(),
});

export function createAccount(exchange: Exchange): Answer {
  const { authing, state, body, timeMilliseconds } = exchange;
  const { userPoolId, directoryUser, ...input } = parseEmulatorBody(newAccount, body);
  const user = directoryUser === undefined ? undefined : state.user(directoryUser);
  if (directoryUser !== undefined && !user) throw new Refusal('userUnknown');
  if (user && authing.accountOfUser(user.id))
    throw new Refusal('userTaken', 'That user of the directory has an account already.');
  const account = {
    id: hexadecimal(24),
    userPoolId: poolOf(exchange, userPoolId).id,
    directoryUserId: user?.id ?? null,
    username: input.username,
    name: input.name ?? input.username,
    nickname: input.nickname ?? input.username,
    photo: input.photo ?? '',
    email: input.email ?? '',
    phone: input.phone ?? '',
    customData: {},
    signedUpAt: timeMilliseconds,
    updatedAt: timeMilliseconds,
    loginsCount: 0,
    lastIp: '',
  };
  authing.accounts.save(account);
  return { status: 201, body: account };
}

const settingsUpdate = z.strictObject({
  userPoolId: name.optional(),
  qrcodeExpiresIn: seconds.optional(),
  ticketExpiresIn: seconds.optional(),
  returnFullUserInfo: z.boolean().optional(),
  allowExchangeUserInfoFromBrowser: z.boolean().optional(),
  flatCheckStatus: z
    .union([z.boolean(), z.literal('both')], 'must be true, false or "both"')
    .optional(),
  confirmNeedsCode: z.boolean().optional(),
});

/** The `qrcodeLoginStrategy` of a pool, the default one if none is named. */
export function updateSettings(exchange: Exchange): Answer {
  const { userPoolId, ...changes } = parseEmulatorBody(settingsUpdate, exchange.body);
  const pool = poolOf(exchange, userPoolId);
  const given = Object.entries(changes).filter(([, value]) => value !== undefined);
  const strategy = { ...pool.strategy, ...Object.fromEntries(given) };
  exchange.authing.userPools.replace(pool, { ...pool, strategy });
  return { status: 200, body: strategy };
}

const interruption = z.strictObject({
  qrcodeId: name,
  status: z.enum(['ERROR', 'MFA']),
  code: z.int('must be a whole number').optional(),
  message: text.optional(),
  data: z.record(z.string(), z.unknown()).nullable().optional(),
});

/** Makes a login fail, or wait for a second factor: two states that no client can bring about. */
export function interrupt(exchange: Exchange): Answer {
  const { qrcodeId, status, ...given } = parseEmulatorBody(interruption, exchange.body);
  const code = qrCodeOf(exchange, qrcodeId);
  if (!code) throw new Refusal('bodyInvalid', 'There is no such QR code.');
  const outcome = {
    code: given.code ?? (status === 'ERROR' ? 500 : MFA_NEEDED),
    message: given.message ?? (status === 'ERROR' ? 'failed' : 'MFA required'),
    data: given.data ?? null,
  };
  try {
    exchange.authing.qrCodes.replace(code, interrupted(code, status, outcome));
  } catch (error) {
    if (error instanceof AuthingRefusal) throw new Refusal('bodyInvalid', `The ${error.message}.`);
    throw error;
  }
  return NO_CONTENT;
}

/** The vendor's number for a second factor of the application. */
const MFA_NEEDED = 1636;

/** A new signing key before the old one's time. */
export async function rotateKeys({ decide, timeMilliseconds }: SlowExchange): Promise<Answer> {
  const { id } = await decide(({ authing }) => authing.keys).rotate(timeMilliseconds);
  return { status: 201, body: { kid: id } };
}

function poolOf({ authing }: Exchange, id: string | undefined): UserPool {
  const pool = id === undefined ? authing.defaultUserPool : authing.userPools.get(id);
  if (!pool) throw new Refusal('bodyInvalid', 'There is no such user pool.');
  return pool;
}
