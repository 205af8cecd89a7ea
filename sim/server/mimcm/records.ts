import type { Item } from '../store/collection.ts';
import type { State } from '../store/state.ts';

/** What the server keeps of MIM CM. Times are milliseconds since 1970 on its clock. */

/** "None", wherever a GUID may be missing. */
export const EMPTY_GUID = '00000000-0000-0000-0000-000000000000';

/** Documented in samples: 3 and 8; the others from the product's database, Abandoned is ours. */
export enum RequestStatus {
  Approved = 3,
  Denied = 4,
  Completed = 8,
  Failed = 9,
  Pending = 16,
  Canceled = 17,
  Executing = 18,
  Abandoned = 20,
}

/** Documented in samples: 1 and 5; the others are ours. */
export enum RequestType {
  Enroll = 1,
  Renew = 3,
  Unblock = 5,
  Retire = 6,
  Reinstate = 7,
}

export enum CardStatus {
  New = 0,
  Assigned = 1,
  Active = 2,
  Disabled = 3,
  Suspended = 4,
  Retired = 6,
}

/** Who makes up the PIN; the numbers are ours. */
export enum UserPinOption {
  None = 0,
  UserProvided = 1,
  ServerDistributed = 2,
  Randomized = 3,
  CustomServerDistributed = 4,
}

export interface DataItem {
  readonly Name: string;
  readonly Value: string | null;
}

export interface CmRequest extends Item {
  readonly type: RequestType;
  readonly status: RequestStatus;
  readonly dataCollection: readonly DataItem[];
  readonly originatorId: string;
  readonly targetId: string;
  readonly submittedAt: number;
  readonly completedAt: number | null;
  readonly newProfileId: string;
  readonly oldProfileId: string;
  readonly newCardId: string;
  readonly oldCardId: string;
  readonly priority: number;
  readonly comment: string;
  readonly templateId: string;
}

export interface CmCertificate {
  readonly serialNumber: string;
  readonly thumbprint: string;
  readonly notBefore: number;
  readonly notAfter: number;
}

export interface CmCard extends Item {
  /** The CardId file of the card, a GUID in lower case; `id` is the server's own. */
  readonly cardId: string;
  /** Lower-case hexadecimal, or empty when the client gave none. */
  readonly atr: string;
  readonly status: CardStatus;
  readonly userId: string;
  readonly profileId: string;
  readonly templateId: string;
  /** In the clear: the server has to be able to say it again until the request ends. */
  readonly proposedPin: string | null;
  readonly certificates: readonly CmCertificate[];
}

/** What an administrator of the product sets up; here one object of the settings. */
export interface CmSettings {
  readonly enabled: boolean;
  /** Digits of a proposed PIN, 4..16. */
  readonly pinLength: number;
  /** The key that cards' admin keys are derived from, as text. */
  readonly masterKey: string;
  readonly templates: readonly CmTemplate[];
}

export interface CmTemplate {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly version: number;
  /** Users and groups by id who may enroll; `all_users` for everyone. */
  readonly enrollers: readonly string[];
  /** Above 0, a request waits until it is decided. */
  readonly approvalsNeeded: number;
  readonly userPinOption: UserPinOption;
  /** 24 bytes K1 | K2 | K3, hexadecimal: the key of a card fresh from the factory. */
  readonly defaultAdminKeyHex: string;
  readonly diversifyAdminKey: boolean;
}

export const DEFAULT_CM_SETTINGS: CmSettings = {
  enabled: true,
  pinLength: 8,
  masterKey: 'emulator master key, not a secret',
  templates: [
    {
      id: '5b1f0c2e-7a34-4d19-9c02-3f6e8d7a1b20',
      name: 'Token logon',
      description: 'Smart card logon on the token',
      version: 3,
      enrollers: ['all_users'],
      approvalsNeeded: 0,
      userPinOption: UserPinOption.ServerDistributed,
      defaultAdminKeyHex: '0102030405060708090A0B0C0D0E0F101112131415161718',
      diversifyAdminKey: true,
    },
  ],
};

export const cmRequests = (state: State) => state.collection<CmRequest>('cmRequest');
export const cmCards = (state: State) => state.collection<CmCard>('cmCard');

const FINISHED: readonly RequestStatus[] = [
  RequestStatus.Completed,
  RequestStatus.Canceled,
  RequestStatus.Abandoned,
  RequestStatus.Failed,
  RequestStatus.Denied,
];

export function isFinished({ status }: CmRequest): boolean {
  return FINISHED.includes(status);
}

/** Whether what the request is for may be done now: one that waits for approval gives nothing. */
export function isRunning({ status }: CmRequest): boolean {
  return status === RequestStatus.Approved || status === RequestStatus.Executing;
}

/** A card can be somebody else's since: a request reaches no further than its own target's. */
export function isAbout(request: CmRequest, card: CmCard): boolean {
  return request.newCardId === card.id && request.targetId === card.userId;
}

/** A card that is being enrolled or is in use. */
export function isUsable({ status }: CmCard): boolean {
  return status === CardStatus.Assigned || status === CardStatus.Active;
}

/** Whether a request of this type can be made about a card. */
export function canBeAbout(type: RequestType, { status }: CmCard): boolean {
  const isOutOfUse = status === CardStatus.Disabled || status === CardStatus.Suspended;
  if (type === RequestType.Reinstate) return isOutOfUse;
  return status === CardStatus.Active || (type === RequestType.Retire && isOutOfUse);
}

/** Whether it can go on with it: the card may have been retired by the documented PUT already. */
export function canGoOn({ type }: CmRequest, card: CmCard): boolean {
  const isRetired = card.status === CardStatus.Retired;
  if (type === RequestType.Retire && isRetired) return true;
  return type === RequestType.Enroll ? isUsable(card) : canBeAbout(type, card);
}
