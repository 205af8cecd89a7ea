import { describe, expect, test } from 'vitest';
import {
  CardStatus,
  type CmCard,
  type CmRequest,
  RequestStatus,
  RequestType,
  UserPinOption,
} from '../../../sim/server/mimcm/records.ts';
import { byType, type Fixture, readFixtures } from '../fixture.ts';
import { CARD, type CmTenant, cmTenant, EXECUTING, REQUEST, TEMPLATE } from './tenant.ts';

interface CmFixture extends Omit<Fixture, 'responseHeaders'> {
  headers: Record<string, string>;
  config?: {
    apiEnabled?: boolean;
    defaultAdminKeyHex?: string;
    userPinOption?: keyof typeof UserPinOption;
    nextPin?: string;
    requestStatus?: number;
  };
  responseHeaders?: Record<string, string | string[]>;
}

const fixtures = readFixtures('mimcm') as CmFixture[];
const PROFILE = '7f3e2d1c-0b9a-4887-a665-5443e2d1c0b9';

const UNBLOCK: CmRequest = {
  ...EXECUTING,
  id: 'd90b7a65-4c3e-4f21-8b0a-9c8d7e6f5a41',
  type: RequestType.Unblock,
  status: RequestStatus.Approved,
  dataCollection: [{ Name: 'Sample item', Value: null }],
  newProfileId: PROFILE,
  oldProfileId: PROFILE,
  oldCardId: CARD.id,
};

const ACTIVE: CmCard = {
  ...CARD,
  status: CardStatus.Active,
  certificates: [
    {
      serialNumber: '4E00000A11B2C3D4E5F60718290000000A11',
      thumbprint: 'A1B2C3D4E5F60718293A4B5C6D7E8F9001122334',
      notBefore: 0,
      notAfter: 1,
    },
  ],
};

/** Puts the server into the state that an entry takes for granted. */
function prepare(tenant: CmTenant, fixture: CmFixture): void {
  const { apiEnabled, defaultAdminKeyHex, userPinOption } = fixture.config ?? {};
  if (apiEnabled === false) tenant.settings({ enabled: false });
  const template = {
    ...TEMPLATE,
    ...(defaultAdminKeyHex && { defaultAdminKeyHex }),
    ...(userPinOption && { userPinOption: UserPinOption[userPinOption] }),
  };
  tenant.settings({ templates: [template] });
  tenant.put(...stateOf(fixture));
}

function stateOf({ name, config = {} }: CmFixture): [CmRequest | null, CmCard | null] {
  if (/^create enroll/.test(name)) return [null, null];
  if (/^(get request|list requests|bind card|cancel)/.test(name)) return [REQUEST, null];
  if (/^(active card|card |create unblock)/.test(name)) return [null, ACTIVE];
  if (/^(get unblock|retire|read card)/.test(name)) return [UNBLOCK, ACTIVE];
  const { requestStatus = EXECUTING.status, nextPin = null } = config;
  return [
    { ...EXECUTING, status: requestStatus },
    { ...CARD, proposedPin: nextPin },
  ];
}

/** What is made afresh each time: ids of new things, correlation ids, the marker of a certificate. */
const GUID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;
function stable(body: unknown, { name }: CmFixture): unknown {
  const text = JSON.stringify(body);
  if (/^create|^bind/.test(name)) return JSON.parse(text.replace(GUID, '{guid}'));
  if (name === 'complete request') return byType(body, { dynamic: ['/NewProfileUuid'] });
  if (name === 'submit CSR') return byType(body, { dynamic: ['/0/Pkcs7'] });
  return JSON.parse(text.replace(/(?<=Correlation ID: )[0-9a-f-]{36}/, '{guid}'));
}

describe('every documented exchange of MIM CM', () => {
  test('all 42 entries are here', () => {
    expect(fixtures).toHaveLength(42);
  });

  test.each(fixtures.map((fixture) => [fixture.name, fixture] as const))(
    '%s',
    async (_, fixture) => {
      const tenant = cmTenant();
      prepare(tenant, fixture);
      if (fixture.name === 'complete request') tenant.setClock('2026-01-01T08:01:15.5Z');
      const { method, path, requestBody, headers } = fixture;
      const reply = await tenant.send(method, path, requestBody, { authorization: '', ...headers });
      expect(reply.status).toBe(fixture.status);
      for (const [header, value] of Object.entries(fixture.responseHeaders ?? {})) {
        expect(reply.headers.get(header)).toBe(Array.isArray(value) ? value.join(', ') : value);
      }
      if (fixture.responseBody === null) {
        expect(reply.text).toBe('');
        expect(reply.headers.get('content-type')).toBeNull();
        return;
      }
      expect(reply.headers.get('content-type')).toBe('application/json; charset=utf-8');
      expect(stable(reply.body, fixture)).toEqual(stable(fixture.responseBody, fixture));
    },
  );
});
