import { CERTIFICATE_MANAGEMENT } from '../../../sim/server/graph/access.ts';
import {
  CardStatus,
  type CmCard,
  type CmRequest,
  type CmSettings,
  cmCards,
  cmRequests,
  DEFAULT_CM_SETTINGS,
  EMPTY_GUID,
  RequestStatus,
  RequestType,
} from '../../../sim/server/mimcm/records.ts';
import { openLibsql } from '../../../sim/server/store/libsql.ts';
import type { User } from '../../../sim/server/store/records.ts';
import { tokenDigest } from '../../../sim/server/tokens.ts';
import { type Reply, type Tenant, tenant } from '../support.ts';

/** A certificate management server with three people, whose tokens are named after them. */

export const CM = '/CertificateManagement/api/v1.0';
export const SUBMITTED = '2026-01-01T08:00:00.12Z';
export const CARD_ID = '0f6e2d1c-9a8b-4c7d-b6e5-a4f3928170d1';
export const ATR = '3b8b0180594f4154482d544b4e310c';

const person = (name: string, id: string): User => ({
  id,
  userPrincipalName: `${name}@lamplight.example`,
  displayName: name,
  directoryRoles: [],
  groupIds: [],
});
export const ADA = person('ada', '2a7c9e41-6b5d-4830-9f12-e8d7c6b5a493');
export const BOB = person('bob', '6c1f8b20-94de-4a3b-8e57-f01d2c3b4a59');
export const NOBODY = person('nobody', '90aa4c1e-2f63-4d8b-b7c5-1e2d3f4a5b6c');

export const TEMPLATE = { ...DEFAULT_CM_SETTINGS.templates[0]!, enrollers: [ADA.id, BOB.id] };

/** The body of a request for a card of TEMPLATE. */
export const ENROLL = {
  type: 'Enroll',
  profiletemplateuuid: TEMPLATE.id,
  datacollection: '[]',
  comment: '',
};

export const REQUEST: CmRequest = {
  id: '8e2d4c6a-1b3f-4a57-b9c8-0d1e2f3a4b5c',
  type: RequestType.Enroll,
  status: RequestStatus.Approved,
  dataCollection: [],
  originatorId: ADA.id,
  targetId: ADA.id,
  submittedAt: Date.parse(SUBMITTED),
  completedAt: null,
  newProfileId: EMPTY_GUID,
  oldProfileId: EMPTY_GUID,
  newCardId: EMPTY_GUID,
  oldCardId: EMPTY_GUID,
  priority: 0,
  comment: '',
  templateId: TEMPLATE.id,
};

export const CARD: CmCard = {
  id: 'c47a9b10-52e6-4f8d-8a3b-6d9e0f1c2b3a',
  cardId: CARD_ID,
  atr: ATR,
  status: CardStatus.Assigned,
  userId: ADA.id,
  profileId: EMPTY_GUID,
  templateId: TEMPLATE.id,
  proposedPin: null,
  certificates: [],
};

/** The request with its card bound. */
export const EXECUTING: CmRequest = {
  ...REQUEST,
  status: RequestStatus.Executing,
  newCardId: CARD.id,
};

export interface CmTenant extends Tenant {
  /** Sends as one of the three, or as nobody at all. */
  as(
    name: 'ada' | 'bob' | 'nobody' | null,
    method: string,
    path: string,
    body?: unknown,
  ): Promise<Reply>;
  settings(settings: Partial<CmSettings>): void;
  put(request: CmRequest | null, card?: CmCard | null): void;
}

export function cmTenant(persistence = openLibsql(':memory:')): CmTenant {
  const made = tenant([], persistence);
  const { state } = made.app;
  for (const user of [ADA, BOB, NOBODY]) {
    state.addUser(user);
    state.addAccessToken({
      digest: tokenDigest(`emu-adfs-token-${user.displayName}`),
      userId: user.id,
      label: user.userPrincipalName,
      permissions: [CERTIFICATE_MANAGEMENT],
    });
  }
  const settings = (changes: Partial<CmSettings>) =>
    state.saveSettings({ mimCm: { ...state.settings.mimCm, ...changes } });
  settings({ templates: [TEMPLATE] });
  made.setClock(SUBMITTED);
  return {
    ...made,
    settings,
    as: (name, method, path, body) =>
      made.send(method, path, body, {
        authorization: name === null ? '' : `Bearer emu-adfs-token-${name}`,
      }),
    put: (request, card) => {
      if (request) cmRequests(state).save(request);
      if (card) cmCards(state).save(card);
    },
  };
}
