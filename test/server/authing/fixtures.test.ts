import { decodeJwt, decodeProtectedHeader } from 'jose';
import { describe, expect, test } from 'vitest';
import { signingKeys } from '../../../sim/server/authing/keys.ts';
import type { QrCode } from '../../../sim/server/authing/records.ts';
import type { Reply } from '../support.ts';
import * as support from './support.ts';

const { bringTo, exchange, fixtures, QR_ID, TICKET } = support;
type Fixture = support.Fixture;

/** Where an entry's code stands before the request, as its name or its config says. */
function startOf({ name, config }: Fixture): QrCode['status'] | 'MFA' {
  if (config?.state) return config.state;
  if (/exchange/.test(name)) return 'AUTHORIZED';
  if (/SCAN again|another user|CONFIRM|CANCEL$|app confirm|app cancel/.test(name)) return 'SCANNED';
  const [, word = ''] = /check (?:-?\d )?(\w+)/i.exec(name) ?? [];
  return STARTS[word.toUpperCase()] ?? 'PENDING';
}

const STARTS: Readonly<Record<string, QrCode['status'] | 'MFA'>> = {
  SCANNED: 'SCANNED',
  AUTHORIZED: 'AUTHORIZED',
  CANCELLED: 'CANCELLED',
  EXPIRED: 'EXPIRED',
  ERROR: 'ERROR',
  MFA: 'MFA',
};

async function tenantOf(fixture: Fixture): Promise<support.AuthingTenant> {
  const { state: _, ticketUsed, tokenEndpointAuth = 'none', ...strategy } = fixture.config ?? {};
  const on = await support.authingTenant({ tokenEndpointAuth });
  on.configure(strategy);
  await bringTo(on, startOf(fixture));
  nameTicket(on);
  if (ticketUsed) await exchange(on, TICKET);
  if (fixture.name.startsWith('JWKS')) {
    const other = [...signingKeys(on.app.state).values()].find(({ id }) => id !== 'emu-key-1')!;
    signingKeys(on.app.state).remove(other);
  }
  return on;
}

/** The ticket of a confirmed code is random; the entries know one by name. */
function nameTicket({ authing, qrCode }: support.AuthingTenant): void {
  const code = qrCode();
  if (!code.grant?.ticket) return;
  authing.qrCodes.replace(code, { ...code, grant: { ...code.grant, ticket: TICKET } });
}

const JWT = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/** The body with what is random, or of another day, replaced by what can be said about it. */
function comparable(value: unknown, name = ''): unknown {
  if (Array.isArray(value)) return value.map((item) => comparable(item));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([member, inner]) => [member, comparable(inner, member)]),
    );
  }
  if (typeof value !== 'string') return value;
  if (JWT.test(value)) return tokenShape(value);
  if (name === 'requestId') return /^[0-9a-f-]{36}$/.test(value) ? 'a request id' : value;
  if (name === 'tokenExpiredAt') return new Date(value).toISOString() === value ? 'a time' : value;
  if (name === 'lastIp') return 'an address, or none without a socket';
  return value.replace(/[A-Za-z0-9]{30}(?=$|\.png$)/, 'a QR id');
}

function tokenShape(token: string): object {
  const { exp, jti, ...claims } = decodeJwt(token);
  const { kid, ...header } = decodeProtectedHeader(token);
  return { header, hasKid: kid !== undefined, claims, exp: typeof exp, jti: typeof jti };
}

async function expectAnswer(reply: Reply, fixture: Fixture): Promise<void> {
  expect(reply.status).toBe(fixture.status);
  for (const [header, value] of Object.entries(fixture.responseHeaders ?? {})) {
    expect(reply.headers.get(header)).toBe(value);
  }
  if (fixture.responseBody === null) {
    expect(reply.text).toBe('');
  } else {
    expect(reply.headers.get('content-type')).toMatch(/^application\/json/);
    expect(comparable(reply.body)).toEqual(comparable(fixture.responseBody));
  }
}

describe('every exchange of the fact sheet', () => {
  test('all 64 entries are here', () => {
    expect(fixtures).toHaveLength(64);
  });

  test.each(fixtures.map((fixture) => [fixture.name, fixture] as const))(
    '%s',
    async (_, fixture) => {
      const on = await tenantOf(fixture);
      const { method, path, headers, requestBody } = fixture;
      const reply = await on.call(method, path, requestBody, headers);
      await expectAnswer(reply, fixture);
    },
  );
});

test('the runner would notice another claim, another number and a missing member', () => {
  const { responseBody } = fixtures.find(({ name }) => name === 'v3 exchange, app auth none')!;
  const spoilt = structuredClone(responseBody) as { data: Record<string, unknown> };
  const otherToken = fixtures.find(({ name }) => name === 'management token')!.responseBody;
  for (const change of [
    { access_token: (otherToken as typeof spoilt).data.access_token },
    { expire_in: '7200' },
    { scope: undefined },
  ]) {
    const changed = { ...spoilt, data: { ...spoilt.data, ...change } };
    expect(comparable(changed)).not.toEqual(comparable(responseBody));
  }
  expect(comparable({ qrcodeId: QR_ID })).not.toEqual(comparable({ qrcodeId: QR_ID.slice(1) }));
});
