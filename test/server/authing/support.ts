import { readFileSync } from 'node:fs';
import { signingKeys } from '../../../sim/server/authing/keys.ts';
import type {
  Account,
  Application,
  QrCode,
  SigningKey,
} from '../../../sim/server/authing/records.ts';
import { DEFAULT_STRATEGY, type QrLoginStrategy } from '../../../sim/server/authing/records.ts';
import type { Authing } from '../../../sim/server/authing/state.ts';
import type { Persistence } from '../../../sim/server/store/persistence.ts';
import type { User } from '../../../sim/server/store/records.ts';
import { tokenDigest } from '../../../sim/server/tokens.ts';
import * as graph from '../support.ts';

/** The tenant of the fixtures: one pool, one application, two people whose tokens are Noor's and Ivo's. */

export interface Fixture {
  readonly name: string;
  readonly config?: Partial<QrLoginStrategy> & {
    readonly state?: QrCode['status'];
    readonly tokenEndpointAuth?: Application['tokenEndpointAuth'];
    readonly ticketUsed?: boolean;
  };
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly requestBody: unknown;
  readonly status: number;
  readonly responseHeaders?: Readonly<Record<string, string>>;
  readonly responseBody: unknown;
}

export const fixtures: readonly Fixture[] = JSON.parse(
  // By way of the root, where tests and long runs alike are started: a bundle lies elsewhere.
  readFileSync('test/server/fixtures/authing.json', 'utf8'),
).entries;

export const ORIGIN = 'https://demo.auth.example';
export const NEW_YEAR = '2026-01-01T00:00:00.000Z';
export const NEW_YEAR_SECONDS = Date.parse(NEW_YEAR) / 1000;
export const QR_ID = 'Qr9tE2mUxK4hV7bN1cZ6pL3sD8fG0w';
export const TICKET = 'Tk5vR8yB2nM7qW4eX1zC6jH9aS3dF0gL';
export const ADA_TOKEN = 'emu-app-user-token-ada';
export const BOB_TOKEN = 'emu-app-user-token-bob';
export const POOL_ID = '6650aa00bb11cc22dd33ee00';

export const APPLICATION: Application = {
  id: '6650aa00bb11cc22dd33ee44',
  userPoolId: POOL_ID,
  name: 'Demo',
  secret: '0f1e2d3c4b5a69788796a5b4c3d2e1f0',
  tokenEndpointAuth: 'none',
  idTokenAlgorithm: 'HS256',
};

export const ADA: Account = {
  id: '6650aa00bb11cc22dd33ee99',
  userPoolId: POOL_ID,
  directoryUserId: graph.NOOR.id,
  username: 'ada',
  name: 'Ada Token',
  nickname: 'ada',
  photo: `${ORIGIN}/avatar/ada.png`,
  email: 'ada@example.com',
  phone: '',
  customData: {},
  signedUpAt: Date.parse(NEW_YEAR),
  updatedAt: Date.parse(NEW_YEAR),
  loginsCount: 0,
  lastIp: '',
};

export const BOB: Account = {
  ...ADA,
  id: '6650aa00bb11cc22dd33eebb',
  directoryUserId: graph.IVO.id,
  username: 'bob',
  name: 'Bob Token',
};

/** Noor's token, activated: the proof of Ada's confirmations. */
export const ADAS_FOB = {
  ...graph.NOORS,
  state: graph.assignedTo(graph.NOOR, { status: 'activated' }),
};
export const BOBS_FOB = {
  ...graph.IVOS,
  state: graph.assignedTo(graph.IVO, { status: 'activated' }),
};

