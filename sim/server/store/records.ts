import { type CmSettings, DEFAULT_CM_SETTINGS } from '../mimcm/records.ts';

/**
 * What the server remembers, as immutable records. Times are milliseconds since 1970 on the
 * server's own clock; a change is always a new object in place of the old one.
 */

export interface User {
  readonly id: string;
  readonly userPrincipalName: string;
  readonly displayName: string;
  /** Directory roles by display name, e.g. `Authentication Policy Administrator`. */
  readonly directoryRoles: readonly string[];
  /** Groups that the method policy may include or exclude. */
  readonly groupIds: readonly string[];
}

/** A bearer token as the server knows it: what it may do, and the digest of its text only. */
export interface AccessToken {
  /** SHA-256 of the token's text, as 32 characters U+0000..U+00FF. */
  readonly digest: string;
  /** The signed-in user of a delegated token; null for an application's own token. */
  readonly userId: string | null;
  /** Free text that names the token in the request log. */
  readonly label: string;
  /** Delegated scopes or application permissions. */
  readonly permissions: readonly string[];
}

export type HashFunction = 'hmacsha1' | 'hmacsha256';
export type DeviceStatus = 'available' | 'assigned' | 'activated' | 'failedActivation';

/** What the factory knows of a token. Only the fields of `update device` ever change. */
export interface Device {
  /** Order of creation, from 1; also the page marker of lists. */
  readonly sequence: number;
  readonly id: string;
  readonly serialNumber: string;
  readonly manufacturer: string;
  readonly model: string;
  /** Base32, upper case, no padding. Never leaves the store except into a verifier. */
  readonly secretKey: string;
  readonly timeIntervalInSeconds: 30 | 60;
  readonly hashFunction: HashFunction;
  /** From when on reads show the device (the switchable delay of eventual consistency). */
  readonly readableAt: number;
  readonly state: DeviceState;
}

/** What happened to a token since. One small row, rewritten at each activation and sign-in. */
export interface DeviceState {
  readonly displayName: string | null;
  readonly status: DeviceStatus;
  readonly assignedUserId: string | null;
  readonly assignedAt: number | null;
  /** From when on the user's methods show the assignment. */
  readonly methodReadableAt: number;
  /** Steps by which the token's clock was ahead (+) or behind (-) at the last accepted code. */
  readonly driftSteps: number;
  /** The step of the last accepted code. Outlives deactivation and unassignment. */
  readonly lastUsedStep: number | null;
  /** The last accepted sign-in; an activation is not a use. */
  readonly lastUsedAt: number | null;
  /** Wrong activation codes since the last accepted one. */
  readonly wrongCodeCount: number;
  /** Once the attempt cap is hit: no activation code is looked at before this time. */
  readonly retryAt: number;
}

export const NEW_DEVICE_STATE: DeviceState = {
  displayName: null,
  status: 'available',
  assignedUserId: null,
  assignedAt: null,
  methodReadableAt: 0,
  driftSteps: 0,
  lastUsedStep: null,
  lastUsedAt: null,
  wrongCodeCount: 0,
  retryAt: 0,
};

export interface PolicyTarget {
  readonly id: string;
  readonly targetType: 'group' | 'user';
  readonly isRegistrationRequired?: boolean;
}

export interface MethodPolicy {
  readonly state: 'enabled' | 'disabled';
  readonly includeTargets: readonly PolicyTarget[];
  readonly excludeTargets: readonly PolicyTarget[];
}

/** The QR code and PIN method's policy: the switch, and the two figures an administrator sets. */
export interface QrCodePinPolicy extends MethodPolicy {
  /** Lifetime of a standard code for which none is given, 1..395. */
  readonly standardQRCodeLifetimeInDays: number;
  /** Fewest digits of a PIN, 8..20. */
  readonly pinLength: number;
}

/** `real` follows the machine's clock plus an offset, `fixed` stands still until it is moved. */
export type ClockSetting =
  | { readonly mode: 'real'; readonly offsetMilliseconds: number }
  | { readonly mode: 'fixed'; readonly timeMilliseconds: number };

/** At most `requests` Graph requests per token in each window; null lets everything pass. */
export type ThrottleSetting = { readonly requests: number; readonly windowSeconds: number } | null;

/** Everything that is one object per server rather than a row of many. */
export interface Settings {
  readonly hardwareOathPolicy: MethodPolicy;
  readonly qrCodePinPolicy: QrCodePinPolicy;
  readonly clock: ClockSetting;
  readonly throttle: ThrottleSetting;
  /** How long a new device or assignment stays invisible to reads. */
  readonly consistencyDelaySeconds: number;
  /** Wrong activation codes before a token's status becomes `failedActivation`. */
  readonly attemptCap: number;
  /** Pause before the next activation code is looked at once the cap is hit. */
  readonly attemptPauseSeconds: number;
  /** Whether sign-ins and confirmations take a code with its time step only, as a live QR code says it. */
  readonly signInNeedsStep: boolean;
  /** Wrong PINs before a QR code method is locked. */
  readonly pinAttemptCap: number;
  /** The first lock-out; each further wrong PIN doubles it. */
  readonly pinLockoutSeconds: number;
  readonly mimCm: CmSettings;
}

/** What the vendor's samples show of a policy that nobody has touched: off, everyone included. */
const UNTOUCHED_POLICY: MethodPolicy = {
  state: 'disabled',
  includeTargets: [{ id: 'all_users', targetType: 'group', isRegistrationRequired: false }],
  excludeTargets: [],
};

export const DEFAULT_SETTINGS: Settings = {
  hardwareOathPolicy: UNTOUCHED_POLICY,
  qrCodePinPolicy: { ...UNTOUCHED_POLICY, standardQRCodeLifetimeInDays: 365, pinLength: 8 },
  clock: { mode: 'real', offsetMilliseconds: 0 },
  throttle: null,
  consistencyDelaySeconds: 0,
  attemptCap: 5,
  attemptPauseSeconds: 60,
  signInNeedsStep: false,
  pinAttemptCap: 10,
  pinLockoutSeconds: 60,
  mimCm: DEFAULT_CM_SETTINGS,
};
