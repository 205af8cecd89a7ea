import type { JWK } from 'jose';

/**
 * What the Authing dialect remembers, as immutable records. Times are milliseconds since 1970 on
 * the server's own clock. The words are the vendor's: a `qrcodeId` of v3 is a `random` of v2.
 */

/** The tenant: who its people are, and how its QR login behaves. */
export interface UserPool {
  readonly id: string;
  readonly name: string;
  readonly strategy: QrLoginStrategy;
}

/** `qrcodeLoginStrategy` of the vendor's security settings, and three switches of our own. */
export interface QrLoginStrategy {
  /** Seconds from creation until a QR code that nobody confirmed has expired. */
  readonly qrcodeExpiresIn: number;
  /** Seconds from confirmation until the ticket, and with it the QR code, has expired. */
  readonly ticketExpiresIn: number;
  /** Whether polling returns the tokens themselves instead of a ticket for them. */
  readonly returnFullUserInfo: boolean;
  /** Whether a request with an `Origin` header may exchange a ticket. */
  readonly allowExchangeUserInfoFromBrowser: boolean;
  /** `check-qrcode-status` without envelope, or with envelope and flat at once. */
  readonly flatCheckStatus: boolean | 'both';
  /** Whether CONFIRM needs a fresh code of an OATH token of the user. */
  readonly confirmNeedsCode: boolean;
}

/** The vendor's defaults, but for the browser: its own login component exchanges there. */
export const DEFAULT_STRATEGY: QrLoginStrategy = {
  qrcodeExpiresIn: 120,
  ticketExpiresIn: 300,
  returnFullUserInfo: false,
  allowExchangeUserInfoFromBrowser: true,
  flatCheckStatus: false,
  confirmNeedsCode: false,
};

export type TokenEndpointAuth = 'none' | 'client_secret_post' | 'client_secret_basic';
export type IdTokenAlgorithm = 'RS256' | 'HS256';

/** What people sign in to; `id` is the `x-authing-app-id` of its requests. */
export interface Application {
  readonly id: string;
  readonly userPoolId: string;
  readonly name: string;
  readonly secret: string;
  readonly tokenEndpointAuth: TokenEndpointAuth;
  readonly idTokenAlgorithm: IdTokenAlgorithm;
}

/** The key pair (AK/SK) of a user pool's management clients. */
export interface AccessKey {
  readonly id: string;
  readonly userPoolId: string;
  readonly secret: string;
}

/** A person of a user pool. */
export interface Account {
  readonly id: string;
  readonly userPoolId: string;
  /** The user of the directory whose bearer tokens and OATH tokens are this person's, if any. */
  readonly directoryUserId: string | null;
  readonly username: string;
  readonly name: string;
  readonly nickname: string;
  /** Address of a picture; empty for none. */
  readonly photo: string;
  readonly email: string;
  readonly phone: string;
  /** What the login page attached to the QR codes that this person confirmed. */
  readonly customData: JsonObject;
  readonly signedUpAt: number;
  readonly updatedAt: number;
  readonly loginsCount: number;
  readonly lastIp: string;
}

export type JsonObject = { readonly [name: string]: unknown };

export type QrStatus = 'PENDING' | 'SCANNED' | 'AUTHORIZED' | 'CANCELLED' | 'EXPIRED' | 'ERROR';
export type Scene = 'APP_AUTH' | 'WXAPP_AUTH' | 'WECHATMP_AUTH' | 'ZJ_AUTH';

export interface QrCode {
  readonly id: string;
  readonly applicationId: string;
  readonly userPoolId: string;
  readonly scene: Scene;
  readonly status: QrStatus;
  readonly createdAt: number;
  readonly expiresAt: number;
  /** Who scanned it: nobody else may confirm or cancel. Forgotten when it expires. */
  readonly accountId: string | null;
  readonly customData: JsonObject | null;
  readonly grant: Grant | null;
  /** What the tester made of the login: `ERROR`, or a second factor that is still missing. */
  readonly outcome: ScannedResult | null;
}

/** How long every token of the dialect is valid. */
export const TOKEN_LIFETIME_SECONDS = 7_200;

/** The user's confirmation, for which tokens are issued once. */
export interface Grant {
  /** `jti` of the access token, so that whoever is given the tokens twice sees the same ones. */
  readonly id: string;
  readonly confirmedAt: number;
  readonly expiresAt: number;
  /** When its tokens were first given out, from when on they live; absent until then. */
  readonly issuedAt?: number;
  /** Opaque, single use; null once it is used, and when polling delivers the tokens. */
  readonly ticket: string | null;
  readonly isPolled: boolean;
}

/** A grant whose tokens have been given out. */
export type Issued = Grant & { readonly issuedAt: number };

/** `scannedResult` of the v2 answers with status 4 (a second factor) and 5 (error). */
export interface ScannedResult {
  readonly code: number;
  readonly message: string;
  readonly data: JsonObject | null;
}

/** A key that signs tokens, or did; `id` is its `kid`. */
export interface SigningKey {
  readonly id: string;
  readonly publicJwk: JWK;
  /** Null for a key that only verifies. */
  readonly privateJwk: JWK | null;
  readonly createdAt: number;
  /** From when on another key signs. */
  readonly retiredAt: number | null;
}

/** The nonce of a signed management request; `id` is key id and nonce. */
export interface UsedNonce {
  readonly id: string;
}