export interface AuthingTenant extends graph.Tenant {
  readonly authing: Authing;
  /** Sends as a client of the dialect: nothing but what is given, JSON if there is a body. */
  call(
    method: string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<graph.Reply>;
  configure(strategy: Partial<QrLoginStrategy>): void;
  qrCode(id?: string): QrCode;
}

/** @param application what is to be otherwise about the application */
export async function authingTenant(
  application: Partial<Application> = {},
  persistence?: Persistence,
): Promise<AuthingTenant> {
  const tenant = graph.tenant([ADAS_FOB, BOBS_FOB], persistence);
  const { state, authing } = tenant.app;
  authing.userPools.save({ id: POOL_ID, name: 'Demo', strategy: DEFAULT_STRATEGY });
  authing.applications.save({ ...APPLICATION, ...application });
  authing.accessKeys.save({ id: 'ak-emu-0001', userPoolId: POOL_ID, secret: 'sk-emu-secret' });
  authing.accounts.save(ADA);
  authing.accounts.save(BOB);
  signingKeys(state).save(FIXTURE_KEY);
  signingKeys(state).save(await signingKey());
  addToken(tenant, ADA_TOKEN, graph.NOOR);
  addToken(tenant, BOB_TOKEN, graph.IVO);
  state.saveSettings({
    hardwareOathPolicy: { ...state.settings.hardwareOathPolicy, state: 'enabled' },
  });
  tenant.setClock(NEW_YEAR);
  return {
    ...tenant,
    authing,
    call: (method, path, body, headers) => call(tenant, method, path, body, headers),
    configure: (strategy) => {
      const pool = authing.userPools.get(POOL_ID)!;
      const changed = { ...pool, strategy: { ...pool.strategy, ...strategy } };
      authing.userPools.replace(pool, changed);
    },
    qrCode: (id = QR_ID) => authing.qrCodes.get(id)!,
  };
}

function addToken({ app }: graph.Tenant, text: string, user: User): void {
  const digest = tokenDigest(text);
  app.state.addAccessToken({ digest, userId: user.id, label: text, permissions: [] });
}

/** The key the fixtures' tokens are signed with: they hold its public half only. */
export const FIXTURE_KEY: SigningKey = {
  id: 'emu-key-1',
  publicJwk: (
    fixtures.find(({ name }) => name === 'JWKS')!.responseBody as {
      keys: [SigningKey['publicJwk']];
    }
  ).keys[0],
  privateJwk: null,
  createdAt: Date.parse(NEW_YEAR),
  retiredAt: null,
};

let shared: Promise<SigningKey> | undefined;

/** One real key for all tenants of a test file: making one takes longer than the rest of a test. */
function signingKey(): Promise<SigningKey> {
  shared ??= graph.tenant([]).app.authing.keys.rotate(Date.parse(NEW_YEAR));
  return shared;
}

async function call(
  { app }: graph.Tenant,
  method: string,
  path: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<graph.Reply> {
  const content = typeof body === 'string' ? body : JSON.stringify(body);
  const hasBody = body !== undefined && body !== null;
  const response = await app.fetch(
    new Request(ORIGIN + path, {
      method,
      headers: { ...(hasBody && { 'content-type': 'application/json' }), ...headers },
      ...(hasBody && { body: content }),
    }),
  );
  const text = await response.text();
  const isJson = /json/.test(response.headers.get('content-type') ?? '');
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: isJson ? JSON.parse(text) : undefined,
  };
}

export const APP_HEADER = { 'x-authing-app-id': APPLICATION.id };
export const asAda = { ...APP_HEADER, authorization: ADA_TOKEN };
export const asBob = { ...APP_HEADER, authorization: BOB_TOKEN };

/** The app of the person whose headers these are does something with a code. */
export function act(
  on: AuthingTenant,
  action: string,
  headers: Readonly<Record<string, string>> = asAda,
  qrcodeId = QR_ID,
  oath?: object,
): Promise<graph.Reply> {
  const body = { qrcodeId, action, ...(oath && { oath }) };
  return on.call('POST', '/api/v3/set-qrcode-status', body, headers);
}

/** A new code through the front door. @returns its id */
export async function generate(on: AuthingTenant, body: object = {}): Promise<string> {
  const request = { type: 'MOBILE_APP', ...body };
  const reply = await on.call('POST', '/api/v3/gene-qrcode', request, APP_HEADER);
  return reply.body.data.qrcodeId;
}

export async function statusOf(on: AuthingTenant, qrcodeId = QR_ID) {
  return (await on.call('GET', `/api/v3/get-qrcode-status?qrcodeId=${qrcodeId}`)).body.data;
}

export function exchange(
  on: AuthingTenant,
  ticket: string,
  more: object = {},
  headers: Readonly<Record<string, string>> = APP_HEADER,
): Promise<graph.Reply> {
  const path = '/api/v3/exchange-tokenset-with-qrcode-ticket';
  return on.call('POST', path, { ticket, ...more }, headers);
}

/** A code of the fixtures' id, brought to a state by the requests that lead there. */
export async function bringTo(on: AuthingTenant, status: QrCode['status'] | 'MFA'): Promise<void> {
  const { app, authing } = on;
  const input = { scene: 'APP_AUTH', customData: null } as const;
  const made = authing.addQrCode(authing.applications.get(APPLICATION.id)!, input, app.clock.now());
  authing.qrCodes.remove(made);
  authing.qrCodes.save({ ...made, id: QR_ID });
  if (status === 'PENDING') return;
  await act(on, 'SCAN');
  if (status === 'AUTHORIZED') await act(on, 'CONFIRM');
  if (status === 'CANCELLED') await act(on, 'CANCEL');
  if (status === 'EXPIRED') app.clock.advance(DEFAULT_STRATEGY.qrcodeExpiresIn * 1000);
  if (status === 'ERROR' || status === 'MFA') {
    const data = status === 'MFA' ? { mfaToken: 'emu-mfa' } : null;
    await on.send('POST', '/_emulator/authing/interruptions', { qrcodeId: QR_ID, status, data });
  }
}
