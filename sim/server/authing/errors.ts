/**
 * Every refusal of the Authing dialect in one table: v3 `statusCode`, v2 `code`, message. Where a
 * number is the vendor's and where it is ours is told in docs/authing.md.
 */
export const AUTHING_REFUSALS = {
  requestInvalid: [400, 400, 'the request is not valid'],
  applicationMissing: [400, 400, 'x-authing-app-id is required'],
  applicationUnknown: [404, 2011, 'application does not exist'],
  userPoolUnknown: [404, 2224, 'user pool does not exist'],
  notLoggedIn: [401, 2020, 'Not logged in'],
  notAllowed: [403, 403, 'not allowed'],
  browserNotAllowed: [403, 403, 'not allowed from a browser'],
  clientRefused: [403, 403, 'client authentication failed'],
  accessKeyRefused: [401, 401, 'access key is not valid'],
  qrCodeUnknown: [404, 2241, 'QR code does not exist'],
  /** As the one before, for the app that acts on the code: v2 has another number for it. */
  qrCodeInvalid: [404, 500, 'QR code does not exist', 'invalid QR code'],
  notScanned: [422, 500, 'QR code must be scanned first', 'scan first'],
  scannedByOther: [422, 500, 'QR code was scanned by another user'],
  alreadyConfirmed: [422, 500, 'QR code was confirmed already'],
  cancelled: [422, 500, 'QR code was cancelled'],
  expired: [422, 500, 'QR code has expired'],
  failed: [422, 500, 'login with this QR code has failed'],
  codeNeeded: [422, 500, 'confirmation needs a fresh code of an OATH token of the user'],
  codeRefused: [422, 500, 'the code of the OATH token was refused'],
  ticketInvalid: [422, 500, 'ticket is not valid'],
  signatureInvalid: [401, 1300, 'AK/SK signature is not valid'],
  signatureMethodUnknown: [401, 1301, 'signature method does not match'],
  signatureVersionUnknown: [401, 1302, 'signature version does not match'],
  dateMalformed: [401, 1303, 'date is not valid'],
  dateMissing: [401, 1304, 'date header is missing'],
  dateTooFar: [401, 1305, 'date is too far from the time of the server'],
  nonceUsed: [401, 1306, 'signature was used already'],
  addressUnknown: [404, 404, 'there is nothing at this address'],
  verbNotAllowed: [405, 405, 'the address does not support this HTTP method'],
  bodyTooLarge: [413, 413, 'the request body is longer than 1 MiB'],
  storeFailed: [503, 503, 'the server could not save the change'],
  internal: [500, 500, 'the server failed to answer this request'],
} as const satisfies Record<
  string,
  readonly [statusCode: number, code: number, message: string, messageV2?: string]
>;

export type AuthingRefusalName = keyof typeof AUTHING_REFUSALS;

/** Thrown by any part of the dialect to end the request with an entry of the table. */
export class AuthingRefusal extends Error {
  readonly refusal: AuthingRefusalName;
  readonly detail: string | undefined;

  /** @param detail replaces the table's message; must not contain a secret or a code */
  constructor(refusal: AuthingRefusalName, detail?: string) {
    super(detail ?? AUTHING_REFUSALS[refusal][2]);
    this.name = 'AuthingRefusal';
    this.refusal = refusal;
    this.detail = detail;
  }
}

/** v3 has the vendor's numbers too, as `apiCode`, but for that of v2's unknown QR code. */
export function apiCodeOf(refusal: AuthingRefusalName): number | undefined {
  const code = AUTHING_REFUSALS[refusal][1];
  return code >= 1000 && code !== AUTHING_REFUSALS.qrCodeUnknown[1] ? code : undefined;
}
